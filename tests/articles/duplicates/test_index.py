"""Links between texts: which are copies, and that neither order nor batches matter."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.articles.duplicates.index import Index
from builder.articles.duplicates.link import NOBODY, Rule


def text(seed: int, words: int = 300) -> list[str]:
    rng = random.Random(seed)
    return [f"w{rng.randrange(100_000)}" for _ in range(words)]


def indexed(texts: dict[str, list[str]], rule: Rule | None = None, sizes: tuple[int, ...] = ()):
    index = Index(rule)
    names = list(texts)
    cuts = [0, *sizes, len(names)]
    for start, end in pairwise(cuts):
        index.add((name, " ".join(texts[name])) for name in names[start:end])
    return index


def groups(index: Index) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for name, number in zip(index.ids, index.components().tolist(), strict=True):
        found.setdefault(number, set()).add(name)
    return {frozenset(members) for members in found.values()}


def replaced(words: list[str], share: float) -> list[str]:
    rng = random.Random(7)
    return [f"x{rng.randrange(10**6)}" if rng.random() < share else word for word in words]


BASE = text(1)
COPIES = {
    "headline": text(2, 12) + BASE[5:],
    "end_cut": BASE[:160],
    "fifth_replaced": replaced(BASE, 0.2),
    "inserted": BASE[:100] + text(3, 60) + BASE[100:],
    "shuffled": BASE[200:] + BASE[:100] + BASE[100:200],
    "small_part_and_furniture": BASE[:120] + text(4, 60),
}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_is_linked_to_its_original(way):
    assert len(groups(indexed({"base": BASE, "copy": COPIES[way], "other": text(9)}))) == 2


def test_a_host_that_quotes_a_paragraph_is_no_copy():
    host = text(5)[:150] + BASE[60:120] + text(5)[150:]
    assert len(groups(indexed({"base": BASE, "host": host}))) == 2


@pytest.mark.parametrize("number", [6, 40])
def test_the_furniture_of_a_site_joins_nobody(number):
    furniture = text(6, 250)
    pages = {f"p{n}": text(100 + n, 150) + furniture for n in range(number)}
    assert len(groups(indexed(pages))) == number


def test_a_part_of_a_text_under_the_furniture_of_a_site_is_a_copy():
    furniture = text(6, 170)
    pages = {f"p{n}": text(100 + n, 150) + furniture for n in range(6)}
    found = groups(indexed({**pages, "base": BASE, "copy": BASE[:120] + furniture}))
    assert frozenset({"base", "copy"}) in found
    assert len(found) == 7


def test_a_story_printed_everywhere_is_one_cluster():
    copies = {f"c{n}": text(200 + n, 10) + BASE[: 300 - n] for n in range(60)}
    assert len(groups(indexed({**copies, "other": text(9)}))) == 2


def test_a_part_of_a_story_printed_everywhere_is_a_copy_under_furniture_that_many_have():
    furniture = text(6, 170)
    pages = {f"p{n}": text(100 + n, 150) + furniture for n in range(30)}
    copies = {f"c{n}": BASE[: 300 - n] for n in range(30)}
    found = groups(indexed({**pages, **copies, "part": BASE[:100] + furniture}))
    assert frozenset({"part", *copies}) in found
    assert len(found) == 31


def test_copies_of_different_ends_meet_in_the_whole():
    found = indexed({"first": BASE[:160], "second": BASE[150:], "whole": BASE})
    assert len(groups(found)) == 1
    assert found.linking.longer.best[found.ids.index("whole")] == NOBODY


def corpus(seed: int) -> dict[str, list[str]]:
    """Groups of copies, furniture, and a text that more have than the cap."""
    rng = random.Random(seed)
    made: dict[str, list[str]] = {}
    furniture = text(seed + 1000, 80)
    for group in range(6):
        base = text(seed * 100 + group, rng.randint(60, 200))
        for copy in range(rng.choice((1, 2, 3, 12))):
            start = rng.randrange(len(base) // 2)
            words = base[start : start + rng.randint(30, 200)]
            words = words + furniture if rng.random() < 0.4 else words
            made[f"{group}-{copy}"] = replaced(words, rng.choice((0, 0, 0.1)))
    return made


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False), st.data())
def test_neither_order_nor_batches_change_links_and_groups(seed, rng, data):
    texts = corpus(seed)
    rule = Rule(cap=6, groups=data.draw(st.integers(1, 6)))
    wanted = indexed(texts, rule)
    names = sorted(texts)
    rng.shuffle(names)
    sizes = sorted(data.draw(st.lists(st.integers(0, len(names)), max_size=5)))
    found = indexed({name: texts[name] for name in names}, rule, tuple(sizes))
    assert sorted(found.links()) == sorted(wanted.links())
    assert groups(found) == groups(wanted)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False), st.integers(1, 3))
def test_homes_change_no_more_with_the_order_than_groups_do(seed, rng, homes):
    texts = corpus(seed)
    at_home = {name: int(name.partition("-")[2]) % homes for name in texts}
    found = []
    for _ in range(2):
        index = Index(Rule(cap=5, groups=2), at_home.__getitem__)
        names = sorted(texts)
        rng.shuffle(names)
        cut = rng.randrange(len(names))
        for part in (names[:cut], names[cut:]):
            index.add((name, " ".join(texts[name])) for name in part)
        found.append(sorted(index.links()))
    assert found[0] == found[1]
    assert all(at_home[one] != at_home[other] for one, other, _ in found[0])


def test_with_homes_the_best_match_in_another_home_is_found():
    texts = {"whole": BASE, "nearly": BASE[:290], "half": BASE[:160], "other": text(9)}
    index = Index(home={"whole": 1, "nearly": 0, "half": 0, "other": 1}.__getitem__)
    index.add((name, " ".join(words)) for name, words in texts.items())
    assert {one: other for one, other, _ in index.links()} == {
        "whole": "nearly",
        "nearly": "whole",
        "half": "whole",
    }


def test_a_text_twice_is_refused():
    index = indexed({"a": BASE})
    with pytest.raises(ValueError, match="in the index already"):
        index.add([("b", "y"), ("a", "x")])
    assert index.ids == ["a"]

from __future__ import annotations

import random

import pytest

from builder.articles.duplicates.index import Index
from builder.articles.duplicates.link import Rule
from builder.release.splits import leak_index
from builder.release.splits.leak_index import LeakIndex


def words(chance: random.Random, count: int) -> list[str]:
    return [chance.choice("abcdefghijklmnop") + str(chance.randrange(500)) for _ in range(count)]


def corpus(seed: int) -> list[tuple[str, str, int]]:
    """Return copies, excerpts, a story printed everywhere, furniture and texts without a word."""
    chance = random.Random(seed)
    furniture = [words(chance, 40) for _ in range(3)]
    story = words(chance, 120)
    texts: list[list[str]] = [words(chance, chance.randrange(20, 300)) for _ in range(60)]
    texts += [[*words(chance, 6), *story] for _ in range(40)]
    for one in chance.sample(texts, 40):
        start = chance.randrange(len(one) // 2)
        part = [w if chance.random() > 0.05 else "other" for w in one[start:]]
        texts.append([*part, *words(chance, chance.randrange(60))])
    texts = [[*one, *chance.choice(furniture)] if n % 2 else one for n, one in enumerate(texts)]
    texts += [[], ["one", "word"]]
    return [(f"{seed}-{n}", " ".join(one), chance.randrange(3)) for n, one in enumerate(texts)]


@pytest.mark.parametrize("least", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("together", [97, 2**21])
def test_on_disk_is_found_what_is_found_in_memory(tmp_path, monkeypatch, least, together):
    monkeypatch.setattr(leak_index, "TOGETHER", together)
    rule, linked = Rule(least=least), 0
    for seed in range(6):
        placed = corpus(seed)
        homes = {name: home for name, _, home in placed}
        held = Index(rule, homes.__getitem__)
        held.add((name, text) for name, text, _ in placed)
        spilled = LeakIndex(rule, tmp_path)
        spilled.add_all(placed)
        found = {(placed[a][0], placed[b][0], share) for a, b, share in spilled.numbers()}
        assert found == set(held.links())
        linked += len(found)
    assert linked > 100


def test_nothing_and_texts_without_shingles_have_no_match(tmp_path):
    for placed in ([], [("a", "", 0), ("b", "one word", 1)]):
        index = LeakIndex(Rule(), tmp_path)
        index.add_all(placed)
        assert list(index.numbers()) == []

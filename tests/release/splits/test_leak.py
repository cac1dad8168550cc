from __future__ import annotations

import random

import pytest

from builder.release.splits.leak import leaks


def text(seed: int, words: int = 200) -> str:
    chance = random.Random(seed)
    return " ".join(
        chance.choice("abcdefghijklmnop") + str(chance.randrange(500)) for _ in range(words)
    )


def found(*pairs: tuple[str, str], least: float = 0.5):
    return leaks([(content, content, split) for content, split in pairs], least)


def test_a_copy_in_another_split_is_found_with_what_it_shares():
    (one,) = found((text(1), "train"), (f"Updated. {text(1)}", "test"), (text(2), "train"))
    assert {one.doc_id, one.other} == {text(1), f"Updated. {text(1)}"}
    assert one.share == pytest.approx(1.0)


def test_a_copy_in_the_same_split_is_no_leak():
    assert found((text(1), "train"), (f"Updated. {text(1)}", "train"), (text(3), "test")) == []


def test_an_excerpt_is_contained_in_the_whole():
    (one,) = found((text(1, 400), "train"), (" ".join(text(1, 400).split()[100:180]), "test"))
    assert len(one.doc_id) < len(one.other)
    assert one.share == pytest.approx(1.0)


def test_what_is_rewritten_word_for_word_is_no_copy():
    words = text(1).split()
    words[::3] = [f"new{n}" for n in range(len(words[::3]))]
    assert found((text(1), "train"), (" ".join(words), "test")) == []


def test_the_least_share_decides():
    half = " ".join([*text(1).split()[:100], *text(2).split()[:100]])
    assert found((text(1), "train"), (half, "test"), least=0.7) == []
    assert len(found((text(1), "train"), (half, "test"), least=0.3)) == 1


def test_a_wire_story_printed_everywhere_is_still_found():
    story = [(f"Paper {n}. {text(1)}", "train") for n in range(100)]
    pairs = found(*story, (f"Daily. {text(1)}", "test"))
    assert pairs
    assert any("Daily" in one.doc_id + one.other for one in pairs)


def test_an_excerpt_of_what_many_papers_of_one_split_print_is_found():
    story = [(f"{text(100 + n, 12)} {text(1)}", "train") for n in range(10)]
    excerpt = " ".join([*text(1).split()[:120], *text(2).split()[:80]])
    pairs = found(*story, (excerpt, "test"), (text(3), "train"))
    assert excerpt in {one.doc_id for one in pairs}
    assert all(excerpt in {one.doc_id, one.other} for one in pairs)


def test_a_phrase_that_everybody_uses_is_no_copy():
    phrase = "all rights reserved by the publisher of this paper"
    assert (
        found(*((f"{text(n)} {phrase}", split) for n, split in enumerate(["train", "test"] * 9)))
        == []
    )


def test_the_order_of_the_documents_does_not_matter():
    pairs = [(text(1), "train"), (f"Updated. {text(1)}", "test"), (text(2), "validation")]
    assert found(*pairs) == found(*pairs[::-1])


def test_short_and_empty_corpora_have_no_leak():
    assert leaks([], 0.5) == []
    assert found(("", "train"), ("Two words", "test")) == []


@pytest.mark.parametrize("home", ["train", "test"])
def test_every_text_that_leaks_is_named_also_where_its_best_match_is_at_home(home):
    whole = text(1, 400).split()
    best = " ".join(whole[:380])
    other = " ".join([*whole[:150], *text(2, 60).split()])
    pairs = found((" ".join(whole), home), (best, home), (other, "validation"))
    assert [one.doc_id for one in pairs] == [other]

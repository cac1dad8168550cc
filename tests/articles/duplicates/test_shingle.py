"""Shingles: what makes no difference, scripts without spaces, and the ends of the range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.duplicates.shingle import KEPT, LONGEST, joined, shingles, word_hashes


def words(text: str) -> list[int]:
    return word_hashes([text]).hashes.tolist()


def test_case_punctuation_and_spacing_make_no_difference():
    assert words("The U.N. said: \u201cYes!\u201d") == words("the u n SAID yes")


def test_the_same_word_has_the_same_hash_wherever_it_stands():
    first, *_, last = words("pact " + "x " * 500 + "pact")
    assert first == last
    assert len(set(words("pact tcap catp pacts"))) == 4


def test_a_script_without_spaces_gives_a_word_for_each_character():
    assert len(words("\u97d3\u56fd\u3068NATO")) == 4


@pytest.mark.parametrize("text", ["", " ", "one two three", "\ud800", "\U0001f600"])
def test_a_text_too_short_has_no_shingles(text):
    assert len(shingles([text]).hashes) == 0


def test_about_one_in_kept_is_sampled_and_a_long_text_is_cut():
    text = " ".join(f"w{n}" for n in range(70_000))
    found = shingles([text])
    assert found.lengths.tolist() == [LONGEST]
    assert len(found.hashes) == pytest.approx(LONGEST / KEPT, rel=0.05)
    assert int(found.places.max()) < LONGEST


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60))
def test_hashes_are_distinct_and_in_the_order_of_their_places(letters):
    found = shingles([" ".join(letters)])
    assert len(np.unique(found.hashes)) == len(found.hashes)
    assert (np.diff(found.places.astype(int)) > 0).all()
    assert found.lengths.tolist() == [len(letters)]


@given(st.lists(st.text(alphabet="ab \u0130\u97d3\ud800.\n", max_size=40), max_size=6))
def test_a_text_has_the_same_shingles_alone_and_among_others(texts):
    alone, together = joined([shingles([text]) for text in texts]), shingles(texts)
    for name in ("sizes", "lengths", "hashes", "places"):
        assert getattr(alone, name).tolist() == getattr(together, name).tolist()

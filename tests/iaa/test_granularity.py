import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.document import Span
from builder.iaa.granularity import extent, same

TEXT = "The (North) Korean leader's $5 offer -- “yes” -- stands."


def at(words):
    start = TEXT.index(words)
    return Span(start, start + len(words))


def match(first, second):
    return same(extent(first, TEXT), extent(second, TEXT))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("North", "North", (True, True, True)),
        ("(North)", "North", (False, True, True)),
        ("“yes” --", " -- “yes”", (False, True, True)),
        ("$5", "5", (False, False, True)),
        ("leader", "leader's", (False, False, True)),
        ("leader", "offer", (False, False, False)),
    ],
)
def test_the_same_at_each_granularity(one, other, expected):
    assert match([at(one)], [at(other)]) == expected


def test_parts_that_only_punctuation_divides_are_one_but_for_their_edges():
    parts = [at("offer"), at("yes")]
    assert match(parts, [at("offer -- “yes")]) == (False, True, True)


def test_parts_that_touch_are_one():
    assert match([at("Kor"), at("ean")], [at("Korean")]) == (True, True, True)


def test_parts_with_words_between_them_stay_apart():
    assert match([at("Korean"), at("offer")], [at("Korean leader's $5 offer")])[1] is False


def test_nothing_but_punctuation_keeps_itself():
    assert extent([at("--")], TEXT).edge == (at("--"),)


spans = st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 9)).map(
    lambda p: Span(p[0], min(len(TEXT), p[0] + p[1]))
)


@given(st.lists(spans, min_size=1, max_size=3), st.lists(spans, min_size=1, max_size=3))
def test_it_is_symmetric_and_a_looser_granularity_never_disagrees_first(first, second):
    found = match(first, second)
    assert found == match(second, first)
    assert list(found) == sorted(found)
    assert match(first, first[::-1]) == (True, True, True)

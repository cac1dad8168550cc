import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.lines.role import REASONS
from builder.articles.lines.rule import plain_roles
from builder.articles.lines.trait import OWN, PLAIN, in_context, own_traits, page_traits

LINES = st.lists(st.text(min_size=1).map(str.strip).filter(bool), min_size=1, max_size=30)


def named(line, plain=None):
    return dict(zip(OWN, own_traits(line, plain), strict=True))


def test_a_sentence_and_a_label_look_different():
    sentence, label = named("They met in May, he said."), named("Read More")
    assert (sentence["ends"], label["ends"]) == (1, 0)
    assert sentence["function_words"] > label["function_words"]
    assert (sentence["capitals"], label["capitals"]) == (2 / 6, 1)


def test_a_script_without_spaces_has_words():
    assert named("\u6c49" * 60)["words"] > named("two words")["words"]


def test_every_plain_reason_is_a_reason():
    assert set(PLAIN) <= set(REASONS)
    assert named("x", "byline")["byline"] == 1


def test_neighbours_stand_before_and_after():
    column = np.arange(4, dtype=np.float32)[:, None]
    before, after, mean_before, mean_after = in_context(column, 1, (2,)).T
    assert before.tolist() == [-1, 0, 1, 2]
    assert after.tolist() == [1, 2, 3, -1]
    assert mean_before.tolist() == [0, 0, 0.5, 1.5]
    assert mean_after.tolist() == [1.5, 2.5, 3, 0]


@given(LINES)
def test_any_page_has_finite_traits(lines):
    traits = page_traits(lines, plain_roles(lines))
    assert traits.shape == (len(lines), len(OWN) + 17)
    assert np.isfinite(traits).all()

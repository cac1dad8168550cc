import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.webpages.markup import page
from builder.articles.webpages.trait import first_look, second_look, with_words

SENTENCE = "The two sides met in Vienna for the first time in May, officials said on Friday."


def looks(raw, taken, odds):
    blocks = page(raw).blocks
    words = [block.words(raw) for block in blocks]
    rows, kin = first_look(blocks, words, taken, [0.0] * len(blocks))
    return rows, second_look(rows, np.asarray(odds, float), kin, words, taken)


def test_what_the_first_verdict_says_of_a_block_reaches_others_of_its_kind():
    raw = f"<p class=x>{SENTENCE}</p>" * 3 + f"<p class=y>{SENTENCE}</p>"
    _, sure = looks(raw, [0] * 4, [4, 4, -1, -1])
    _, unsure = looks(raw, [0] * 4, [-4, -4, -1, -1])
    changed = (sure != unsure).sum(axis=1)
    assert changed[2] > changed[3]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-30, 30)), min_size=1, max_size=40))
def test_every_trait_is_a_finite_number(blocks):
    taken, odds = zip(*blocks, strict=True)
    raw = "".join(f"<div><p>{SENTENCE[: 3 * n]}</p>&#0;</div>x" for n in range(len(blocks)))[:-1]
    count = len(page(raw).blocks)
    rows, again = looks(raw, (list(taken) * 3)[:count], (list(odds) * 3)[:count])
    assert len(rows) == len(again) == count
    assert np.isfinite(again).all()
    assert np.isfinite(rows).all()


def test_what_words_say_reaches_the_neighbours():
    rows = with_words(np.zeros((5, 2), np.float32), np.array([0, 0, 3, 0, 0], np.float32))
    assert rows[2, 2] == 3
    assert all(rows[at, 3:].any() for at in (0, 1, 3, 4))

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.webpages.lexicon import BUCKETS, buckets, lexicon_scores


def said(text):
    _, bucket = buckets([text])
    return set(bucket.tolist())


def test_case_numbers_and_signs_at_the_edges_make_no_difference():
    assert said("Read 12 more stories") == said("read 3 More stories...")


def test_the_order_of_words_makes_a_difference():
    assert said("sign up") != said("up sign")


def test_a_short_block_is_a_phrase_that_a_longer_one_is_not():
    assert not said("leave a comment") <= said("leave a comment on this story now please")


def test_what_comes_late_in_a_block_is_not_read():
    start = "word " * 24
    assert said(start + "one") == said(start + "other")


def test_pairs_and_edges_stay_inside_their_block():
    block, bucket = buckets(["sign up", "now please"])
    assert set(bucket[block == 0].tolist()) == said("sign up")
    assert set(bucket[block == 1].tolist()) == said("now please")


def test_a_word_weighs_where_it_stands():
    weights = np.zeros(BUCKETS, np.float32)
    weights[list(said("advertisement"))] = -1
    scores = lexicon_scores(["Officials met.", "Advertisement", ""], weights)
    assert scores[1] < scores[0] == scores[2] == 0


@given(st.lists(st.text()))
def test_any_text_is_rated(words):
    scores = lexicon_scores(words, np.ones(BUCKETS, np.float32))
    assert scores.shape == (len(words),)
    assert np.isfinite(scores).all()

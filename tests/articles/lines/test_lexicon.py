import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.lines.lexicon import BUCKETS, buckets, hashes, lexicon_score


def test_only_the_words_of_a_line_count():
    weights = np.zeros(BUCKETS, np.float32)
    said = hashes("Read more")
    weights[buckets(said)] = 1
    found = lexicon_score(hashes("READ  more"), weights, 0.5)
    assert found == pytest.approx(0.5 + len(buckets(said)) ** 0.5)
    assert lexicon_score(hashes(""), weights, 0.5) == 0.5


@given(st.text())
def test_any_line_has_buckets_inside_the_weights(line):
    found = buckets(hashes(line))
    assert found == sorted(set(found))
    assert all(0 <= bucket < BUCKETS for bucket in found)

import numpy as np
import pytest

from builder.iaa.bootstrap import Bootstrap


def share(sums):
    return sums[:, 0] / sums[:, 1]


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    counts = [(n % 3, 2) for n in range(40)]
    first = Bootstrap(40, 200, seed=1).interval(range(40), counts, share)
    assert first == Bootstrap(40, 200, seed=1).interval(range(40), counts, share)
    assert first != Bootstrap(40, 200, seed=2).interval(range(40), counts, share)


def test_documents_that_all_agree_have_no_spread():
    assert Bootstrap(9, 100).interval(range(9), [(2, 2)] * 9, share) == (1.0, 1.0)


def test_one_document_has_no_interval():
    assert Bootstrap(5).interval([3], [(1, 2)], share) is None
    assert Bootstrap(5, 0).interval([0, 1], [(1, 2), (1, 2)], share) is None


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    # 200 corpora of 60 documents with a true rate of .8; binomial spread allows 2.5 points.
    generator = np.random.default_rng(7)
    covered = 0
    for _ in range(200):
        found = generator.binomial(10, 0.8, size=60)
        interval = Bootstrap(60, 300).interval(range(60), [(n, 10) for n in found], share)
        covered += interval[0] <= 0.8 <= interval[1]
    assert covered / 200 == pytest.approx(0.95, abs=0.045)


def test_draws_that_leave_a_number_undefined_are_left_out():
    with np.errstate(invalid="ignore"):
        low, high = Bootstrap(30, 200).interval([0, 1], [(1, 1), (1, 1)], share)
    assert (low, high) == (1.0, 1.0)

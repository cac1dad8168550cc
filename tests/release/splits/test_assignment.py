from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.release.splits.assignment import SPLITS, split

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


def test_the_split_of_a_cluster_is_written_in_stone():
    assert [split(f"c{n}", SHARES) for n in (1, 4, 10, 16)] == [
        "train",
        "test",
        "validation",
        "train",
    ]


def test_shares_are_met():
    counts = Counter(split(str(n), SHARES) for n in range(20_000))
    assert counts["train"] / 20_000 == pytest.approx(0.8, abs=0.01)
    assert counts["test"] / 20_000 == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("only", SPLITS)
def test_a_share_of_one_takes_everything(only):
    shares = {name: float(name == only) for name in SPLITS}
    assert {split(str(n), shares) for n in range(200)} == {only}


@given(st.text())
def test_moving_shares_between_train_and_validation_keeps_the_test_split(cluster):
    moved = {"train": 0.6, "validation": 0.3, "test": 0.1}
    assert (split(cluster, SHARES) == "test") == (split(cluster, moved) == "test")

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from builder.articles.lines.model import (
    KEEP,
    WEIGHTS,
    again_rows,
    body_odds,
    body_run,
    in_body,
    less_seen,
    shipped_model,
)
from builder.articles.lines.rule import plain_roles
from builder.articles.lines.trait import page_traits

DUMPS = Path(__file__).parents[4] / "shared/dumps/dumps.jsonl.gz"
LONG = "The two sides met for the first time in May, officials said on Friday."


def test_the_weights_are_numbers_only():
    with np.load(WEIGHTS, allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays} <= {"f", "i", "u"}
    assert WEIGHTS.stat().st_size < 1_500_000


@pytest.mark.parametrize("lines", [["Menu"], [LONG], ["Menu", LONG, "Share", LONG]])
def test_a_second_look_sees_every_line_of_a_page_of_any_size(lines):
    plain = plain_roles(lines)
    rows = again_rows(np.full(len(lines), -9.0), lines, plain, page_traits(lines, plain))
    assert len(rows) == len(lines)
    assert np.isfinite(rows).all()


def test_a_line_that_other_pages_have_is_rated_lower_and_never_higher():
    lines = ["Menu", LONG, "Stray", LONG]
    odds = np.zeros(4)
    assert less_seen(odds, lines, []).tolist() == [0] * 4
    lowered = less_seen(odds, lines, [3, 0, 0, 1])
    assert lowered[0] < 0
    assert lowered[3] < lowered[0]
    assert lowered[1] == 0  # long and unseen
    assert lowered[2] < 0  # short, beside lines that are seen


def test_a_doubtful_line_between_two_that_are_kept_stays():
    odds = np.array([1.0, KEEP - 0.5, 1.0, KEEP - 0.5, -3.0])
    lines = [LONG, "What next", LONG, "Share", "Menu"]
    assert in_body(odds, lines, [None] * 5) == [True, True, True, False, False]


def test_a_page_where_no_sentence_is_kept_keeps_the_doubtful():
    odds = np.array([KEEP + 0.1, -3.0, -5.0])
    assert in_body(odds, ["Talks end", LONG, LONG], [None] * 3) == [True, True, False]


def test_the_run_goes_from_the_first_to_the_last_kept_line_of_most_text():
    kept = [True, False, False, False, True, False, True]
    lines = ["a", "b", "c", "d", LONG, "e", LONG]
    odds = np.where(kept, 1.0, -1.0)
    assert body_run(odds, lines, kept) == (4, 7)
    assert body_run(odds, lines, [False] * 7) == (0, 0)


@pytest.mark.skipif(not DUMPS.exists(), reason="the flattened pages are not beside the checkout")
def test_the_shipped_weights_belong_to_the_traits():
    """A trait that is added, moved or mended without training anew makes the weights nonsense."""
    right = total = 0
    with gzip.open(DUMPS, "rt", encoding="utf-8") as stream:
        for _, text in zip(range(40), stream, strict=False):
            row = json.loads(text)
            pairs = zip(row["lines"], row["lab"], strict=True)
            lines, labels = zip(*((s.strip(), y) for s, y in pairs if s.strip()), strict=True)
            plain = plain_roles(lines)
            odds, _ = body_odds(lines, plain, page_traits(lines, plain), shipped_model())
            kept = in_body(odds, lines, plain)
            right += sum(keep == bool(label) for keep, label in zip(kept, labels, strict=True))
            total += len(lines)
    assert right / total > 0.93

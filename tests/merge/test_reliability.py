"""Reliability where it can be identified, and gold nearer to a known truth because of it."""

from pathlib import Path

import pytest

from builder.merge.reliability import CANDIDATES, Votes, estimate, reliability_rows

ROOT = Path(__file__).parents[2]


def test_two_annotators_cannot_be_told_apart():
    votes = Votes.none()
    for number in range(10 * CANDIDATES):
        votes.see("event", "Meeting", {"a": True, "b": number % 3 > 0})
        votes.compare("Meeting", {"a": 1, "b": number % 2})
    assert estimate(votes).rates == {}
    assert estimate(votes).weights("Meeting") == {}


def test_few_candidates_say_too_little():
    votes = Votes.none()
    votes.see("event", "Meeting", {"a": True, "b": True, "c": False})
    assert estimate(votes).belief("event", "Meeting", {"a": True, "b": True, "c": False}) is None


def test_who_differs_from_the_others_weighs_less():
    votes = Votes.none()
    for number in range(400):
        votes.compare("Meeting", {"a": 1, "b": 1, "c": 1 if number % 3 else 2})
    weights = estimate(votes).weights("Meeting")
    assert weights["a"] == weights["b"] > weights["c"]


def test_the_order_in_which_votes_are_counted_changes_nothing():
    patterns = [{"a": n % 2 > 0, "b": n % 3 > 0, "c": n % 5 > 0} for n in range(1, 400)]
    patterns = [each for each in patterns if any(each.values())]
    found = []
    for each in (patterns, patterns[::-1]):
        votes = Votes.none()
        for present in each:
            votes.see("event", "Meeting", dict(sorted(present.items(), reverse=True)))
        found.append(estimate(votes))
    assert found[0] == found[1]


def test_the_report_is_by_name_whoever_errs_most():
    votes = Votes.none()
    for number in range(300):
        votes.see("event", "Meeting", {"a": number % 2 > 0, "b": True, "c": True})
        votes.compare("Meeting", {"a": 2 if number % 3 else 1, "b": 1, "c": 1})
    rows = reliability_rows(estimate(votes))
    assert [row["annotator"] for row in rows] == ["a", "b", "c"]
    assert {row["events"] for row in rows} == {300}
    assert reliability_rows(None) == []


@pytest.mark.slow
@pytest.mark.parametrize("people", [3, 4, 5])
def test_merged_gold_beats_the_best_annotator_and_token_majority(people, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import gold  # noqa: PLC0415 - from the benchmarks

    found = gold.measure(people, documents=500, seed=7)
    best = max((n for n in found if n.startswith("annotator") and " - " not in n),
               key=lambda n: found[n]["AC+"])  # fmt: skip
    assert found[f"merge, reliability - {best}"]["low"] > 0
    assert found["merge, reliability - token majority"]["low"] > 0

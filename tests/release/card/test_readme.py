from __future__ import annotations

from dataclasses import replace

import pytest

from builder.event import Rejection
from builder.release.build import build_release
from builder.release.card.markdown import table

PROJECT = """
[project]
name = "kyoto"
license = "cc-by-4.0"
authors = "Doe, Jane"
labels_made_by = "Two students read each article."
limits = "News of one year."
"""


@pytest.fixture
def card(make):
    def _card(**parts):
        built = build_release(make(**parts), "0.1.0")
        return (built.path / "README.md").read_text("utf-8")

    return _card


def test_what_people_stated_is_told(card):
    text = card(settings=PROJECT)
    for line in (
        "# kyoto 0.1.0",
        "Two students read each article.",
        "News of one year.",
        "license: cc-by-4.0",
        "The labels: `cc-by-4.0`.",
        "  author = {Doe, Jane},",
    ):
        assert line in text


def test_what_nobody_stated_is_not_invented(card):
    text = card()
    assert "How they came to be is not stated." in text
    assert "author = " not in text
    assert "Documents that state no language: 1 of 3." in text
    assert "Agreement between annotators (IAA) was not measured" in text


def test_sources_are_counted_with_their_licences(card):
    text = card()
    assert r"| US State \| Department | public-domain | 1 |" in text
    assert "| not stated | unknown | 1 |" in text
    assert "Documents without a stated licence: 1." in text


def test_rules_and_votes_are_counted(card):
    text = card()
    assert "| `unanimous` | all who voted on it agree | 2 | 2 | 2 | 3 | 1 | 1 |" in text
    assert "| 2 of 2 | 2 |" in text
    assert "| `format` | null | the annotators' votes are tied | 1 |" in text


def test_what_the_merge_left_out_is_counted(card, sample):
    lost = Rejection("event", sample.find(sample.loan.text, "Sign"), "Agreement", sample.both)
    gold = [sample.gold[0], replace(sample.gold[1], rejected=(lost,)), *sample.gold[2:]]
    assert "| event | `unanimous` | all who voted on it agree | 1 |" in card(gold=gold)


def test_empty_splits_are_named(card):
    assert "`agreements` has no row in validation, test: the files are there" in card()


def test_documents_without_a_place_in_the_release_are_counted_by_reason(card):
    assert "| unfinished | too few annotators finished it" in card()


def test_a_cell_stays_one_cell():
    assert table(["a", "# n"], [["x | y\nz", 1]]).splitlines()[-1] == r"| x \| y z | 1 |"

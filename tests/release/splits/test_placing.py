"""Splits over the life of a data set: nothing moves, nothing leaks, test is filled blind first."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.document import Article, Document
from builder.release.splits.assignment import Rule, assign, split
from builder.release.splits.index import index
from builder.release.splits.ledger import REASONS, SPLITS, Place, ledger, read_places, write_places
from builder.release.splits.period import NEVER, Cuts, cuts, day

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
HALF = {"train": 0.5, "validation": 0.25, "test": 0.25}


def document(name: str, cluster: str = "", story: str | None = None, **facts) -> Document:
    article = Article(facts.pop("file", f"{name}.txt"), "0" * 64, "utf-8", **facts)
    return Document(name, name, (), (), article, cluster or name, story)


def placed(documents, known=(), blind=(), **rule):
    """Place documents that are all released; return what became of each, and the new ledger."""
    rule = Rule(rule.pop("shares", SHARES), rule.pop("version", "0.1.0"), **rule)
    held = index(documents)
    ids = [name.decode() for name in held.ids]
    seen = np.array([doc_id in blind for doc_id in ids], bool)
    found = assign(held, np.ones(len(held), bool), seen, ledger(known), rule)
    where = dict(zip(ids, found.places.tolist(), strict=True))
    return SimpleNamespace(
        splits={doc_id: SPLITS[place] for doc_id, place in where.items() if place >= 0},
        left_out={doc_id: REASONS[place] for doc_id, place in where.items() if place < 0},
        ledger=list(found.ledger(known)),
        cuts=found.cuts,
    )


@st.composite
def lives(draw):
    """Five states of one corpus: documents come, go, are corrected, and join clusters."""
    states, now = [], {}
    for step in range(5):
        for n in draw(st.sets(st.integers(0, 30), max_size=8)):
            cluster = draw(st.sampled_from(["", "x", "y", "z", f"c{n % 4}"]))
            story = draw(st.sampled_from([None, None, "s1", "s2"]))
            now[n] = document(f"d{n}-{step}", cluster, story, file=f"{n}.txt")
        for n in draw(st.sets(st.sampled_from(sorted(now) or [0]), max_size=3)):
            now.pop(n, None)
        states.append(list(now.values()))
    return states


@settings(max_examples=60, deadline=None)
@given(lives(), st.randoms())
def test_over_five_releases_no_document_moves_and_no_cluster_is_in_two_splits(states, random):
    known, seen = [], {}
    for step, documents in enumerate(states):
        blind = {d.doc_id for d in documents if random.random() < 0.3}
        found = placed(documents, known, blind, version=f"0.{step}.0")
        mixed = placed(random.sample(documents, len(documents)), known, blind)
        assert found.splits == mixed.splits
        assert found.splits.keys() | found.left_out.keys() == {d.doc_id for d in documents}
        assert set(found.left_out.values()) <= {"between_splits"}
        for doc_id, name in found.splits.items():
            assert seen.setdefault(doc_id, name) == name
        known = found.ledger
        since = {place.doc_id: place.since for place in known}
        fresh = [d for d in documents if since.get(d.doc_id) == f"0.{step}.0"]
        for one in fresh:
            for other in documents:
                if (
                    other.doc_id in found.splits
                    and one.duplicate_cluster == other.duplicate_cluster
                ):
                    assert found.splits[one.doc_id] == found.splits[other.doc_id]


def test_a_new_document_joins_its_near_duplicates_whatever_its_own_hash_says():
    old = document("old", "c1")
    known = [Place("old", "test", ("c1",), "", "0.1.0")]
    new = [document(f"n{n}", "c1") for n in range(5)]
    assert set(placed([old, *new], known).splits.values()) == {"test"}


def test_a_corrected_text_stays_in_the_split_of_the_text_it_replaces():
    for n in range(20):
        first = placed([document(f"a{n}", file=f"{n}.txt")])
        corrected = placed([document(f"b{n}", file=f"{n}.txt")], first.ledger, version="0.1.1")
        assert corrected.splits[f"b{n}"] == first.splits[f"a{n}"]


def test_a_document_that_was_away_comes_back_to_its_split():
    first = placed([document(str(n)) for n in range(50)])
    second = placed([document("100")], first.ledger, version="0.2.0")
    third = placed([document(str(n)) for n in range(50)], second.ledger, version="0.3.0")
    assert third.splits == first.splits
    assert {p.doc_id: p.since for p in third.ledger}["7"] == "0.1.0"


def test_what_would_join_two_splits_is_left_out_and_nothing_moves():
    known = [Place("a", "train", ("c1",), "", "1"), Place("b", "test", ("c2",), "", "1")]
    bridge = document("x", "c1", "s")
    documents = [document("a", "c1"), document("b", "c2", "s"), bridge]
    found = placed(documents, known)
    assert found.splits == {"a": "train", "b": "test"}
    assert found.left_out == {"x": "between_splits"}


def test_one_story_is_in_one_split():
    documents = [document(str(n), story=f"s{n % 10}") for n in range(100)]
    found = placed(documents, shares=HALF).splits
    for story in range(10):
        assert len({found[str(n)] for n in range(story, 100, 10)}) == 1


@pytest.mark.parametrize("part", [0.05, 0.1, 0.3, 1.0])
def test_blind_documents_fill_the_test_split_first_and_it_keeps_its_share(part):
    documents = [document(str(n)) for n in range(4000)]
    blind = {str(n) for n in range(int(4000 * part))}
    found = placed(documents, blind=blind).splits
    test = [name for name, where in found.items() if where == "test"]
    assert len(test) / 4000 == pytest.approx(0.1, abs=0.02)
    from_blind = sum(name in blind for name in test)
    if part >= 0.1:
        assert from_blind == len(test)
    else:
        assert from_blind == len(blind)
    validation = sum(where == "validation" for where in found.values())
    assert validation / 4000 == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("everyone", [True, False])
def test_where_all_or_none_are_blind_the_hash_alone_decides(everyone):
    documents = [document(str(n)) for n in range(500)]
    blind = {d.doc_id for d in documents} if everyone else set()
    found = placed(documents, blind=blind).splits
    assert found == {str(n): split(str(n), SHARES) for n in range(500)}


def dated(*days: str | None) -> list[Document]:
    return [document(f"d{n}", published_at=when) for n, when in enumerate(days)]


def test_by_date_the_newest_are_test_and_the_days_hold_for_later_releases():
    days = ("2020-01-01", "2020-01-02T23:30:00-05:00", "2020-01-05", "2020-01-04")
    first = placed(dated(*days), shares=HALF, by_date=True)
    assert first.cuts == Cuts("2020-01-04", "2020-01-05")
    assert first.splits == {"d0": "train", "d1": "train", "d2": "test", "d3": "validation"}
    later = [*dated(*days), document("d9", published_at="2020-06-01")]
    second = placed(later, first.ledger, by_date=True, cuts=first.cuts, shares=HALF)
    assert second.splits == {**first.splits, "d9": "test"}


def test_by_date_what_has_no_date_or_would_bring_the_future_into_train_is_left_out():
    documents = dated("2020-01-01", None, "2020-05-01")
    documents[2] = replace(documents[2], duplicate_cluster="d0")
    known = [Place("d0", "train", ("d0",), "", "0.1.0")]
    found = placed(documents, known, by_date=True, cuts=Cuts("2020-03-01", "2020-04-01"))
    assert found.splits == {"d0": "train"}
    assert found.left_out == {"d1": "undated", "d2": "between_splits"}


def test_by_date_a_group_is_placed_by_its_newest_text():
    documents = dated("2020-01-01", "2020-05-01")
    documents = [replace(d, duplicate_cluster="c") for d in documents]
    found = placed(documents, by_date=True, cuts=Cuts("2020-03-01", "2020-04-01"))
    assert set(found.splits.values()) == {"test"}


def test_a_small_corpus_by_date_has_a_test_split_all_the_same():
    # The days hold for good, so a test split that never begins would never have a document.
    assert cuts(["2020-01-01", "2020-01-02"], SHARES) == Cuts(NEVER, "2020-01-02")
    assert cuts(["2020-01-01", "2020-01-02", "2020-01-03"], SHARES).validation == "2020-01-02"


def test_a_share_of_zero_never_begins():
    only = {"train": 0.5, "validation": 0.0, "test": 0.5}
    assert cuts(["2020-01-01", "2020-01-02"], only) == Cuts(NEVER, "2020-01-02")
    assert cuts([], only) == Cuts(NEVER, NEVER)


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        ("2020-01-02T23:30:00-05:00", "2020-01-03"),
        ("2020", "2020-01-01"),
        ("2020-07", "2020-07-01"),
        ("2020-07-09", "2020-07-09"),
        ("yesterday", None),
        (None, None),
    ],
)
def test_the_day_is_in_utc_and_an_unclear_one_is_unknown(stated, known):
    assert day(Article("a.txt", "", "utf-8", updated_at=stated)) == known


def test_a_ledger_comes_back_as_it_was_written(tmp_path):
    first = placed([document(str(n), story="s") for n in range(5)])
    write_places(tmp_path, first.ledger)
    assert list(read_places(tmp_path)) == first.ledger
    assert [place.doc_id for place in first.ledger] == list("01234")

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.config import shipped_project
from builder.document import Span
from builder.release.tables.features import closed_lists
from builder.release.tables.sentence import sentence_rows, tokens
from builder.schema import load_schema


@pytest.fixture
def rows(sample):
    return list(sentence_rows(sample.members))


@pytest.fixture
def lavrov(rows, sample):
    return next(r for r in rows if r["doc_id"] == sample.lavrov.doc_id and r["triggers"])


def test_every_document_has_its_sentences_also_the_empty_one(rows, sample):
    assert {row["doc_id"] for row in rows} == {d.doc_id for d in sample.documents[:3]}
    for row in rows:
        assert len(row["tokens"]) == len(row["trigger_tags"]) == len(row["argument_tags"])


def test_tags_stand_at_the_tokens_of_the_trigger(lavrov):
    tagged = {
        token: tag
        for token, tag in zip(lavrov["tokens"], lavrov["trigger_tags"], strict=True)
        if tag != "O"
    }
    assert tagged == {"said": "B-Statement", "met": "B-Meeting"}


def test_a_span_column_names_the_tokens_it_covers(lavrov):
    for piece in [*lavrov["triggers"], *lavrov["arguments"]]:
        words = lavrov["tokens"][piece["token_start"] : piece["token_end"]]
        assert "".join(words) == "".join(piece["text"].split())
        assert piece["whole"]


def test_overlapping_spans_are_all_in_the_span_column_and_counted_where_tags_fail(lavrov):
    # "The Foreign Secretary" lies in the content "The Foreign Secretary met".
    roles = sorted((a["role"], a["part"]) for a in lavrov["arguments"])
    assert roles == [("Content", 0), ("Content", 1), ("Participant", 0), ("Participant", 0)]
    assert lavrov["untagged"] == 1


def test_tags_are_all_declared(rows):
    closed = closed_lists(load_schema(shipped_project() / "schemas"))["sentences"]
    for row in rows:
        assert set(row["trigger_tags"]) <= set(closed["trigger_tags"])
        assert set(row["argument_tags"]) <= set(closed["argument_tags"])


def test_a_span_over_two_sentences_is_in_both_and_whole_in_none(sample):
    text = "Two talks\n\nThey met. They agreed on oil."
    document = sample.document(text, "c1")
    span = Span(text.index("met"), text.index(" on"))
    event = sample.event("e1", "Meeting", span)
    gold = sample.gold[0].__class__(document.doc_id, "events", ("A1",), (event,), ())
    members = sample.labelled([document], [gold])
    pieces = [p for row in sentence_rows(members) for p in row["triggers"]]
    assert [(p["text"], p["whole"]) for p in pieces] == [("met.", False), ("They agreed", False)]


@given(st.text(alphabet="aß -'.\u0301🤝\n0"))
def test_every_sign_that_is_no_space_is_in_one_token(text):
    found = tokens(Span(0, len(text)), text)
    assert "".join(found.words) == "".join(text.split())
    assert all(end <= start for end, start in zip(found.ends, found.starts[1:], strict=False))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.config import shipped_project
from builder.document import Span
from builder.release.tables.rows import BREAK, context, document_rows, event_rows
from builder.schema import load_schema


@pytest.fixture
def schema():
    return load_schema(shipped_project() / "schemas")


@pytest.fixture
def members(sample):
    return sample.members


def test_an_event_row_can_be_read_alone(schema, members):
    (row,) = event_rows(members, "Meeting", schema)
    assert row["trigger"] == {"start": 123, "end": 126, "text": "met"}
    assert row["context"]["text"].startswith("A Foreign Office spokesman said")
    assert [mention["text"] for mention in row["Participant"]] == [
        "The Foreign Secretary",
        "Sergei Lavrov",
    ]
    assert row["Outcome"] == ["e2"]
    assert (row["support_votes"], row["support_voters"]) == (2, 2)


def test_a_tied_attribute_is_null_and_an_untouched_one_has_its_default(schema, members):
    (row,) = event_rows(members, "Meeting", schema)
    assert (row["mode"], row["format"], row["status"]) == ("in_person", None, "held")
    nested = next(e for d in document_rows(members, schema) for e in d["events"] if e["links"])
    untouched = next(a for a in nested["attributes"] if a["name"] == "status")
    assert untouched["support"] == {"rule": "default", "votes": 0, "voters": 2}


def test_a_discontinuous_mention_keeps_its_parts(schema, members):
    (row,) = event_rows(members, "Statement", schema)
    (content,) = row["Content"]
    assert content["text"] == "The Foreign Secretary met ... in New York"
    assert len(content["parts"]) == 2


def test_an_event_that_stands_alone_is_its_own_cluster(schema, members):
    assert [row["cluster"] for row in event_rows(members, "Agreement", schema)] == ["e3"]


def test_events_of_a_document_are_in_the_order_of_the_text(sample, schema, members):
    row = next(r for r in document_rows(members, schema) if r["doc_id"] == sample.lavrov.doc_id)
    assert [event["event_id"] for event in row["events"]] == ["e2", "e1"]


def test_ids_of_annotations_stay_in_the_project(schema, members):
    assert "annotations'" not in str(list(document_rows(members, schema)))


@given(st.lists(st.text(alphabet="ab \n🤝", min_size=1), min_size=1), st.data())
def test_the_context_holds_the_span_and_no_break_around_it(paragraphs, data):
    text = BREAK.join(paragraphs)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = context(Span(start, end), text)
    assert 0 <= found.start <= len(text)
    assert BREAK not in text[found.start : start]
    assert BREAK not in text[end : found.end]

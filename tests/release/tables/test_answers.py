from __future__ import annotations

import pytest

from builder.config import shipped_project
from builder.release.tables.answers import answer_rows
from builder.schema import load_schema


@pytest.fixture
def rows(sample):
    schema = load_schema(shipped_project() / "schemas")
    return list(answer_rows(sample.members, schema))


def test_every_answer_is_a_row_whether_it_counted_or_not(rows):
    told = [(row["annotator"], row["state"], row["counted"]) for row in rows]
    assert told == [("A1", "events", True), ("A2", "events", True), ("A3", "skipped", False)]


def test_events_are_numbered_and_links_follow(rows, sample):
    said, met = rows[0]["events"]
    name = f"{sample.lavrov.doc_id}-A1"
    assert (said["event_id"], met["event_id"]) == (f"{name}-1", f"{name}-2")
    assert met["links"] == [{"name": "Outcome", "target": f"{name}-1"}]
    assert met["cluster"] == f"{name}-2"


def test_what_was_chosen_is_told_from_defaults(rows):
    (_, met) = rows[0]["events"]
    values = {a["name"]: (a["value"], a["chosen"]) for a in met["attributes"]}
    assert values["mode"] == ("in_person", True)
    assert values["status"] == ("held", False)


def test_ids_and_addresses_of_the_server_stay_in_the_project(rows):
    for secret in ("17", "18", ":r1", "127.0.0.1"):
        ids = [event["event_id"] for row in rows for event in row["events"]]
        assert not any(secret in name.partition("-")[2] for name in ids)
        assert secret not in str([{k: v for k, v in row.items() if k != "events"} for row in rows])

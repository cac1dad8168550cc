"""A real server's export as tables: every item a row, every defect named in its row."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from builder.errors import DataError
from builder.labelstudio.export import TABLES, write_tables

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "label-studio" / "export_events.json"


def task(text, items, **answer):
    given = {"id": 5, "completed_by": {"id": 1, "email": "a@example.org"}, "result": items}
    return {"id": 9, "data": {"text": text, "doc_id": "d"}, "annotations": [given | answer]}


def span(name, start, end, *labels):
    value = {"start": start, "end": end, "text": "not the slice", "labels": list(labels)}
    return {"id": name, "from_name": "role", "type": "labels", "value": value}


def tables(tmp_path, *tasks, **options):
    export = tmp_path / "export.json"
    export.write_text(json.dumps(tasks))
    found = write_tables(export, tmp_path, **options)
    return found, {kind: pq.read_table(tmp_path / f"{kind}.parquet").to_pylist() for kind in TABLES}


def test_each_label_value_and_arrow_is_a_row(tmp_path):
    chosen = {"start": 0, "end": 5, "choices": ["held"]}
    items = [
        span("t", 0, 5, "Party", "Place"),
        {"id": "t", "from_name": "status", "type": "choices", "value": chosen},
        {"id": "f", "from_name": "flags", "type": "choices", "value": {"choices": ["x", "y"]}},
        {"id": "n", "from_name": "note", "type": "textarea", "value": {"text": ["so"]}},
        {"type": "relation", "from_id": "t", "to_id": "t", "direction": "right"},
    ]
    found, rows = tables(tmp_path, task("Seoul.", items, unique_id="u"), name=str.upper)
    assert [(r["label"], r["start"], r["end"]) for r in rows["spans"]] == [
        ("Party", 0, 5),
        ("Place", 0, 5),
    ]
    assert [(r["region_id"], r["control"], r["value"]) for r in rows["attributes"]] == [
        ("t", "status", "held"),
        (None, "flags", "x"),
        (None, "flags", "y"),
        (None, "note", "so"),
    ]
    assert [(r["region_id"], r["target_id"]) for r in rows["relations"]] == [("t", "t")]
    assert {r["annotator"] for r in rows["spans"]} == {"A@EXAMPLE.ORG"}
    assert found.problems.total() == 0


def test_a_defect_is_a_row_with_its_name(tmp_path):
    items = [
        span("a", 0, 99, "Party"),
        span("b", 5, 7, "Party"),
        span("c", 5, 6, "Party"),
        {"type": "relation", "from_id": "a", "to_id": "gone"},
        {"id": "x", "from_name": "s", "type": "choices", "value": {"start": 0, "choices": ["v"]}},
        {"id": "y", "from_name": "s", "type": "choices", "value": {"choices": []}},
    ]
    found, rows = tables(tmp_path, task("Seoul is", items))
    problems = [row["problem"] for kind in TABLES for row in rows[kind]]
    assert problems == [
        "span_outside_text",
        "untrimmed",
        "empty_span",
        "orphan_attribute",
        "no_value",
        "dangling_arrow",
    ]
    assert found.problems.total() == 6


def test_batches_hold_the_same_rows(tmp_path):
    tasks = [task("Seoul", [span("t", 0, 5, "Party")], unique_id=f"u{n}") for n in range(7)]
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    _, whole = tables(tmp_path / "one", *tasks)
    _, cut = tables(tmp_path / "many", *tasks, rows=2)
    assert whole == cut


@pytest.mark.parametrize("content", ["", "{", '[{"id": 1}]', "{}"])
def test_what_is_no_export_is_refused_and_leaves_nothing(tmp_path, content):
    export = tmp_path / "export.json"
    export.write_text(content)
    with pytest.raises(DataError, match="export the project again as JSON"):
        write_tables(export, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["export.json"]


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not beside the checkout")
def test_a_real_export_loses_no_item(tmp_path):
    found = write_tables(SAMPLE, tmp_path)
    items = [
        item
        for each in json.loads(SAMPLE.read_text("utf-8"))
        for answer in each["annotations"]
        for item in answer["result"]
    ]
    assert found.rows["relations"] >= sum(item["type"] == "relation" for item in items)
    assert found.rows["spans"] >= sum(item["type"] == "labels" for item in items)
    assert found.rows.total() >= len(items)

"""croissant.json against MLCommons' own library, in a process of its own: it warns a lot."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq

from builder.release.build import build_release
from builder.release.croissant import described


def test_the_library_finds_no_error_and_reads_the_same_rows(make, read):
    release = build_release(make(settings='[project]\nauthors = "Doe"\n'), "0.1.0").path
    found = read(release)
    assert found["problems"] == []
    stated = json.loads((release / "croissant.json").read_text())
    for node in stated["recordSet"]:
        config, _, split = node["name"].partition("/")
        path = release / f"data/{config}/{split}-00000-of-00001.parquet"
        expected = [only(row, node["field"]) for row in pq.read_table(path).to_pylist()]
        assert found["rows"][node["name"]] == expected
    assert {name.partition("/")[0] for name in found["rows"]} == {
        "documents",
        "agreements",
        "meetings",
        "statements",
        "annotations",
        "sentences",
    }


def only(row, fields):
    """Return what the fields describe of a row."""
    kept = {}
    for field in fields:
        value, parts = row[field["name"]], [part["name"] for part in field.get("subField", ())]
        if parts and isinstance(value, list):
            value = [{part: item[part] for part in parts} for item in value]
        elif parts:
            value = {part: value[part] for part in parts}
        kept[field["name"]] = value
    return kept


def test_every_file_has_its_hash(make):
    release = build_release(make(), "0.1.0").path
    manifest = json.loads((release / "manifest.json").read_text())
    hashes = {file["path"]: file["sha256"] for file in manifest["files"]}
    for node in json.loads((release / "croissant.json").read_text())["distribution"]:
        assert node["sha256"] == hashes[node["contentUrl"]]


def test_what_cannot_be_described_is_named(make):
    release = build_release(make(), "0.1.0").path
    stated = json.loads((release / "croissant.json").read_text())
    (documents, *_) = stated["recordSet"]
    assert documents["description"].endswith("being lists in lists: events.")
    (events,) = [field for field in documents["field"] if field["name"] == "events"]
    assert [part["name"] for part in events["subField"]] == ["event_id", "type", "cluster"]


def test_lists_of_records_are_described_and_lists_inside_of_them_are_not():
    span = pa.struct([("start", pa.int64())])
    assert described(pa.field("a", pa.list_(span)))
    assert described(pa.field("a", span))
    assert not described(pa.field("a", pa.list_(pa.struct([("parts", pa.list_(span))]))))

"""croissant.json against MLCommons' own library, in a process of its own: it warns a lot.

The library gives texts as bytes and names columns by their record set; records
inside of the records of a list come beside them, as lists of equal length.
What lies two lists deep comes from record sets of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builder.commands.ingest import ingest_files
from builder.commands.init import copy_starter
from builder.config import load_project
from builder.files import file_sha256
from builder.merge.project import merge_project
from builder.release.build import build_release
from builder.release.tables import shards
from builder.release.tables.croissant import deep
from builder.release.tables.flat import EVENTS, FOLDER

CONFIGS = {"documents", "agreements", "meetings", "statements", "annotations", "sentences"}
LISTS = ("arguments", "attributes", "links")
READ = """
import json, sys
import mlcroissant

def read(name):
    try:
        return [record["a"] for record in mlcroissant.Dataset(f"{name}.json").records("r")]
    except Exception as error:
        while error.__cause__:
            error = error.__cause__
        return str(error)

print(json.dumps({name: read(name) for name in sys.argv[1:]}))
"""
READINGS = {
    # Path, type, and what comes of it.
    "one list": (["b.c"], "sc:Integer", [[{"x": 1}, {"x": 2}]]),
    "the first of each inner list": (["d[*].c"], "sc:Integer", [[{"x": 3}, {"x": 5}]]),
    "records as text": (["d"], "sc:Text", "'str' object cannot be interpreted as an integer"),
    "records as numbers": (["d"], "sc:Integer", "not 'dict'"),
    "records as nothing": (["d"], None, "does not specify a valid"),
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Return the shipped project's release with all texts, without any, and in many files."""
    root = tmp_path_factory.mktemp("starter")
    copy_starter(root, "schemas", "annotations", "builder.toml")
    project = load_project(root)
    ingest_files(project)
    merge_project(project)
    told = {**project.values, "release.text": "standoff", "release.text_why": "A test."}
    bare = replace(project, values=told, articles=())
    found = {
        "full": build_release(project, "0.1.0", root / "full").path,
        "standoff": build_release(bare, "0.1.0", root / "standoff").path,
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shards, "GROUP", 2)
        patched.setattr(shards, "LIMIT", 1)
        return found | {"cut": build_release(project, "0.1.0", root / "cut").path}


@pytest.mark.parametrize("form", ["full", "standoff", "cut"])
def test_the_library_yields_every_column_of_every_row(shipped, read, form):
    release = shipped[form]
    found = read(release)
    assert found["problems"] == []
    files = sorted((release / "data").glob("*/*.parquet"))
    expected = defaultdict(list)
    for path in files:
        name = f"{path.parent.name}/{path.name.partition('-')[0]}"
        expected[name] += pq.read_table(path).to_pylist()
    compared = {name: whole(name, found["rows"]) for name in found["rows"] if "." not in name}
    assert compared == {name: rows for name, rows in expected.items() if rows}
    assert {name.partition("/")[0] for name in compared} == CONFIGS


def whole(name, found):
    """Return the rows of a record set with all that lies elsewhere put where it belongs."""
    config, _, split = name.partition("/")
    lists = {one: by_event(found.get(f"{config}.{one}/{split}", ())) for one in LISTS}
    parts = by_event(found[f"documents.arguments/{split}"])
    rows = []
    for record in found[name]:
        row = {column: value for column, value in record.items() if "/" not in column}
        for number, event in enumerate(row.get(EVENTS, ())):
            for column in record.keys() - row.keys():
                inner = record[column].items()
                event[column.partition("/")[2]] = {field: of[number] for field, of in inner}
            event |= {one: lists[one][event["event_id"]] for one in LISTS}
        for column in (c for c, value in row.items() if is_mentions(config, c, value)):
            same = [one for one in parts[row["event_id"]] if one["role"] == column]
            assert [one["text"] for one in same] == [mention["text"] for mention in row[column]]
            row[column] = [{"text": one["text"], "parts": one["parts"]} for one in same]
        rows.append(row)
    return rows


def by_event(rows):
    """Return the items of each event's list in their order, without what they are found by."""
    lists = defaultdict(list)
    for row in rows:
        item = {name: value for name, value in row.items() if name not in ("doc_id", "event_id")}
        assert item.pop("number") == len(lists[row["event_id"]])
        lists[row["event_id"]].append(item)
    return lists


def is_mentions(config, column, value):
    """Tell whether a column of an event type's config is a role."""
    return config not in ("documents", "annotations", "sentences") and (
        column[0].isupper() and all(isinstance(mention, dict) for mention in value)
    )


def test_every_column_has_a_field_or_a_record_set_that_is_named(shipped):
    stated = json.loads((shipped["full"] / "croissant.json").read_text())
    sets = {node["name"]: node for node in stated["recordSet"]}
    for name, node in sets.items():
        config, _, split = name.partition("/")
        (path,) = shipped["full"].glob(f"*/{config}/{split}-*.parquet")
        columns = pq.read_schema(path)
        assert [field["name"] for field in node["field"]] == columns.names
        for column, field in zip(columns, node["field"], strict=True):
            inside = column.type.value_type if pa.types.is_list(column.type) else column.type
            names = [one.name for one in inside] if pa.types.is_struct(inside) else []
            described = [one["name"] for one in field.get("subField", ())]
            left = [one for one in names if one not in described]
            assert left == deep(column)
            of = config if column.name == EVENTS else "documents"
            for one in left if column.name == EVENTS else LISTS[:1] if left else ():
                assert f"`{of}.{one}/{split}`" in node["description"]
                assert f"{of}.{one}/{split}" in sets


def test_validate_passes_and_says_nothing_else(shipped):
    command = Path(sys.executable).with_name("mlcroissant")
    done = run([command, "validate", "--jsonld", "croissant.json"], shipped["full"])
    assert done.returncode == 0, done.stderr
    (line,) = (done.stdout + done.stderr).splitlines()
    assert line.endswith("] Done.")


def test_keys_are_the_rows_own(shipped):
    stated = json.loads((shipped["full"] / "croissant.json").read_text())
    for node in stated["recordSet"]:
        name, (source, *_) = node["name"], (f["source"] for f in node["field"] if "source" in f)
        names = [key["@id"].removeprefix(f"{name}/") for key in node["key"]]
        rows = pq.read_table(shipped["full"] / source["fileObject"]["@id"], columns=names)
        assert len({tuple(row.values()) for row in rows.to_pylist()}) == len(rows)


def test_every_file_has_its_hash(shipped):
    manifest = json.loads((shipped["full"] / "manifest.json").read_text())
    hashes = {file["path"]: file["sha256"] for file in manifest["files"]}
    listed = json.loads((shipped["full"] / "croissant.json").read_text())["distribution"]
    assert {node["contentUrl"]: node["sha256"] for node in listed}.items() <= hashes.items()
    flat = {name for name in hashes if name.startswith(f"{FOLDER}/")}
    assert flat <= {node["contentUrl"] for node in listed}


def test_the_library_goes_into_one_list_of_a_column_only(shipped, tmp_path):
    """The reason for tables beside the rows; they can go when this does not hold any more."""
    item = {"b": {"c": 1}, "d": [{"c": 3}, {"c": 4}]}
    rows = [{"a": [item, {"b": {"c": 2}, "d": [{"c": 5}]}]}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    told = json.loads((shipped["full"] / "croissant.json").read_text())
    for name, (paths, kind, _) in READINGS.items():
        stated = told | field_of_a_column(paths, kind, file_sha256(tmp_path / "a.parquet"))
        (tmp_path / f"{name}.json").write_text(json.dumps(stated))
    done = run([sys.executable, "-W", "ignore", "-c", READ, *READINGS], tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for name, (_, _, expected) in READINGS.items():
        got = found[name]
        assert expected in got if isinstance(expected, str) else got == expected, (name, got)


def field_of_a_column(paths, kind, sha256):
    """Return files and record sets: what `paths` lead to in the items of column `a`."""
    file = {"@type": "cr:FileObject", "@id": "f", "name": "f", "contentUrl": "a.parquet"}
    file |= {"encodingFormat": "application/x-parquet", "sha256": sha256}
    steps = [{"jsonPath": path} for path in paths]
    source = {"fileObject": {"@id": "f"}, "extract": {"column": "a"}, "transform": steps}
    inner = {"@type": "cr:Field", "@id": "x", "name": "x", "source": source}
    inner |= {"dataType": kind} if kind else {}
    outer = {"@type": "cr:Field", "@id": "a", "name": "a", "repeated": True, "subField": [inner]}
    rows = {"@type": "cr:RecordSet", "@id": "r", "name": "r", "field": [outer]}
    return {"distribution": [file], "recordSet": [rows]}


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

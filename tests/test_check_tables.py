"""`builder check --tables`: the shipped annotations, and exports, as rows."""

from __future__ import annotations

import json
from collections import Counter

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.commands.init import copy_starter
from builder.config import load_project
from builder.errors import NotReadyError, UsageError
from builder.labelstudio.snapshot import current_snapshots, read_snapshot
from builder.labelstudio.tables import TABLES


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the shipped project and the tasks of its snapshot."""
    root = tmp_path_factory.mktemp("starter")
    copy_starter(root, "schemas", "annotations", "builder.toml")
    (snapshot,) = current_snapshots(load_project(root).snapshots)
    return root, list(read_snapshot(snapshot.path))


def run(*words):
    return CliRunner().invoke(app, ["check", *map(str, words)])


def read(folder):
    return {kind: pq.read_table(folder / f"{kind}.parquet").to_pylist() for kind in TABLES}


def test_every_item_of_the_shipped_annotations_is_a_row(project, tmp_path):
    root, tasks = project
    result = run("--tables", tmp_path / "tables", "-C", root)
    assert result.exit_code == 0, result.output
    found = read(tmp_path / "tables")
    items = [i for task in tasks for answer in task["annotations"] for i in answer["result"]]
    expected = Counter(item["type"] for item in items)
    assert expected["labels"] > 500
    assert len({(r["annotation_id"], r["region_id"]) for r in found["spans"]}) == expected["labels"]
    assert len(found["relations"]) == expected["relation"]
    assert len(found["attributes"]) >= expected["choices"]
    assert {row["doc_id"] for row in found["spans"]} == {task["data"]["doc_id"] for task in tasks}
    assert all(row["problem"] is None for rows in found.values() for row in rows)
    for kind, rows in found.items():
        assert f"{kind}.parquet: {len(rows)} rows" in result.stdout.replace("\n", "")


def test_annotators_have_the_names_that_they_have_in_a_release(project, tmp_path):
    root, _ = project
    run("--tables", tmp_path, "-C", root)
    found = read(tmp_path)
    people = {row["annotator"] for row in found["spans"]}
    assert len(people) == 2
    assert all(name.startswith("A") and len(name) == 7 for name in people)
    assert not any("@" in str(row) for row in found["spans"])


def test_an_export_gives_the_rows_of_the_snapshot(project, tmp_path):
    root, tasks = project
    export = tmp_path / "export.json"
    export.write_text(json.dumps(tasks))
    run("--tables", tmp_path / "a", "-C", root)
    result = run(export, "--tables", tmp_path / "b", "-C", root, "--json")
    assert read(tmp_path / "a") == read(tmp_path / "b")
    told = json.loads(result.stdout)[str(export)]
    assert told["tasks"] == len(tasks)
    assert told["rows"] == {kind: len(rows) for kind, rows in read(tmp_path / "b").items()}
    assert told["problems"] == {}


def test_defects_are_counted_and_keep_their_rows(project, tmp_path):
    root, _ = project
    value = {"start": 0, "end": 99, "labels": ["Meeting"]}
    item = {"id": "a", "from_name": "event", "type": "labels", "value": value}
    answer = {"id": 1, "completed_by": 1, "result": [item]}
    task = {"id": 1, "data": {"text": "They met."}, "annotations": [answer]}
    (tmp_path / "bad.json").write_text(json.dumps([task]))
    result = run(tmp_path / "bad.json", "--tables", tmp_path / "out", "-C", root)
    assert result.exit_code == 0
    assert "problems: 1 span_outside_text" in result.stdout
    assert [row["problem"] for row in read(tmp_path / "out")["spans"]] == ["span_outside_text"]


def test_several_files_get_folders_of_their_names(project, tmp_path):
    root, tasks = project
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text(json.dumps(tasks[:1]))
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    assert run(*files, "--tables", tmp_path / "out", "-C", root).exit_code == 0
    assert read(tmp_path / "out" / "one") == read(tmp_path / "out" / "two")
    (tmp_path / "more").mkdir()
    same = tmp_path / "more" / "one.json"
    same.write_text("[]")
    refused = run(files[0], same, "--tables", tmp_path / "no", "-C", root).exception
    assert isinstance(refused, UsageError)
    assert f"{same}: would share the folder 'one' with {files[0]}" in str(refused)
    assert not (tmp_path / "no").exists()


def test_without_a_snapshot_there_is_nothing_to_make_tables_of(tmp_path):
    result = run("--tables", tmp_path / "out", "-C", tmp_path)
    assert isinstance(result.exception, NotReadyError)


def test_a_tab_of_problems_and_tables_do_not_go_together(tmp_path):
    result = run("--tables", tmp_path / "out", "--view", "-C", tmp_path)
    assert isinstance(result.exception, UsageError)

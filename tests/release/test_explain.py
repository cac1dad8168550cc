from __future__ import annotations

import json
import shutil
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.commands.ingest import ingest_files
from builder.config import load_project, shipped_project
from builder.errors import DataError
from builder.event import GoldDocument
from builder.files import read_records
from builder.merge.project import merge_project
from builder.release.explain import explain


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    """The shipped project, ingested and merged, with one decision that people made."""
    root = tmp_path_factory.mktemp("explain")
    for name in ("schemas", "annotations"):
        shutil.copytree(shipped_project() / name, root / name)
    shutil.copy(shipped_project() / "builder.toml", root)
    project = load_project(root)
    ingest_files(project)
    merge_project(project)
    gold = read_records(project.gold, GoldDocument, made_by="builder merge")
    return SimpleNamespace(project=project, events=[e for g in gold for e in g.events])


def test_the_words_of_every_element_are_the_raw_bytes_it_points_to(starter):
    checked = 0
    for event in starter.events[::8]:
        facts = explain(starter.project, event.event_id)
        assert facts["document"]["raw_file_as_it_was"]
        for element in facts["elements"]:
            if len(element["sources"]) == len(element["spans"]) == 1:
                raw = element["sources"][0]["raw"]
                in_json = element["sources"][0]["file"].endswith(".jsonl")
                assert (json.loads(f'"{raw}"') if in_json else raw) == element["value"]
                checked += 1
    assert checked > 20


def test_every_element_names_those_who_said_so_and_their_task(starter):
    facts = explain(starter.project, starter.events[0].event_id)
    people = facts["document"]["annotators"]
    assert len(people) == 2
    for element in facts["elements"]:
        assert set(element["annotators"]) <= set(people)
    assert [answer["annotator"] for answer in facts["answers"]] == people
    assert all("?task=" in answer["task_url"] for answer in facts["answers"])
    assert facts["row"] is None


def test_people_read_the_way_back_in_one_page(starter, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    event_id = starter.events[0].event_id
    result = CliRunner().invoke(app, ["explain", event_id, "-C", str(starter.project.root)])
    assert result.exit_code == 0
    for word in ("trigger", "unanimous 2/2", "bytes ", "raw file  annotations/", "schema    "):
        assert word in result.stdout
    assert "row       in no release yet" in result.stdout


def test_a_raw_file_that_was_changed_is_told(starter, tmp_path):
    root = tmp_path / "changed"
    shutil.copytree(starter.project.root, root)
    path = root / "annotations" / "articles" / "starter.jsonl"
    path.write_bytes(path.read_bytes() + b"\n")
    project = load_project(root)
    event = next(e for e in starter.events if _file(project, e).endswith(".jsonl"))
    assert not explain(project, event.event_id)["document"]["raw_file_as_it_was"]


def _file(project, event):
    return explain(project, event.event_id)["document"]["file"]


def test_an_unknown_event_is_named_with_those_of_its_document(starter):
    doc_id = starter.events[0].event_id.partition("-")[0]
    with pytest.raises(DataError, match=f"this document has {doc_id}-"):
        explain(starter.project, f"{doc_id}-agreement-0-1")

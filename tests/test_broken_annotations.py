"""Annotations with defects: the message, word for word, and nothing lost beside them."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.config import load_project
from builder.document import Document
from builder.errors import DataError
from builder.event import GoldDocument
from builder.files import read_records
from builder.labelstudio.snapshot import Source, write_snapshot
from builder.labelstudio.tasks import task
from builder.schema import load_schema

BROKEN = Path(__file__).parent / "broken" / "annotation"
DEFECTS = sorted(path.name for path in BROKEN.iterdir() if path.is_dir())
SOURCE = Source("server", "http://ls.example", 1, "Events", "2026-01-01T00:00:00Z", "1.23.2", "0")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "annotations" / "articles").mkdir(parents=True)
    shutil.copy(BROKEN / "article.jsonl", tmp_path / "annotations" / "articles")
    assert CliRunner().invoke(app, ["ingest", "-C", str(tmp_path)]).exit_code == 0
    return load_project(tmp_path)


def answer(number, items):
    return {
        "id": number,
        "unique_id": f"u{number}",
        "completed_by": {"id": number, "email": f"{number}@example.org"},
        "result": items,
    }


def snapshot(project, *answers, **changes):
    (document,) = read_records(project.documents, Document, made_by="builder ingest")
    given = task(document, load_schema(project.schemas))
    given["data"] |= changes
    write_snapshot(project.snapshots, [{"id": 7, "annotations": list(answers), **given}], SOURCE)


def merge(project):
    return CliRunner().invoke(app, ["merge", "-C", str(project.root)])


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_message_names_task_region_and_what_to_do(project, defect):
    snapshot(project, answer(1, json.loads((BROKEN / defect / "result.json").read_text())))
    done = merge(project)
    assert isinstance(done.exception, DataError)
    assert f"{done.exception}\n" == (BROKEN / defect / "expected.txt").read_text("utf-8")


def test_a_changed_text_is_named(project):
    snapshot(project, answer(1, []), text="Something else.")
    done = merge(project)
    assert "the task's text was changed after it was made" in str(done.exception)


def test_other_annotators_answers_are_merged_all_the_same(project):
    good = json.loads((BROKEN / "unknown_label" / "result.json").read_text())
    good[0]["value"]["labels"] = ["Agreement"]
    bad = json.loads((BROKEN / "span_outside_text" / "result.json").read_text())
    snapshot(project, answer(1, good), answer(2, bad))
    merge(project)
    (gold,) = read_records(project.gold, GoldDocument, made_by="builder merge")
    assert [event.type for event in gold.events] == ["Agreement"]
    assert len(gold.annotators) == 1

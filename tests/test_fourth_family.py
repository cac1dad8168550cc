"""A fourth event family is one YAML file: the whole path on a real server, no code."""

import shutil
import subprocess
import sys
from pathlib import Path

import datasets
import pytest

from builder.document import Document, Span
from builder.event import Argument, Event
from builder.files import read_records
from builder.labelstudio.encode import result
from builder.schema import load_schema

ROOT = Path(__file__).parent.parent
VISIT = """
event_type: Visit
version: 1.0.0
definition: Somebody goes to a place to see it or the people there.
triggers: [visit, tour]
roles:
  Visitor: {definition: Who goes., mentions: [PER, ORG, GPE], count: 1..n}
  Place: {definition: Where to., mentions: [GPE, FAC], count: 0..n}
attributes:
  status:
    definition: Whether it has taken place.
    default: done
    values: {done: It took place., planned: It is still to come.}
"""
ARTICLE = (
    '{"id": "v1", "title": "Minister visits Turkey", "text": "Mr Ellwood visited Turkey.",'
    ' "license": "CC0-1.0"}\n'
)


def builder(project, *words):
    done = subprocess.run(
        [sys.executable, "-m", "builder", *words],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def project(project_on):
    made = project_on("Four families")
    shutil.copytree(ROOT / "schemas", made.root / "schemas")
    (made.root / "schemas" / "visit.yaml").write_text(VISIT)
    made.raw_articles.mkdir(parents=True)
    (made.raw_articles / "visits.jsonl").write_text(ARTICLE)
    return made


def test_a_fourth_family_goes_from_yaml_to_load_dataset(studio, project, tmp_path):
    builder(project, "ingest")
    builder(project, "tasks")
    builder(project, "push")
    (document,) = read_records(project.documents, Document, made_by="builder ingest")
    text = document.text
    trigger = Span(text.index("visited"), text.index("visited") + len("visited"))
    place = Span(text.rindex("Turkey"), text.rindex("Turkey") + len("Turkey"))
    visit = Event("e", "Visit", trigger, (Argument("Place", (place,)),), {"status": "planned"})
    sdk = studio.client().sdk
    (found,) = [p for p in sdk.projects.list() if p.title == "Four families"]
    (task,) = sdk.tasks.list(project=found.id)
    items = result([visit], text, load_schema(project.schemas))
    sdk.annotations.create(id=task.id, result=items, ground_truth=False)
    builder(project, "pull")
    builder(project, "merge")
    builder(project, "release", "0.1.0")

    release = str(project.root / "releases" / "0.1.0")
    loaded = datasets.load_dataset(release, "visits", cache_dir=str(tmp_path / "cache"))
    ((split, row),) = [(split, row) for split in loaded.values() for row in split]
    assert row["trigger"]["text"] == "visited"
    assert [mention["text"] for mention in row["Place"]] == ["Turkey"]
    assert row["Visitor"] == []
    assert split.features["status"].int2str(row["status"]) == "planned"
    assert split.features["polarity"].int2str(row["polarity"]) == "positive"

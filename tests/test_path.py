"""From the real page dump to `load_dataset`, with people's work done by mouse and keyboard."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import datasets
import pytest

from builder.config import load_project
from builder.document import Document, Span
from builder.event import Argument, Event
from builder.files import read_records
from builder.labelstudio.encode import result
from builder.schema import load_schema

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "annotations" / "articles" / "000_040910965fea3b52.txt"
SCREENSHOT = ROOT / "build" / "screenshots" / "labelling.png"
SCHEMA = load_schema(ROOT / "schemas")
KOREA, NATO = "South Korea", "North Atlantic Treaty Organization"


def builder(project, *words, status=0):
    """Type a command in the project folder; return what it printed on stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "builder", *words],
        cwd=project.root,
        env={**os.environ, "HF_DATASETS_CACHE": str(project.root / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.fixture
def project(project_on):
    made = project_on("The whole path", overlap=2)
    shutil.copytree(ROOT / "schemas", made.root / "schemas")
    made.raw_articles.mkdir(parents=True)
    shutil.copy(SAMPLE, made.raw_articles)
    # Agency copy passes on no text unless the project says so.
    with (made.root / "builder.toml").open("a") as settings:
        settings.write('[[articles]]\nmatch = "*"\nlicense = "agency-copy"\ntext = "full"\n')
        settings.write('license_note = "It stays in the folder of this test."\n')
    return load_project(made.root)


def label_by_hand(studio, project_id, user):
    """Mark one agreement with two parties, two arrows and an attribute."""
    from browser import annotator  # noqa: PLC0415 - needs Playwright

    keys = SCHEMA.role_keys()
    with annotator() as person:
        person.log_in(studio.url, user.email, user.password)
        person.open_stream(studio.url, project_id)
        person.press("Escape")
        person.label("1", "agreed", 0)
        person.press("Escape")
        person.label(keys["Party"], KOREA, 1)
        person.press("Escape")
        person.label(keys["Party"], NATO, 0)
        person.press("Escape")
        person.arrow(("agreed", 0), (KOREA, 1))
        person.arrow(("agreed", 0), (NATO, 0))
        person.click("agreed", 0)
        person.press("Shift+c")  # stage: signed
        person.screenshot(SCREENSHOT)
        person.submit()


def label_through_the_sdk(studio, user, project_id, document):
    text = document.text
    event = Event(
        "e",
        "Agreement",
        span(text, "agreed"),
        (Argument("Party", (span(text, KOREA, 1),)), Argument("Party", (span(text, NATO),))),
        {"stage": "signed"},
    )
    sdk = studio.client(user.token).sdk
    (task,) = sdk.tasks.list(project=project_id)
    sdk.annotations.create(id=task.id, result=result([event], text, SCHEMA), ground_truth=False)


def span(text, words, occurrence=0):
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


@pytest.mark.slow
def test_spans_selected_in_the_browser_arrive_in_the_dataset(studio, project, tmp_path):
    builder(project, "ingest")
    builder(project, "tasks")
    builder(project, "push")
    pushed_again = json.loads(builder(project, "push", "--json"))
    (document,) = read_records(project.documents, Document, made_by="builder ingest")
    (found,) = [
        p for p in studio.client().sdk.projects.list() if p.title == project.text("studio.title")
    ]
    assert len(list(studio.client().sdk.tasks.list(project=found.id))) == 1, pushed_again

    label_by_hand(studio, found.id, studio.add_user("by-hand"))
    label_through_the_sdk(studio, studio.add_user("by-sdk"), found.id, document)

    builder(project, "pull")
    builder(project, "pull")
    assert len(list(project.snapshots.glob("*.jsonl.zst"))) == 1
    builder(project, "merge")
    builder(project, "release", "0.1.0")

    release = project.root / "releases" / "0.1.0"
    loaded = datasets.load_dataset(str(release), cache_dir=str(tmp_path / "cache"))
    (row,) = [row for split in loaded.values() for row in split]
    (event,) = row["events"]
    text = row["text"]
    trigger = event["trigger"]
    assert (trigger["start"], text[trigger["start"] : trigger["end"]]) == (
        text.index("agreed"),
        "agreed",
    )
    assert [a["role"] for a in event["arguments"]] == ["Party", "Party"]
    assert [
        text[part["start"] : part["end"]] for a in event["arguments"] for part in a["parts"]
    ] == [KOREA, NATO]
    assert event["support"] == {"rule": "unanimous", "votes": 2, "voters": 2}
    assert {a["name"]: a["value"] for a in event["attributes"]}["stage"] == "signed"

    agreements = datasets.load_dataset(
        str(release), "agreements", cache_dir=str(tmp_path / "cache")
    )
    assert sum(split.num_rows for split in agreements.values()) == 1
    # The library cannot load a config without a row; the release does not offer one.
    assert datasets.get_dataset_config_names(str(release)) == [
        "documents",
        "agreements",
        "annotations",
        "sentences",
    ]

"""A project with hand-merged gold on real sentences (UK government, OGL; US State, public domain).

The documents' clusters are chosen so that two fall into train, one into test
and none into validation.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import datasets
import pytest
from older_datasets import VERSIONS, environment

from builder.config import Project, load_project, shipped_project
from builder.document import Article, Document, Span, Zone, document_id
from builder.event import (
    Annotation,
    Argument,
    Event,
    GoldArgument,
    GoldAttribute,
    GoldDocument,
    GoldEvent,
    GoldLink,
    Link,
    Support,
)
from builder.files import write_records
from builder.labelstudio.snapshot import Source, write_snapshot
from builder.release.contents import Labelled
from builder.release.tables.features import RELEASED

if TYPE_CHECKING:
    from pathlib import Path

BOTH = Support("unanimous", 2, 2, ("17", "18"))
ONE = Support("single", 1, 1, ("19",))
TIE = Support("tie", 1, 2, ("17",))
SHARES = "[splits]\ntrain = 0.6\nvalidation = 0.2\ntest = 0.2\n"
LOOSE = """
[gates.licences]
max_unknown = 1
why = "One document of this project states none on purpose."
[gates.card]
required = []
why = "What nobody stated is what some tests are about."
"""
LOAD = """
import json, os, sys, tempfile
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_CACHE"] = tempfile.mkdtemp()
import datasets
datasets.disable_progress_bars()
found = {}
for name in datasets.get_dataset_config_names(sys.argv[1]):
    for split, part in datasets.load_dataset(sys.argv[1], name).items():
        streamed = datasets.load_dataset(sys.argv[1], name, split=split, streaming=True)
        assert list(streamed) == list(part), (name, split)
        found[f"{name}/{split}"] = list(part)
print(json.dumps([datasets.__version__, found]))
"""
RECORDS = """
import json, sys
import mlcroissant

def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name.rpartition("/")[2]: plain(item) for name, item in value.items()}
    return value.item() if hasattr(value, "item") else value

def row(record, name):
    return {column.removeprefix(f"{name}/"): plain(value) for column, value in record.items()}

dataset = mlcroissant.Dataset(jsonld="croissant.json")
names = [node["name"] for node in json.load(open("croissant.json"))["recordSet"]]
rows = {name: [row(record, name) for record in dataset.records(name)] for name in names}
issues = dataset.metadata.ctx.issues
print(json.dumps({"problems": [*issues.errors, *issues.warnings], "rows": rows}))
"""
SNAPSHOT = "20260102T030405Z-0123abcd"
SERVER = "http://studio.invalid:8080"

LAVROV = (
    "Foreign Secretary bilateral meeting with Russian Foreign Minister\n\n"
    "A Foreign Office spokesman said: “The Foreign Secretary met Russian Foreign Minister "
    "Sergei Lavrov earlier today on the margins of the UNGA meeting in New York, their first "
    "face-to-face meeting since Boris Johnson was appointed. 🤝"
)
LOAN = (
    "The United States and Iraq Sign Loan Guarantee Agreement\n\n"
    "Today, the United States and Iraq signed a loan guarantee agreement that, once entered into "
    "force, will enable Iraq to access up to $1 billion in low-cost financing."
)
TURKEY = (
    "On the Occasion of Turkey's Republic Day\n\n"
    "As you mark this special day, you have our very best wishes for a happy, prosperous, and "
    "safe year to come."
)
TALKS = (
    "Foreign Secretary joins international call for humanitarian access in Aleppo\n\n"
    "Following the meeting the Foreign Secretary said:"
)


def find(text: str, words: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def document(text: str, cluster: str, **facts: str | None) -> Document:
    end = text.index("\n")
    zones = (Zone("headline", Span(0, end), ()), Zone("body", Span(end + 2, len(text)), ()))
    article = Article("annotations/articles/a.jsonl", "0" * 64, "utf-8", row=1, language="en-GB")
    return Document(document_id(text), text, zones, (), replace(article, **facts), cluster)


def event(
    name: str, kind: str, trigger: Span, support: Support = BOTH, **parts: tuple
) -> GoldEvent:
    return GoldEvent(
        event_id=name,
        type=kind,
        trigger=trigger,
        arguments=parts.get("arguments", ()),
        attributes=parts.get("attributes", ()),
        links=parts.get("links", ()),
        cluster=None,
        support=support,
        type_support=support,
        trigger_support=support,
    )


def lavrov_gold() -> GoldDocument:
    met = event(
        "e1",
        "Meeting",
        find(LAVROV, "met"),
        arguments=(
            GoldArgument("Participant", (find(LAVROV, "Sergei Lavrov"),), BOTH),
            GoldArgument("Participant", (find(LAVROV, "The Foreign Secretary"),), BOTH),
        ),
        attributes=(GoldAttribute("mode", "in_person", BOTH), GoldAttribute("format", None, TIE)),
        links=(GoldLink("Outcome", "e2", BOTH),),
    )
    said = event(
        "e2",
        "Statement",
        find(LAVROV, "said"),
        arguments=(
            GoldArgument(
                "Content",
                (find(LAVROV, "The Foreign Secretary met"), find(LAVROV, "in New York")),
                BOTH,
            ),
        ),
    )
    doc_id = document_id(LAVROV)
    return GoldDocument(doc_id, "events", ("A2", "A1"), (said, met), ())


def loan_gold() -> GoldDocument:
    parties = (find(LOAN, "the United States"), find(LOAN, "Iraq", 1))
    signed = event(
        "e3",
        "Agreement",
        find(LOAN, "signed"),
        ONE,
        arguments=tuple(GoldArgument("Party", (span,), ONE) for span in parties),
        attributes=(GoldAttribute("stage", "signed", ONE),),
    )
    return GoldDocument(document_id(LOAN), "events", ("A1",), (signed,), ())


def corpus() -> tuple[list[Document], list[GoldDocument]]:
    """Return four documents: two with events, one empty, one unfinished."""
    documents = [
        document(LAVROV, "c1", publisher="UK Government", license="OGL-UK-3.0"),
        document(LOAN, "c2", publisher="US State | Department", license="public-domain"),
        document(TURKEY, "c4", language=None),
        document(TALKS, "c5", license="OGL-UK-3.0"),
    ]
    empty = GoldDocument(document_id(TURKEY), "empty", ("A1", "A2"), (), ())
    unfinished = GoldDocument(document_id(TALKS), "unfinished", (), (), ())
    return documents, [lavrov_gold(), loan_gold(), empty, unfinished]


def answers() -> list[Annotation]:
    """Return two answers on the first document that see the meeting differently."""
    doc_id = document_id(LAVROV)
    met = Event(
        "17:r1:Meeting",
        "Meeting",
        find(LAVROV, "met"),
        (Argument("Participant", (find(LAVROV, "Sergei Lavrov"),)),),
        {"mode": "in_person"},
        (Link("Outcome", "17:r2:Statement"),),
    )
    said = Event("17:r2:Statement", "Statement", find(LAVROV, "said"))
    again = Event("18:r1:Meeting", "Meeting", find(LAVROV, "meeting", 1))
    return [
        Annotation("18", doc_id, "A2", "events", (again,), note="Who is the host?", lead_time=2.5),
        Annotation("17", doc_id, "A1", "events", (met, said), task_url="http://127.0.0.1/5"),
        Annotation("19", doc_id, "A3", "skipped"),
    ]


def snapshot(folder: Path, tasks: tuple[dict, ...]) -> None:
    """Write a snapshot under the name, and so the time, that the tests know."""
    source = Source("other", SERVER, 1, "Events", "2026-01-01T00:00:00Z", "1.23.2", "0" * 64)
    path, _ = write_snapshot(folder, tasks, source)
    manifest = path.with_name(path.name.replace(".jsonl.zst", ".json"))
    path.rename(folder / f"{SNAPSHOT}.jsonl.zst")
    manifest.rename(folder / f"{SNAPSHOT}.json")


def labelled(
    documents: list[Document], gold: list[GoldDocument], answers: tuple[Annotation, ...] = ()
) -> list[Labelled]:
    """Return the documents that a release may hold, in the order in which it holds them."""
    merged = {one.doc_id: one for one in gold}
    return [
        Labelled(d, merged[d.doc_id], tuple(a for a in answers if a.doc_id == d.doc_id))
        for d in sorted(documents, key=lambda d: d.doc_id)
        if merged[d.doc_id].state in RELEASED
    ]


Make = Callable[..., Project]


@pytest.fixture
def sample() -> SimpleNamespace:
    """Return the documents and gold of the project, and what makes more of them."""
    documents, gold = corpus()
    return SimpleNamespace(
        documents=documents,
        gold=gold,
        answers=answers(),
        members=labelled(documents, gold, tuple(answers())),
        labelled=labelled,
        lavrov=documents[0],
        loan=documents[1],
        both=BOTH,
        one=ONE,
        tie=TIE,
        find=find,
        document=document,
        event=event,
    )


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that makes a project folder from documents and gold."""

    def _make(
        documents: list[Document] | None = None,
        gold: list[GoldDocument] | None = None,
        settings: str = "",
        annotations: list[Annotation] | None = None,
        *,
        gates: str | None = None,
        tasks: tuple[dict, ...] = (),
        name: str = "project",
    ) -> Project:
        root = tmp_path / name
        known, merged = corpus()
        shutil.copytree(shipped_project() / "schemas", root / "schemas")
        (root / "builder.toml").write_text(SHARES + (LOOSE if gates is None else gates) + settings)
        project = load_project(root)
        write_records(project.documents, Document, known if documents is None else documents)
        write_records(project.gold, GoldDocument, merged if gold is None else gold)
        said = answers() if annotations is None else annotations
        write_records(project.annotations, Annotation, said)
        snapshot(project.snapshots, tasks)
        return project

    return _make


@pytest.fixture(autouse=True)
def no_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Return `load_dataset` with one cache for the whole test and no network."""
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")

    def _load(*args: object, **options: object) -> object:
        return datasets.load_dataset(*map(str, args), **options)

    return _load


@pytest.fixture(params=VERSIONS)
def load_older(request: pytest.FixtureRequest) -> Callable[[Path], dict]:
    """Return what loads and streams a release with an older version of `datasets`."""
    python = environment(request.param) / "bin" / "python"

    def _load(release: Path) -> dict:
        command = [python, "-W", "ignore", "-c", LOAD, str(release)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found, rows = json.loads(done.stdout.splitlines()[-1])
        assert found == request.param
        return rows

    return _load


@pytest.fixture(scope="module")
def read() -> Callable[..., dict]:
    """Return what reads a release's records with mlcroissant, which warns a lot."""

    def _read(release: Path) -> dict:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", RECORDS],
            cwd=release,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return _read

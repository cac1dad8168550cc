"""From documents to rows: what a worker does with some of them, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from builder.config import Project
from builder.engines.collector import seldom_collected
from builder.errors import Problem
from builder.release.contents import NOT_MERGED, Contents, Labelled
from builder.release.gates.findings import Findings
from builder.release.gates.inputs import Hashes, event_hashes, misfits
from builder.release.rights import FORMS, text_form
from builder.release.splits.ledger import REASONS, SPLITS, UNDATED
from builder.release.tables.data import DataMaker, Where
from builder.release.tables.features import RELEASED
from builder.release.tables.shards import Rendered
from builder.release.tables.stream import Parcel, opened
from builder.schema import load_schema

if TYPE_CHECKING:
    from pathlib import Path

    from builder.release.tables.stream import Bundle
    from builder.schema import Schema


@dataclass(frozen=True, slots=True)
class Task:
    """A parcel of documents, and where each of them goes."""

    project: Project
    parcel: Parcel
    places: list[int]


@dataclass(slots=True)
class Made:
    """The rows of some documents, and what was counted and found.

    `forms` are the documents' forms of text as places in FORMS, in their order.
    """

    forms: bytes
    problems: list[Problem]
    events: Hashes
    contents: Contents = field(default_factory=Contents)
    findings: Findings = field(default_factory=Findings)
    rows: list[tuple[Where, Rendered]] = field(default_factory=list)


def make(task: Task) -> Made:
    """Make the rows of some documents; none when something does not fit."""
    with seldom_collected():
        return _made(task)


def _made(task: Task) -> Made:
    project = task.project
    schema, maker = _tools(project.schemas)
    bundle = opened(task.parcel, project)
    forms = [text_form(document, project) for document in bundle.documents]
    made = Made(
        bytes(FORMS.index(form) for form in forms), misfits(bundle, schema), event_hashes(bundle)
    )
    if made.problems:
        return made
    for split, members in _members(bundle, task.places, forms, made).items():
        made.rows += maker.rows(members, split)
        for one in members:
            made.contents.add(one, split, project)
    return made


@cache
def _tools(schemas: Path) -> tuple[Schema, DataMaker]:
    schema = load_schema(schemas)
    return schema, DataMaker(schema)


def _members(
    bundle: Bundle, places: list[int], forms: list[str], made: Made
) -> dict[str, list[Labelled]]:
    """Return the documents of a bundle by split; count those that are left out."""
    found: dict[str, list[Labelled]] = {split: [] for split in SPLITS}
    for document, place, form in zip(bundle.documents, places, forms, strict=True):
        merged = bundle.gold.get(document.doc_id)
        if merged:
            made.findings.add_conflicts(document, merged)
        if merged is None or merged.state not in RELEASED:
            made.contents.left_out[merged.state if merged else NOT_MERGED] += 1
        elif place < 0:
            made.contents.left_out[REASONS[place]] += 1
            if REASONS[place] == UNDATED:
                made.findings.add_undated(document)
        else:
            made.findings.add_licence(document)
            answers = bundle.answers.get(document.doc_id, ())
            found[SPLITS[place]].append(Labelled(document, merged, answers, form))
    return found

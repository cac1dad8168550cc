"""The answers that count, document by document: one per annotator, from all current snapshots."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.document import document_id
from builder.errors import DataError, Problem
from builder.event import Annotation, Finding
from builder.labelstudio.decode import read_task
from builder.labelstudio.snapshot import current_snapshots, read_snapshot
from builder.pseudonym import pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.config import Project
    from builder.schema import Schema

    Task = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """One document's text with what each annotator said, and what was odd about it."""

    doc_id: str
    text: str
    annotations: tuple[Annotation, ...]
    findings: tuple[Finding, ...]


def document_ids(project: Project) -> list[str]:
    """Return the names of the ingested documents, sorted. Raises DataError without them."""
    path = project.documents
    if not path.exists():
        raise DataError([Problem(str(path), "is not there yet; run `builder ingest` first")])
    try:
        column = pq.read_table(path, columns=["doc_id"]).column("doc_id")
    except (pa.ArrowException, KeyError) as error:
        what = f"cannot be read ({error}); run `builder ingest` again"
        raise DataError([Problem(str(path), what)]) from error
    return sorted(column.to_pylist())


def answered_documents(project: Project, schema: Schema, known: set[str]) -> Iterator[Answered]:
    """Yield the documents of the newest snapshot of each source, by doc_id, one at a time.

    At most one answer per annotator and document counts: of several the newest
    finished one, and a note says so. An answer on a text that is not among the
    `known` documents is left out with a warning. Snapshots are sorted, so only
    one document of each is in memory.
    """
    name = project.text("project.name")

    def named(who: str) -> str:
        return pseudonym(who, name)

    sources = [
        ((_doc_id(task), page, task) for task in read_snapshot(path))
        for path, page in [
            (s.path, s.manifest.source.page) for s in current_snapshots(project.snapshots)
        ]
    ]
    merged = heapq.merge(*sources, key=lambda item: item[0])
    for doc_id, group in groupby(merged, key=lambda item: item[0]):
        text = ""
        annotations: list[Annotation] = []
        findings: list[Finding] = []
        for _, page, task in group:
            reading = read_task(task, schema, named, page)
            findings += reading.findings
            annotations += reading.annotations
            text = str((task.get("data") or {}).get("text") or "")
        if doc_id in known and document_id(text) == doc_id:
            chosen = tuple(_one_each(annotations, findings))
        else:
            what = "its document is not among the ingested ones; ingest the article again"
            findings += [_finding("warning", "unknown_document", a, what) for a in annotations]
            chosen = ()
        yield Answered(doc_id, text, chosen, tuple(findings))


def _doc_id(task: Task) -> str:
    return str((task.get("data") or {}).get("doc_id") or "")


def _one_each(annotations: list[Annotation], findings: list[Finding]) -> Iterator[Annotation]:
    by_person: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        by_person[annotation.annotator].append(annotation)
    for person in sorted(by_person):
        *older, newest = sorted(by_person[person], key=_freshness)
        for annotation in older:
            what = f"{person} answered again; this older answer does not count"
            findings.append(_finding("note", "double_annotation", annotation, what))
        yield newest


def _freshness(annotation: Annotation) -> tuple[bool, str, str]:
    """Order a person's answers: unfinished work never hides a finished answer."""
    finished = annotation.state != "unfinished"
    return finished, annotation.updated_at or "", annotation.annotation_id


def _finding(severity: str, kind: str, annotation: Annotation, what: str) -> Finding:
    where = annotation.task_url or f"document {annotation.doc_id}"
    return Finding(severity, kind, where, what, annotation.doc_id, annotation.annotation_id)  # type: ignore[arg-type]

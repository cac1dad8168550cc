"""The answers that count: from all current snapshots, one per annotator and document."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.event import Annotation, Finding
from builder.labelstudio.decode import read_task
from builder.labelstudio.snapshot import current_snapshots, read_snapshot
from builder.pseudonym import pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.config import Project
    from builder.document import Document
    from builder.labelstudio.decode import Reading
    from builder.schema import Schema


@dataclass(frozen=True, slots=True)
class Collected:
    """Annotations by document, what was odd, and the snapshots they came from."""

    annotations: dict[str, list[Annotation]]
    findings: list[Finding]
    snapshots: tuple[str, ...]


def collect_annotations(
    project: Project, schema: Schema, documents: Sequence[Document]
) -> Collected:
    """Read the newest snapshot of each source into at most one answer per annotator and document.

    Somebody who answered twice counts once, with the newest finished answer,
    and a note says so. An answer on a text that is not among the documents is
    left out with a warning.
    """
    known = {document.doc_id for document in documents}
    everything: dict[str, list[Annotation]] = defaultdict(list)
    findings: list[Finding] = []
    for reading in _readings(project, schema):
        findings += reading.findings
        for annotation in reading.annotations:
            if annotation.doc_id in known:
                everything[annotation.doc_id].append(annotation)
            else:
                what = "its document is not among the ingested ones; ingest the article again"
                findings.append(_finding("warning", "unknown_document", annotation, what))
    chosen = {
        doc_id: list(_one_each(everything[doc_id], findings)) for doc_id in sorted(everything)
    }
    snapshots = tuple(s.path.name for s in current_snapshots(project.snapshots))
    return Collected(chosen, findings, snapshots)


def _readings(project: Project, schema: Schema) -> Iterator[Reading]:
    name = project.text("project.name")
    for snapshot in current_snapshots(project.snapshots):
        for task in read_snapshot(snapshot.path):
            yield read_task(
                task, schema, lambda who: pseudonym(who, name), snapshot.manifest.source.page
            )


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

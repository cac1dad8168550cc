"""A whole project's merge: snapshots in, gold out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.document import Document
from builder.event import Annotation, Finding, GoldDocument
from builder.files import read_records, write_records
from builder.merge.collect import collect_annotations
from builder.merge.consensus import merge_document
from builder.schema import load_schema

if TYPE_CHECKING:
    from builder.config import Project


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge came to."""

    gold: list[GoldDocument]
    findings: list[Finding]
    snapshots: tuple[str, ...]

    def counts(self) -> dict[str, Any]:
        """Return how many there are of everything, for people and programs."""
        events = [event for document in self.gold for event in document.events]
        return {
            "documents": dict(Counter(document.state for document in self.gold)),
            "annotators": len({a for document in self.gold for a in document.annotators}),
            "events": dict(sorted(Counter(event.type for event in events).items())),
            "arguments": sum(len(event.arguments) for event in events),
            "decided": dict(sorted(Counter(event.support.rule for event in events).items())),
            "conflicts": dict(
                sorted(
                    Counter(c.kind for document in self.gold for c in document.conflicts).items()
                )
            ),
            "rejected": sum(len(document.rejected) for document in self.gold),
            "findings": dict(
                sorted(Counter(f"{f.severity} {f.kind}" for f in self.findings).items())
            ),
            "snapshots": list(self.snapshots),
        }


def merge_project(project: Project, *, dry_run: bool = False) -> Merged:
    """Merge all current snapshots of a project; write gold and answers unless it is a dry run."""
    schema = load_schema(project.schemas)
    documents = read_records(project.documents, Document, made_by="builder ingest")
    collected = collect_annotations(project, schema, documents)
    quorum = project.number("merge.quorum")
    gold = [
        merge_document(d, collected.annotations.get(d.doc_id, []), schema, quorum=quorum)
        for d in documents
    ]
    gold.sort(key=lambda merged: merged.doc_id)
    if not dry_run:
        answers = [answer for some in collected.annotations.values() for answer in some]
        write_records(project.annotations, Annotation, answers)
        write_records(project.gold, GoldDocument, gold)
    return Merged(gold, collected.findings, collected.snapshots)

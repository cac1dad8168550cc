"""From an event back to what it came from: annotators, decisions, task, document, raw bytes."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from builder.document import Document, Span, source_span
from builder.errors import DataError, Problem
from builder.event import Annotation, GoldDocument
from builder.files import file_sha256
from builder.release.splits.ledger import SPLITS
from builder.release.tables.decode import records
from builder.release.tables.features import DOCUMENTS
from builder.release.tables.rows import context, mention_text
from builder.release.versions.state import rows, shards
from builder.release.versions.succession import releases
from builder.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from builder.config import Project
    from builder.event import Event, GoldEvent, Support

Facts = dict[str, Any]
R = TypeVar("R")
_NEAR = 5


def explain(project: Project, event_id: str, release: Path | None = None) -> Facts:
    """Return everything that is known about an event of the gold, as plain values.

    `release` is where its row is looked up, by default the newest. Raises
    DataError when the gold has no such event, naming ids that are near.
    """
    merged, event = _find(project, event_id)
    (document,) = _of(project.documents, Document, merged.doc_id, "builder ingest")
    answers = _of(project.annotations, Annotation, merged.doc_id, "builder merge")
    given = {a.annotation_id: a for a in answers}
    trail = _Trail(project, document, given)
    return {
        "event_id": event_id,
        "type": event.type,
        "row": _row(project, event_id, merged.doc_id, release),
        "context": _context(event, document.text),
        "document": trail.document_facts(merged),
        "elements": list(trail.elements(event)),
        "answers": [_answer(a, event, document.text) for a in sorted_answers(given)],
        "conflicts": [asdict(c) for c in merged.conflicts if c.event_id == event_id],
        "schema": _schema(project, event),
    }


def sorted_answers(given: Mapping[str, Annotation]) -> list[Annotation]:
    """Return answers by annotator, so that the same event is told the same way."""
    return sorted(given.values(), key=lambda a: (a.annotator, a.annotation_id))


class _Trail:
    """The way from elements of an event to annotations, decisions and raw bytes."""

    def __init__(
        self, project: Project, document: Document, given: Mapping[str, Annotation]
    ) -> None:
        self.document = document
        self.given = given
        self.decisions = _decisions(project)
        self.raw = project.root / document.article.file
        self.intact = self.raw.is_file() and file_sha256(self.raw) == self.document.article.sha256
        self.data = self.raw.read_bytes() if self.raw.is_file() else b""

    def document_facts(self, merged: GoldDocument) -> Facts:
        """Return where the document came from, and whether its raw file is as it was."""
        return {
            "doc_id": self.document.doc_id,
            "title": self.document.title,
            "state": merged.state,
            "annotators": sorted(merged.annotators),
            "duplicate_cluster": self.document.duplicate_cluster,
            "story": self.document.story,
            **asdict(self.document.article),
            "raw_file_as_it_was": self.intact,
        }

    def elements(self, event: GoldEvent) -> Iterator[Facts]:
        """Yield what decided each element, and where its words stand in the raw file."""
        yield self._element("event", event.type, (), event.support)
        yield self._element("type", event.type, (), event.type_support)
        trigger = event.trigger.of(self.document.text)
        yield self._element("trigger", trigger, (event.trigger,), event.trigger_support)
        for argument in event.arguments:
            words = mention_text(argument.parts, self.document.text)
            yield self._element(
                f"argument {argument.role}", words, argument.parts, argument.support
            )
        for attribute in event.attributes:
            name = f"attribute {attribute.name}"
            yield self._element(name, attribute.value, (), attribute.support)
        for link in event.links:
            yield self._element(f"link {link.name}", link.target, (), link.support)

    def _element(
        self, name: str, value: str | None, spans: Sequence[Span], support: Support
    ) -> Facts:
        return {
            "element": name,
            "value": value,
            "spans": [asdict(span) for span in spans],
            "sources": [source for span in spans for source in self._sources(span)],
            "support": asdict(support),
            "annotators": [
                self.given[name].annotator if name in self.given else name
                for name in support.annotations
            ],
            "decision": self.decisions.get(support.decision or ""),
        }

    def _sources(self, span: Span) -> Iterator[Facts]:
        for found in source_span(self.document, span):
            raw = self.data[found.data.start : found.data.end]
            yield {
                "file": found.file,
                "characters": asdict(found.chars),
                "bytes": asdict(found.data),
                "raw": raw.decode(self.document.article.encoding, "replace"),
            }


def _of(path: Path, record: type[R], doc_id: str, made_by: str) -> list[R]:
    """Return the records of one document; a file holds those of all, and may be large."""
    if not path.exists():
        raise DataError([Problem(str(path), f"is not there yet; run `{made_by}` first")])
    try:
        return records(pq.read_table(path, filters=[("doc_id", "==", doc_id)]), record)
    except (ValueError, KeyError, pa.ArrowException) as error:
        what = f"cannot be read ({error}); run `{made_by}` again"
        raise DataError([Problem(str(path), what)]) from error


def _find(project: Project, event_id: str) -> tuple[GoldDocument, GoldEvent]:
    wanted = event_id.partition("-")[0]
    # The id of an event begins with its document's, as the merge names it; else all are searched.
    for doc_id in chain([wanted], _holders(project.gold, event_id)):
        for merged in _of(project.gold, GoldDocument, doc_id, "builder merge"):
            for event in merged.events:
                if event.event_id == event_id:
                    return merged, event
    held = _of(project.gold, GoldDocument, wanted, "builder merge")
    near = [event.event_id for merged in held for event in merged.events]
    known = f"this document has {', '.join(near[:_NEAR])}" if near else "see `builder diff`"
    what = f"is no event of the gold; {known}" + (" and more" if len(near) > _NEAR else "")
    raise DataError([Problem(event_id, what)])


def _holders(gold: Path, event_id: str) -> Iterator[str]:
    """Give the documents that have an event of this id, whatever the id begins with."""
    if gold.exists():
        for row in rows(gold, ["doc_id", "events.list.element.event_id"]):
            if any(event["event_id"] == event_id for event in row["events"]):
                yield row["doc_id"]


def _row(project: Project, event_id: str, doc_id: str, release: Path | None) -> Facts | None:
    """Return where a release has the event, None when no release has it."""
    known = list(releases(project.root / "releases").values())
    folder = release or (known[-1] if known else None)
    for split in SPLITS if folder else ():
        for path in shards(folder, DOCUMENTS, split) if folder else ():
            for number, row in enumerate(rows(path), start=1):
                held = row["doc_id"] == doc_id and event_id in [
                    e["event_id"] for e in row["events"]
                ]
                if held and folder:
                    event = next(e for e in row["events"] if e["event_id"] == event_id)
                    file = path.relative_to(folder).as_posix()
                    place = {"release": str(folder), "split": split, "file": file, "row": number}
                    return {**place, "event": event}
    return None


def _context(event: GoldEvent, text: str) -> Facts:
    around = context(event.trigger, text)
    before = Span(around.start, event.trigger.start).of(text)
    after = Span(event.trigger.end, around.end).of(text)
    return {"before": before, "trigger": event.trigger.of(text), "after": after}


def _answer(answer: Annotation, event: GoldEvent, text: str) -> Facts:
    """Return what one annotator said where the event is."""
    return {
        "annotator": answer.annotator,
        "state": answer.state,
        "updated_at": answer.updated_at,
        "shown_prediction": answer.shown_prediction,
        "task_url": answer.task_url,
        "note": answer.note,
        "said": [_said(e, text) for e in answer.events if e.trigger.overlaps(event.trigger)],
    }


def _said(event: Event, text: str) -> Facts:
    return {
        "type": event.type,
        "trigger": {**asdict(event.trigger), "text": event.trigger.of(text)},
        "arguments": [
            {"role": a.role, "text": mention_text(a.parts, text)} for a in event.arguments
        ],
        "attributes": event.attributes or {},
        "links": [asdict(link) for link in event.links],
    }


def _schema(project: Project, event: GoldEvent) -> Facts:
    schema = load_schema(project.schemas)
    event_type = schema.event_types[event.type]
    return {
        "digest": schema.digest,
        "version": event_type.version,
        "shared_version": schema.shared.version,
        "definition": event_type.definition,
    }


def _decisions(project: Project) -> dict[str, Facts]:
    """Return what people decided, by the conflict; a later decision on it counts."""
    found = {}
    for path in sorted(project.decisions.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                decision = json.loads(line)
                found[str(decision.get("conflict"))] = decision
    return found

"""Whether documents, gold and schema fit each other: what `merge` wrote may be older than both."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections import Counter
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from builder.document import Document, document_id
from builder.errors import Problem, Problems, did_you_mean
from builder.event import GoldDocument
from builder.files import stream_records
from builder.release.gates.rules import Gate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from builder.config import Project
    from builder.event import GoldEvent
    from builder.release.splits.index import Index
    from builder.release.splits.placement import Status
    from builder.release.tables.stream import Bundle
    from builder.schema import Schema

Hashes = NDArray[np.int64]
AGAIN = "documents, gold and schema have to be of one make; run `builder merge` again"


def misfits(bundle: Bundle, schema: Schema) -> list[Problem]:
    """Return what in some documents and their gold does not fit each other or the schema."""
    problems = Problems()
    for document in bundle.documents:
        _check_document(document, problems)
        merged = bundle.gold.get(document.doc_id)
        if merged:
            _check_events(merged, document.text, schema, problems)
    return problems.found


def event_hashes(bundle: Bundle) -> Hashes:
    """Return the hash of every event's id: what is kept to find those that are there twice."""
    ids = (event.event_id for merged in bundle.gold.values() for event in merged.events)
    return np.fromiter(map(_hash, ids), np.int64)


class InputCheck:
    """Collects what does not fit while documents stream by; hashes wait in a file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._events = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - below
        weakref.finalize(self, self._events.close)
        self.problems = Problems()

    def add(self, found: Iterable[Problem], events: Hashes) -> None:
        """Add what was found in some documents."""
        self.problems.found += found
        self._events.write(events.data)

    def conclude(self, project: Project, index: Index, found: Status) -> Gate:
        """Refuse documents, gold and schema that do not fit each other, naming every misfit."""
        for name, times in index.twice().items():
            self.problems.add(f"documents: document {name}", f"{_TIMES.format(times)}")
        for at in np.flatnonzero(found.times > 1).tolist():
            name, times = index.ids[at].decode(), int(found.times[at])
            self.problems.add(f"gold: document {name}", _TIMES.format(times))
        if (found.ranks < 0).any():
            for name in _strangers(project.gold, index):
                self.problems.add(f"gold: document {name}", "is not among the documents")
        if again := self._again():
            for name, times in _repeated(project.gold, again).items():
                self.problems.add(f"gold: event {name}", _TIMES.format(times))
        self.problems.raise_if_any(hint=AGAIN)
        return Gate(
            "inputs", f"{len(found.ranks)} merged documents fit the documents and the schema"
        )

    def _again(self) -> set[int]:
        """Return the hashes that several events have, sorted where they lie."""
        if not self._events.tell():
            return set()
        self._events.flush()
        hashes = np.memmap(self._events, np.int64, "r+")
        hashes.sort()
        return set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())


_TIMES = "is there {} times; it should be once"


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _check_document(document: Document, problems: Problems) -> None:
    where = f"{document.article.file}, document {document.doc_id}"
    named = document_id(document.text)
    if document.doc_id != named:
        problems.add(where, f"the text's own id is {named}; run `builder ingest` again")
    path = document.article.file
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        problems.add(where, "the path names this machine; move the file into the project")


def _strangers(gold: Path, index: Index) -> Iterator[str]:
    for merged in stream_records(gold, GoldDocument):
        if index.find([merged.doc_id])[0] < 0:
            yield merged.doc_id


def _repeated(gold: Path, hashes: set[int]) -> dict[str, int]:
    """Count the events whose hash several have; another name of the same hash is let go."""
    ids = (
        event.event_id for merged in stream_records(gold, GoldDocument) for event in merged.events
    )
    counts = Counter(name for name in ids if _hash(name) in hashes)
    return {name: times for name, times in counts.items() if times > 1}


def _check_events(answer: GoldDocument, text: str, schema: Schema, problems: Problems) -> None:
    events = {event.event_id for event in answer.events}
    for event in answer.events:
        where = f"gold: document {answer.doc_id}, event {event.event_id}"
        if event.type not in schema.event_types:
            options = did_you_mean(event.type, schema.event_types)
            problems.add(where, f"type {event.type!r} is not in the schema; {options}")
            continue
        for span in [event.trigger, *(part for a in event.arguments for part in a.parts)]:
            if not 0 <= span.start < span.end <= len(text):
                what = f"span {span.start}-{span.end} is empty or outside the text of {len(text)}"
                problems.add(where, f"{what} characters")
        for what in _unknown(event, schema):
            problems.add(where, what)
        for link in event.links:
            if link.target not in events:
                what = f"link {link.name!r} leads to {link.target!r}, no event of this document"
                problems.add(where, what)


def _unknown(event: GoldEvent, schema: Schema) -> Iterator[str]:
    """Say which roles, attributes, values and links the event's type does not have."""
    event_type, attributes = schema.event_types[event.type], schema.attributes(event.type)
    for argument in event.arguments:
        if argument.role not in event_type.roles:
            options = did_you_mean(argument.role, event_type.roles)
            yield f"{event.type} has no role {argument.role!r}; {options}"
        if not argument.parts:
            yield f"argument {argument.role!r} has no span"
    for name, value in ((a.name, a.value) for a in event.attributes):
        if name not in attributes:
            yield f"{event.type} has no attribute {name!r}; {did_you_mean(name, attributes)}"
        elif value is not None and value not in attributes[name].values:
            options = did_you_mean(value, attributes[name].values)
            yield f"attribute {name!r} has no value {value!r}; {options}"
    for link in event.links:
        if link.name not in event_type.links:
            options = did_you_mean(link.name, event_type.links)
            yield f"{event.type} has no link {link.name!r}; {options}"

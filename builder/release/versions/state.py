"""Releases and snapshots as states that can be compared."""

from __future__ import annotations

import heapq
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.document import text_sha256
from builder.errors import DataError, Problem
from builder.labelstudio.decode import read_task
from builder.labelstudio.snapshot import read_snapshot
from builder.pseudonym import pseudonym
from builder.release.splits.ledger import SPLITS
from builder.release.tables.decode import plain
from builder.release.tables.features import DOCUMENTS
from builder.release.tables.rows import mention_text
from builder.release.tables.spool import Spool
from builder.release.versions.entry import Raw, Value
from builder.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.event import Annotation, Event

BATCH = 100


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """The documents of a release by `doc_id`, each with its split as a column."""

    folder: Path

    def raw(self) -> Iterator[Raw]:
        """Give all documents by id."""
        files = {split: shards(self.folder, DOCUMENTS, split) for split in SPLITS}
        if not any(files.values()):
            what = "holds no release: there is no data/documents in it"
            raise DataError([Problem(str(self.folder), what)])
        # Every split has its documents by id.
        parts = (_documents(split, paths) for split, paths in files.items())
        yield from heapq.merge(*parts, key=lambda one: one[0])


@dataclass(frozen=True, slots=True)
class SnapshotState:
    """The answers of a snapshot by document and annotator (a pseudonym).

    An answer that cannot be read is there with the state `set_aside` and no
    event; `builder merge` says what is wrong with it.
    """

    path: Path
    schema: Schema
    project: str

    def raw(self) -> Iterator[Raw]:
        """Give all answers by key."""
        held = Spool(Answered)
        keys = []
        for one in self._all():
            keys.append((one.key, len(held)))
            held.add(one)
        for _, number in sorted(keys):
            one = held.at(number)
            yield one.key, one.columns, one.events

    def _all(self) -> Iterator[Answered]:
        for task in read_snapshot(self.path):
            reading = read_task(task, self.schema, lambda who: pseudonym(who, self.project))
            text = str((task.get("data") or {}).get("text") or "")
            doc_id = str((task.get("data") or {}).get("doc_id") or "")
            for annotation in reading.annotations:
                yield _answer(annotation, text)
            broken = {f.annotation_id for f in reading.findings if f.severity == "error"}
            for name in sorted(broken):
                columns = {"doc_id": doc_id, "state": "set_aside"}
                yield Answered(f"{doc_id} {name}", columns, [])


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of a snapshot, not yet in canonical form."""

    key: str
    columns: Value
    events: list[Value]


def _documents(split: str, paths: Iterable[Path]) -> Iterator[Raw]:
    for path in paths:
        for row in rows(path):
            events = row.pop("events")
            yield row["doc_id"], {**row, "split": split}, events


def rows(path: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Give the rows of a Parquet file, a batch of them in memory at a time."""
    with pq.ParquetFile(path) as parquet:
        for batch in parquet.iter_batches(batch_size=BATCH, columns=columns):
            yield from plain(pa.Table.from_batches([batch]))


def shards(folder: Path, config: str, split: str) -> list[Path]:
    """Return the files of a config and split inside a release, in order."""
    return sorted((folder / "data" / config).glob(f"{split}-*.parquet"))


def _answer(annotation: Annotation, text: str) -> Answered:
    columns = {
        "doc_id": annotation.doc_id,
        "annotator": annotation.annotator,
        "text_sha256": text_sha256(text),
        "state": annotation.state,
        "flags": sorted(annotation.flags),
        "note": annotation.note,
        "updated_at": annotation.updated_at,
    }
    # A person may have answered twice; the id, not the time, tells the answers apart.
    key = f"{annotation.doc_id} {annotation.annotator} {annotation.annotation_id}"
    return Answered(key, columns, [_event(event, text) for event in annotation.events])


def _event(event: Event, text: str) -> Value:
    return {
        "event_id": event.event_id,
        "type": event.type,
        "trigger": {**asdict(event.trigger), "text": event.trigger.of(text)},
        "arguments": [
            {
                "role": argument.role,
                "parts": [asdict(part) for part in argument.parts],
                "text": mention_text(argument.parts, text),
                "implied": argument.implied,
            }
            for argument in event.arguments
        ],
        "attributes": [{"name": n, "value": v} for n, v in (event.attributes or {}).items()],
        "links": [{"name": link.name, "target": link.target} for link in event.links],
        "cluster": event.cluster,
    }

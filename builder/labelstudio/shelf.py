"""Tasks on disk until all are there, then in order: memory grows with their number, not their size.

One line of JSON per task, with sorted keys; what differs in every pull of the
same work is left out.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Task = dict[str, Any]

# Counts the minutes since something was made, so it differs in every pull of the same work.
CLOCK = "created_ago"
_KINDS = ("annotations", "drafts", "predictions")


class _Data(msgspec.Struct):
    doc_id: str | int | None = None


class _Given(msgspec.Struct):
    id: int | None = None
    unique_id: str | None = None
    was_cancelled: bool = False


class Outline(msgspec.Struct):
    """What a line says about itself: enough to order, count and compare it."""

    id: int
    data: _Data | None = None
    annotations: list[_Given] = []
    drafts: list[_Given] = []
    predictions: list[_Given] = []
    updated_at: str = ""

    @property
    def doc_id(self) -> str:
        """The document, or the empty string."""
        return str((self.data and self.data.doc_id) or "")

    def answers(self) -> dict[str, str]:
        """Return the document of each annotation by the annotation's lasting name."""
        return {str(a.unique_id or f"{self.id}-{a.id}"): self.doc_id for a in self.annotations}


@dataclass(slots=True)
class Shelf:
    """Lines in a temporary file; `counts` and `dropped` are over what was put there."""

    stream: BinaryIO
    index: list[tuple[str, int, int, int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    tasks: dict[int, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    end: int = 0

    @classmethod
    @contextlib.contextmanager
    def made(cls, folder: Path) -> Iterator[Self]:
        """Give an empty shelf whose file is gone after the block."""
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as stream:
            yield cls(stream)

    def put(self, task: Task) -> None:
        """Add a task as it came from a server."""
        kept = dict(task)
        for kind in _KINDS:
            made = [self._without_clock(entry) for entry in task.get(kind) or []]
            kept[kind] = sorted(made, key=lambda entry: entry["id"])
        self.put_line(msgspec.json.encode(kept, order="sorted") + b"\n")

    def put_line(self, line: bytes) -> None:
        """Add a line that another snapshot holds."""
        outline = msgspec.json.decode(line, type=Outline)
        self.index.append((outline.doc_id, outline.id, self.end, len(line)))
        self.stream.write(line)
        self.end += len(line)
        skipped = sum(given.was_cancelled for given in outline.annotations)
        self.counts["submitted"] += len(outline.annotations) - skipped
        self.counts["skipped"] += skipped
        self.counts["drafts"] += len(outline.drafts)
        self.tasks[outline.id] = outline.doc_id
        self.answers |= outline.answers()

    def lines(self) -> Iterator[bytes]:
        """Give all lines by document and task number."""
        for *_, start, length in sorted(self.index):
            self.stream.seek(start)
            yield self.stream.read(length)

    def sha256(self) -> str:
        """Return the SHA-256 of all lines in their order."""
        digest = hashlib.sha256()
        for line in self.lines():
            digest.update(line)
        return digest.hexdigest()

    def _without_clock(self, entry: Task) -> Task:
        if CLOCK in entry:
            self.dropped[f"{CLOCK}: differs in every pull, created_at says the same"] += 1
        return {key: value for key, value in entry.items() if key != CLOCK}

"""What the server has, and how much it takes at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    Task = dict[str, Any]

BATCH = 500
BATCH_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Present:
    """What the server has: text hash and number of the task by doc_id, and what is odd."""

    hashes: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    nameless: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent this time: under which name, for how many people, how much, what first.

    `overlap` None leaves the project's. `first` are documents in the order in
    which they are wanted; the others follow in theirs. The label stream goes by
    the order of sending.
    """

    name: str | None = None
    overlap: int | None = None
    limit: int | None = None
    first: tuple[str, ...] = ()

    def chosen(self, tasks: Collection[dict[str, Any]], missing: set[str]) -> Collection[Task]:
        """Return the tasks to send; all of them, as they are, when nothing was wished for."""
        if self == Batch():
            return tasks
        wanted = [task for task in tasks if task["data"]["doc_id"] in missing]
        place = {doc_id: number for number, doc_id in enumerate(self.first)}
        wanted.sort(key=lambda task: place.get(task["data"]["doc_id"], len(place)))
        named = {"batch": self.name} if self.name else {}
        return [task | {"data": task["data"] | named} for task in wanted[: self.limit]]


def batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Cut rows into batches that the server takes at once: 500, or 32 MB of JSON.

    >>> [len(batch) for batch in batches([{"data": {}}] * 1200)]
    [500, 500, 200]
    """
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        length = len(msgspec.json.encode(row))
        if batch and (len(batch) == BATCH or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield batch

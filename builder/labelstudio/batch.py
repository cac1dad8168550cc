"""What the server has, and how much it takes at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BATCH = 500
BATCH_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Present:
    """What the server has: text hash and number of the task by doc_id, and what is odd."""

    hashes: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    nameless: int = 0


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

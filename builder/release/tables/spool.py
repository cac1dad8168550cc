"""Many values of one kind, in memory while they are few and in a temporary file when not."""

from __future__ import annotations

import tempfile
import weakref
from array import array
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

V = TypeVar("V")
MEMORY = 8 << 20
"""Bytes of values, as JSON, that stay in memory."""


class Spool(Generic[V]):
    """Values that are added once and read as often as is wanted; `kind` is their class."""

    def __init__(self, kind: type[V]) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - below
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])
        self._decoder = msgspec.json.Decoder(kind)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __contains__(self, value: object) -> bool:
        return any(value == one for one in self)

    def add(self, value: V) -> None:
        """Add a value."""
        line = msgspec.json.encode(value)
        self._file.seek(self._ends[-1])
        self._file.write(line)
        self._ends.append(self._ends[-1] + len(line))

    def at(self, number: int) -> V:
        """Return a value by its number."""
        start, end = self._ends[number : number + 2]
        self._file.seek(start)
        return self._decoder.decode(self._file.read(end - start))

    def __iter__(self) -> Iterator[V]:
        return map(self.at, range(len(self)))

"""Columns of short values for every document: packed, a few bytes each, and kept on disk."""

from __future__ import annotations

import tempfile
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from _typeshed import DataclassInstance
    from numpy.typing import DTypeLike

    R = TypeVar("R", bound=DataclassInstance)

Names = NDArray[np.bytes_]
Numbers = NDArray[np.int32]
_CHUNK = 10_000


class Packed:
    """A column that grows; only its last few thousand values are objects."""

    def __init__(self, kind: DTypeLike) -> None:
        self._kind = kind
        self._done: list[NDArray[Any]] = []
        self._waiting: list[Any] = []

    def add(self, value: object) -> None:
        """Add one value."""
        self._waiting.append(value)
        if len(self._waiting) == _CHUNK:
            self._pack()

    def array(self) -> NDArray[Any]:
        """Return all values."""
        self._pack()
        self._done = [np.concatenate(self._done)]
        return self._done[0]

    def _pack(self) -> None:
        self._done.append(np.array(self._waiting, self._kind))
        self._waiting.clear()


def on_disk(record: R, folder: Path) -> R:
    """Return a record with its arrays mapped from files in `folder`, instead of held in memory.

    The files have no names, and are gone when nothing maps them any more.
    """
    arrays = {f.name: getattr(record, f.name) for f in fields(record)}
    return replace(
        record,
        **{name: mapped(a, folder) for name, a in arrays.items() if isinstance(a, np.ndarray)},
    )


def mapped(array: NDArray[Any], folder: Path) -> NDArray[Any]:
    """Return a copy of an array that lies in a file in `folder`; it cannot be written."""
    if not array.size:
        return array
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(np.ascontiguousarray(array).data)
        file.flush()
        return np.asarray(np.memmap(file, array.dtype, "r", shape=array.shape))


def encoded(names: Iterable[str]) -> Names:
    """Return names as an array of bytes."""
    return np.array([name.encode() for name in names], np.bytes_)


def positions(known: Names, wanted: Names) -> Numbers:
    """Return where names are among sorted ones, -1 for those that are not.

    >>> positions(encoded(["a", "c"]), encoded(["c", "b"])).tolist()
    [1, -1]
    """
    if not len(known) or not len(wanted):
        return np.full(len(wanted), -1, np.int32)
    found = np.searchsorted(known, wanted)
    found[found == len(known)] = 0
    return np.where(known[found] == wanted, found, -1).astype(np.int32)

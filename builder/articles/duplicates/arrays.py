"""Arrays in one file that are not read but mapped: only what is looked at comes into memory."""

from __future__ import annotations

import json
import mmap
import os
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Column = NDArray[Any]

_LONGEST = 2**20
"""Bytes of the first line; a file without one is not read to its end."""

_ALIGNED = 64


def write_arrays(
    path: Path, about: Mapping[str, Any], columns: Mapping[str, Column], *, summed: bool
) -> None:
    """Write a whole file: a line of JSON with `about` and where each column is, then the columns.

    The sum of all of them is for small files: to check it all has to be read.
    """
    places, at = {}, 0
    for name, column in columns.items():
        places[name] = [column.dtype.str, len(column), at]
        at += _padded(column.nbytes)
    total = None
    if summed:
        total = 0
        for column in columns.values():
            total = zlib.crc32(column.data, total)
    head = json.dumps({**about, "columns": places, "bytes": at, "sum": total}).encode() + b"\n"
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        stream.write(head.ljust(_padded(len(head))))
        for column in columns.values():
            stream.write(column.data)
            stream.write(bytes(_padded(column.nbytes) - column.nbytes))
        if not summed:  # else a sum tells when the power failed before all was written
            stream.flush()
            os.fsync(stream.fileno())


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, Column]]:
    """Map what `write_arrays` wrote; what is written into the arrays stays out of the file.

    Raises ValueError when the file is none, was cut, or does not add up.
    """
    with path.open("rb") as stream:
        head = stream.readline(_LONGEST)
        try:
            about = json.loads(head)
            places, size, total = (about.pop(name) for name in ("columns", "bytes", "sum"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError("is of an older layout, or no index") from error
        start = _padded(len(head))
        found = os.fstat(stream.fileno()).st_size
        if found != start + size:
            raise ValueError(
                f"has {found:,} bytes and not the {start + size:,} it was written with"
            )
        # Private: a column may be changed in memory.
        held = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)
    columns: dict[str, Column] = {
        name: np.ndarray((length,), np.dtype(kind), buffer=held, offset=start + at)
        for name, (kind, length, at) in places.items()
    }
    if total is not None:
        summed = 0
        for column in columns.values():
            summed = zlib.crc32(column.data, summed)
        if summed != total:
            raise ValueError("does not add up to the sum it was written with")
    return about, columns


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED

"""build/tasks.json, read where it lies: ten thousand tasks take no more memory than ten."""

from __future__ import annotations

import mmap
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from builder.errors import DataError, Problem

if TYPE_CHECKING:
    from pathlib import Path

Task = dict[str, Any]
_AT_ONCE = 200


class TaskFile(Collection[Task]):
    """Tasks of a file; each is decoded when it is its turn, every time."""

    def __init__(self, rows: list[msgspec.Raw], content: mmap.mmap | None = None) -> None:
        self._rows = rows
        self._content = content
        self._forget()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Task]:
        for number, row in enumerate(self._rows, start=1):
            yield msgspec.json.decode(row)
            if number % _AT_ONCE == 0:
                self._forget()

    def __contains__(self, task: object) -> bool:
        return any(task == own for own in self)

    def _forget(self) -> None:
        # Pages of the file that were read stay in memory until somebody wants the room.
        if self._content is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._content.madvise(mmap.MADV_DONTNEED)


def open_tasks(path: Path) -> TaskFile:
    """Open a JSON file that holds a list of tasks. Raises DataError when it is none."""
    if not path.exists():
        raise DataError([Problem(str(path), "is not there yet; run `builder tasks` first")])
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else None
        return TaskFile(msgspec.json.decode(content or b"", type=list[msgspec.Raw]), content)
    except msgspec.DecodeError as error:
        what = f"cannot be read ({error}); run `builder tasks` again"
        raise DataError([Problem(str(path), what)]) from error

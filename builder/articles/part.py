"""A part of a large file: so many records from one on, and where they stand.

Parts are bounded in records, so that a run that is killed has little to do
again, all cores can work on one file, and memory does not grow with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RECORDS = 500


@dataclass(frozen=True, slots=True)
class Part:
    """`count` records from number `first` (1-based) on; None is all that follow.

    `data` and `chars` are the bytes and code points of the file before them,
    where a format counts them, `size` the bytes that they take. `sha256` is
    the whole file's. `unique` tells that an id of the file names one record,
    in whichever part it is.
    """

    first: int = 1
    count: int | None = None
    data: int = 0
    chars: int = 0
    size: int = 0
    sha256: str = ""
    unique: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether this is the whole file."""
        return self.first == 1 and self.count is None

    def holds(self, number: int) -> bool:
        """Tell whether a record that is not before the part is in it."""
        return self.count is None or number < self.first + self.count


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record starts: its number, the bytes and the code points before it."""

    number: int
    data: int = 0
    chars: int = 0


def parts(places: Iterable[Place], file: Part, records: int = RECORDS) -> list[Part]:
    """Cut a file, given as its one whole part, at every so many records of those at `places`.

    >>> [p.count for p in parts(map(Place, range(1, 8)), Part(size=70), 3)]
    [3, 3, None]
    """
    starts = list(_starts(places, records)) or [Place(1)]
    ends = [*(place.data for place in starts[1:]), file.size]
    return [
        replace(
            file,
            first=place.number,
            count=following.number - place.number if following else None,
            data=place.data,
            chars=place.chars,
            size=max(0, end - place.data),
        )
        for place, following, end in zip(starts, [*starts[1:], None], ends, strict=True)
    ]


def _starts(places: Iterable[Place], records: int) -> Iterator[Place]:
    for number, place in enumerate(places):
        if number % records == 0:
            # Before the first record there may be a mark, a header or empty lines.
            yield place if number else Place(1)

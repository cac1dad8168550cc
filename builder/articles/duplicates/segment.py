"""The posting lists of some rows, which more can be put into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Small = NDArray[np.uint32]


class Segment:
    """The posting lists of some rows, and the shingles that came with them.

    `numbers` are the keys of the sorted `hashes`. `posted` are the rows of the
    first key, of the second, and so on, and `holder` the texts of these.
    """

    def __init__(self) -> None:
        self.hashes: Small = np.empty(0, np.uint32)
        self.numbers: Small = np.empty(0, np.uint32)
        self.bounds: Small = np.zeros(1, np.uint32)
        self.posted: Small = np.empty(0, np.uint32)
        self.holder: Small = np.empty(0, np.uint32)

    def find(self, hashes: Small, keys: Small) -> None:
        """Write the key of each of some sorted hashes that is known here into `keys`."""
        near = np.searchsorted(self.hashes, hashes)
        inside = np.flatnonzero(near < len(self.hashes))
        known = inside[self.hashes[near[inside]] == hashes[inside]]
        keys[known] = self.numbers[near[known]]

    def learn(self, hashes: Small, keys: Small) -> None:
        """Take in sorted hashes that are not known, with their keys."""
        at = np.searchsorted(self.hashes, hashes).astype(np.uint32)
        self.numbers, self.hashes = _merged(at, (self.numbers, keys), (self.hashes, hashes))

    def grow(self, size: int) -> None:
        """Make place for the lists of so many keys."""
        more = np.full(size + 1 - len(self.bounds), self.bounds[-1])
        self.bounds = np.concatenate((self.bounds, more)) if len(more) else self.bounds

    def put(self, keys: Numbers | Small, counts: Small, rows: Small, texts: Small) -> None:
        """Put rows behind those that their sorted keys have."""
        at = np.repeat(self.bounds[keys + 1], counts)
        self.posted, self.holder = _merged(at, (self.posted, rows), (self.holder, texts))
        sizes = np.diff(self.bounds)
        sizes[keys] += counts
        np.cumsum(sizes, out=self.bounds[1:])

    def lists(self, keys: Numbers | Small) -> tuple[Numbers, Numbers]:
        """Return where the posting list of each key starts and how long it is."""
        starts = self.bounds[keys].astype(np.int64)
        return starts, self.bounds[keys + 1].astype(np.int64) - starts


def _merged(at: Small, *columns: tuple[Small, Small]) -> list[Small]:
    """Return each column's old values with its new ones put before sorted places of the old."""
    old, new = columns[0]
    if not len(old):
        return [new for _, new in columns]
    places = at + np.arange(len(new), dtype=np.uint32)
    is_old = np.ones(len(old) + len(new), np.bool_)
    is_old[places] = False
    found: list[Small] = []
    for old, new in columns:
        merged = np.empty(len(is_old), np.uint32)
        merged[places] = new
        merged[is_old] = old
        found.append(merged)
    return found

"""Shingles of texts, readable both ways: by text, and by shingle as posting lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from builder.articles.duplicates.shingle import Shingles

    Numbers = NDArray[np.int64]
    Small = NDArray[np.uint32]

_HALF = np.uint64(32)


class Postings:
    """Which text has which shingle where; texts are numbered in the order they were added.

    A row is one shingle of one text; the rows of a text follow each other. A
    key is the number of a distinct shingle: `numbers` are the keys of the
    sorted `hashes`. `posted` are the rows of the first key, of the second, and
    so on, and `holder` the texts of these; `groups` are as counted last.
    """

    def __init__(self) -> None:
        self.starts: Numbers = np.zeros(1, np.int64)
        self.places: NDArray[np.uint16] = np.empty(0, np.uint16)
        self.keys: Small = np.empty(0, np.uint32)
        self.hashes: Small = np.empty(0, np.uint32)
        self.numbers: Small = np.empty(0, np.uint32)
        self.bounds: Small = np.zeros(1, np.uint32)
        self.groups: Small = np.empty(0, np.uint32)
        self.posted: Small = np.empty(0, np.uint32)
        self.holder: Small = np.empty(0, np.uint32)

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> Numbers:
        """How many rows each text has."""
        return np.diff(self.starts)

    @property
    def counts(self) -> Small:
        """How many texts have each key."""
        return np.diff(self.bounds)

    def add(self, new: Shingles) -> tuple[Small, Small]:
        """Append texts; return the keys that they have and how many of them have each."""
        first = len(self.places)
        packed = new.hashes.astype(np.uint64)
        packed <<= _HALF
        packed |= np.arange(len(packed), dtype=np.uint64)
        packed.sort()
        rows = packed.astype(np.uint32)
        packed >>= _HALF
        hashes = packed.astype(np.uint32)
        del packed
        is_new = np.concatenate(([True], hashes[1:] != hashes[:-1]))[: len(hashes)]
        begins = np.flatnonzero(is_new).astype(np.uint32)
        counts = np.diff(begins, append=np.uint32(len(hashes)))
        keys = self._number(hashes[is_new])
        del hashes, is_new
        if first:
            # Posting lists are in the order of keys, the new rows in that of hashes.
            order = np.argsort(keys)
            keys, counts, begins = keys[order], counts[order], begins[order]
            rows = rows[ragged(begins.astype(np.int64), counts.astype(np.int64))[0]]
        numbers = np.arange(self.texts, self.texts + len(new.sizes), dtype=np.uint32)
        texts = np.repeat(numbers, new.sizes)
        self._merge(keys, counts, rows + np.uint32(first), texts[rows])
        texts[rows] = np.repeat(keys, counts)
        self.keys = np.concatenate((self.keys, texts))
        self.places = np.concatenate((self.places, new.places))
        self.starts = np.concatenate((self.starts, self.starts[-1] + np.cumsum(new.sizes)))
        return keys, counts

    def _number(self, hashes: Small) -> Small:
        """Return the keys of sorted hashes; those that are new get the next numbers."""
        near = np.searchsorted(self.hashes, hashes).astype(np.uint32)
        known = np.zeros(len(hashes), np.bool_)
        inside = near < len(self.hashes)
        known[inside] = self.hashes[near[inside]] == hashes[inside]
        keys = np.empty(len(hashes), np.uint32)
        keys[known] = self.numbers[near[known]]
        size = len(self.hashes)
        keys[~known] = np.arange(size, size + len(hashes) - known.sum(), dtype=np.uint32)
        at, new = near[~known], ~known
        self.numbers, self.hashes = _merged(
            at, (self.numbers, keys[new]), (self.hashes, hashes[new])
        )
        more = np.zeros(len(at), np.uint32)
        self.groups = np.concatenate((self.groups, more))
        self.bounds = np.concatenate((self.bounds, more + self.bounds[-1]))
        return keys

    def _merge(self, keys: Small, counts: Small, rows: Small, texts: Small) -> None:
        """Put rows behind those that their keys have."""
        at = np.repeat(self.bounds[keys + 1], counts)
        self.posted, self.holder = _merged(at, (self.posted, rows), (self.holder, texts))
        sizes = self.counts
        sizes[keys] += counts
        np.cumsum(sizes, out=self.bounds[1:])

    def count_groups(self, keys: Numbers, groups: Numbers) -> None:
        """Note in how many different groups the texts are that have each key."""
        for some in runs(self.lists(keys)[1]):
            posts, which = ragged(*self.lists(keys[some]))
            packed = which.astype(np.uint64) << _HALF
            packed |= groups[self.holder[posts]].astype(np.uint64)
            distinct = np.unique(packed) >> _HALF
            self.groups[keys[some]] = np.bincount(distinct.astype(np.int64))

    def rows(self, texts: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rows of texts, and for each row the position of its text in `texts`."""
        return ragged(self.starts[texts], self.starts[texts + 1] - self.starts[texts])

    def lists(self, keys: Numbers | Small) -> tuple[Numbers, Numbers]:
        """Return where the posting list of each key starts and how long it is."""
        starts = self.bounds[keys].astype(np.int64)
        return starts, self.bounds[keys + 1].astype(np.int64) - starts

    def holders(self, keys: Numbers | Small) -> Numbers:
        """Return the texts that have one of the keys."""
        marks = np.zeros(self.texts, np.bool_)
        for some in runs(self.lists(keys)[1]):
            posts, _ = ragged(*self.lists(keys[some]))
            marks[self.holder[posts]] = True
        return np.flatnonzero(marks)


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


def ragged(starts: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the numbers of all ranges, one after the other, and the range each is from.

    >>> [each.tolist() for each in ragged(np.array([5, 0]), np.array([2, 1]))]
    [[5, 6, 0], [0, 0, 1]]
    """
    which = np.repeat(np.arange(len(starts)), sizes)
    ends = np.cumsum(sizes)
    return np.arange(len(which)) + (starts - ends + sizes)[which], which


def runs(sizes: Numbers, most: int = 2**20) -> Iterator[slice]:
    """Cut things of these sizes into runs of no more than `most` together, or of one thing.

    >>> list(runs(np.array([3, 3, 9, 1]), 6))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    ends = np.cumsum(sizes)
    at = 0
    while at < len(sizes):
        done = ends[at - 1] if at else 0
        end = max(at + 1, int(np.searchsorted(ends, done + most, side="right")))
        yield slice(at, end)
        at = end

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
    key is a distinct shingle; keys are sorted by hash, and `posted` are the
    rows of the first key, of the second, and so on.
    """

    def __init__(self) -> None:
        self.starts: Numbers = np.zeros(1, np.int64)
        self.places: NDArray[np.uint16] = np.empty(0, np.uint16)
        self.keys: Small = np.empty(0, np.uint32)
        self.hashes: Small = np.empty(0, np.uint32)
        self.bounds: Numbers = np.zeros(1, np.int64)
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
    def counts(self) -> Numbers:
        """How many texts have each key."""
        return np.diff(self.bounds)

    def add(self, new: Shingles) -> tuple[Numbers, Numbers]:
        """Append texts; return the keys that they have and how many of them have each."""
        first = len(self.places)
        self.starts = np.concatenate((self.starts, self.starts[-1] + np.cumsum(new.sizes)))
        self.places = np.concatenate((self.places, new.places))
        packed = (new.hashes.astype(np.uint64) << _HALF) | np.arange(
            first, first + len(new.hashes), dtype=np.uint64
        )
        packed.sort()
        hashes, rows = (packed >> _HALF).astype(np.uint32), packed.astype(np.uint32)
        begins = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))[: len(hashes)]
        counts = np.diff(np.append(begins, len(hashes)))
        at, changed = self._grow_keys(hashes[begins], counts)
        self.posted = np.insert(self.posted, np.repeat(at, counts), rows)
        self._number()
        return changed, counts

    def _grow_keys(self, hashes: Small, counts: Numbers) -> tuple[Numbers, Numbers]:
        """Count new rows of sorted hashes; return where they go in `posted`, and their keys."""
        near = np.searchsorted(self.hashes, hashes)
        known = np.zeros(len(hashes), np.bool_)
        inside = near < len(self.hashes)
        known[inside] = self.hashes[near[inside]] == hashes[inside]
        at = self.bounds[near + known]
        sizes = self.counts
        sizes[near[known]] += counts[known]
        sizes = np.insert(sizes, near[~known], counts[~known])
        self.hashes = np.insert(self.hashes, near[~known], hashes[~known])
        self.bounds = np.concatenate(([0], np.cumsum(sizes)))
        return at, near + np.cumsum(~known) - ~known

    def _number(self) -> None:
        """Note the key of each row, and the text of each posted row."""
        self.keys = np.empty(len(self.posted), np.uint32)
        self.keys[self.posted] = np.repeat(
            np.arange(len(self.hashes), dtype=np.uint32), self.counts
        )
        texts = np.repeat(np.arange(self.texts, dtype=np.uint32), self.sizes)
        self.holder = texts[self.posted]

    def rows(self, texts: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rows of texts, and for each row the position of its text in `texts`."""
        return ragged(self.starts[texts], self.starts[texts + 1] - self.starts[texts])

    def lists(self, keys: Numbers | Small) -> tuple[Numbers, Numbers]:
        """Return where the posting list of each key starts and how long it is."""
        starts = self.bounds[keys]
        return starts, self.bounds[keys.astype(np.int64) + 1] - starts

    def holders(self, keys: Numbers) -> Numbers:
        """Return the texts that have one of the keys."""
        marks = np.zeros(self.texts, np.bool_)
        for some in runs(self.lists(keys)[1]):
            posts, _ = ragged(*self.lists(keys[some]))
            marks[self.holder[posts]] = True
        return np.flatnonzero(marks)


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

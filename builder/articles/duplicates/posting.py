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
    rows of the first key, of the second, and so on. `groups` are as counted last.
    """

    def __init__(self) -> None:
        self.starts: Numbers = np.zeros(1, np.int64)
        self.places: NDArray[np.uint16] = np.empty(0, np.uint16)
        self.keys: Small = np.empty(0, np.uint32)
        self.hashes: Small = np.empty(0, np.uint32)
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
        packed |= np.arange(first, first + len(packed), dtype=np.uint64)
        packed.sort()
        rows = packed.astype(np.uint32)
        packed >>= _HALF
        hashes = packed.astype(np.uint32)
        del packed
        is_new = np.concatenate(([True], hashes[1:] != hashes[:-1]))[: len(hashes)]
        begins = np.flatnonzero(is_new).astype(np.uint32)
        counts = np.diff(begins, append=np.uint32(len(hashes)))
        del begins
        at, keys = self._grow_keys(hashes[is_new], counts)
        del hashes, is_new
        numbers = np.arange(self.texts, self.texts + len(new.sizes), dtype=np.uint32)
        texts = np.repeat(numbers, new.sizes)
        rows -= np.uint32(first)
        self.holder = _merged(self.holder, at, counts, texts[rows])
        texts[rows] = np.repeat(keys, counts)
        self.keys = np.concatenate((self.keys, texts))
        rows += np.uint32(first)
        self.posted = _merged(self.posted, at, counts, rows)
        self.places = np.concatenate((self.places, new.places))
        self.starts = np.concatenate((self.starts, self.starts[-1] + np.cumsum(new.sizes)))
        return keys, counts

    def _grow_keys(self, hashes: Small, counts: Small) -> tuple[Small, Small]:
        """Count new rows of sorted hashes; return where they go in `posted`, and their keys."""
        near = np.searchsorted(self.hashes, hashes).astype(np.uint32)
        known = np.zeros(len(hashes), np.bool_)
        inside = near < len(self.hashes)
        known[inside] = self.hashes[near[inside]] == hashes[inside]
        at = self.bounds[near + known]
        sizes = self.counts
        sizes[near[known]] += counts[known]
        new = near[~known]
        ones = np.ones(len(new), np.uint32)
        sizes = _merged(sizes, new, ones, counts[~known])
        self.groups = _merged(self.groups, new, ones, np.zeros(len(new), np.uint32))
        self.hashes = _merged(self.hashes, new, ones, hashes[~known])
        if len(self.keys):
            # A key's number grows by the new keys before it.
            before = np.bincount(new, minlength=len(self.bounds))
            self.keys += np.cumsum(before).astype(np.uint32)[self.keys]
        self.bounds = np.zeros(len(sizes) + 1, np.uint32)
        np.cumsum(sizes, out=self.bounds[1:])
        return at, near + np.cumsum(~known, dtype=np.uint32) - ~known

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


def _merged(old: Small, at: Small, counts: Small, new: Small) -> Small:
    """Return old values with runs of new ones put before places of the old, sorted."""
    if not len(old):
        return new.astype(np.uint32, copy=False)
    places = np.repeat(at, counts) + np.arange(len(new), dtype=np.uint32)
    merged = np.empty(len(old) + len(new), np.uint32)
    is_old = np.ones(len(merged), np.bool_)
    is_old[places] = False
    merged[places] = new
    merged[is_old] = old
    return merged


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

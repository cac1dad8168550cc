"""Shingles of texts, readable both ways, in a large segment and a small one for what is new."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from builder.articles.duplicates.segment import Lists, Rows, Segment, Tail, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from builder.articles.duplicates.segment import Keys, Marks, Numbers, Small
    from builder.articles.duplicates.shingle import Shingles

_HALF = np.uint64(32)

_MOST = 2**31 - 1
"""Rows that numbers of 32 bits can count: some 12 million articles."""

_WORTH = 8
"""The main segment is rewritten when the tail is larger than one part in so many of it."""


class Postings:
    """Which text has which shingle where; texts are numbered in the order they were added.

    A row is one shingle of one text. A key is the number of a distinct
    shingle. Texts are put into the small `tail` until they are enough to be
    worth rewriting the large `main`, of which `edition` is the name as it is.
    """

    def __init__(self) -> None:
        self.main, self.tail = Segment(), Tail()
        self.edition = ""

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return self.main.texts + self.tail.texts

    @property
    def keys(self) -> int:
        """How many keys there are."""
        return len(self.main.hashes) + len(self.tail.hashes)

    @property
    def sizes(self) -> Small:
        """How many rows each text has."""
        return np.concatenate((self.main.sizes, self.tail.sizes))

    def add(self, new: Shingles) -> Small:
        """Append texts; return the keys that they have, sorted."""
        if len(self.main.keys) + len(self.tail.keys) + len(new.hashes) > _MOST:
            raise OverflowError(f"an index holds up to {_MOST} shingles")
        packed = new.hashes.astype(np.uint64)
        packed <<= _HALF
        packed |= np.arange(len(packed), dtype=np.uint64)
        packed.sort()
        rows = packed.astype(np.int32)
        packed >>= _HALF
        hashes = packed.astype(np.uint32)
        del packed
        is_new = np.concatenate(([True], hashes[1:] != hashes[:-1]))[: len(hashes)]
        begins = np.flatnonzero(is_new)
        counts = np.diff(begins, append=len(hashes)).astype(np.int32)
        segment = self.tail if self.texts else self.main
        keys = self._number(hashes[is_new], segment)
        del hashes, is_new
        if self.texts:
            # Posting lists are in the order of keys, the new rows in that of hashes.
            order = np.argsort(keys)
            keys, counts, begins = keys[order], counts[order], begins[order]
            rows = rows[
                np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(len(rows))
            ]
        numbers = np.arange(self.texts, self.texts + len(new.sizes), dtype=np.int32)
        texts = np.repeat(numbers, new.sizes)
        lists = Lists(keys, counts, rows, texts[rows])
        texts[rows] = np.repeat(keys, counts)
        bounds = np.concatenate((np.zeros(1, np.int32), np.cumsum(new.sizes, dtype=np.int32)))
        segment.append(Rows(bounds, texts, new.places), lists)
        if len(self.tail.keys) * _WORTH > len(self.main.keys):
            self._fold()
        elif segment is self.main:
            self.edition = secrets.token_hex(8)
        return keys

    def _number(self, hashes: NDArray[np.uint32], segment: Segment) -> Small:
        """Return the keys of sorted hashes, of which a segment learns the new ones."""
        keys = np.full(len(hashes), -1, np.int32)
        for part in (self.main, self.tail):
            part.find(hashes, keys)
        new = np.flatnonzero(keys < 0)
        size = self.keys
        keys[new] = np.arange(size, size + len(new), dtype=np.int32)
        segment.learn(hashes[new], keys[new])
        return keys

    def _fold(self) -> None:
        """Put the tail into the main segment."""
        tail, self.tail = self.tail, Tail()
        self.main.learn(tail.hashes, tail.numbers)
        self.main.append(*tail.all())
        self.edition = secrets.token_hex(8)

    def rows(self, texts: Numbers) -> Rows:
        """Return the rows of sorted texts."""
        first = self.main.texts
        cut = int(np.searchsorted(texts, first))
        if cut == len(texts):
            return self.main.rows(texts)
        rows = self.tail.rows(texts[cut:] - first)
        return self.main.rows(texts[:cut]).and_then(rows) if cut else rows

    def lists(self, keys: Keys, *, rows: bool = False) -> list[tuple[Segment, csr_array]]:
        """Return the posting lists of keys, those of each segment: by text, if wanted with rows.

        All rows of a text are in one segment.
        """
        return [(part, part.lists(keys, rows=rows)) for part in self._parts()]

    def lengths(self, keys: Keys) -> Small:
        """Return how many texts have each of some keys."""
        sizes = self.main.lengths(keys)
        return sizes + self.tail.lengths(keys) if self.tail.texts else sizes

    def posts(self, keys: Keys) -> tuple[Small, Numbers]:
        """Return the texts that have each key, and its position in `keys`."""
        found = [lists for _, lists in self.lists(keys)]
        which = [np.repeat(np.arange(len(keys)), np.diff(lists.indptr)) for lists in found]
        return np.concatenate([lists.indices for lists in found]), np.concatenate(which)

    def count_groups(self, keys: Keys, groups: Numbers) -> Numbers:
        """Return in how many different groups the texts are that have each key."""
        found = np.zeros(len(keys), np.int64)
        for some in runs(self.lengths(keys)):
            held = joined([lists for _, lists in self.lists(keys[some])])
            found[some] = _distinct(groups[held.indices], held.indptr, len(groups))
        return found

    def keys_of(self, texts: Numbers) -> Marks:
        """Mark the keys that one of sorted texts has."""
        marks = np.zeros(self.keys, np.bool_)
        for some in runs(self.sizes[texts]):
            marks[self.rows(texts[some]).keys] = True
        return marks

    def holders(self, keys: Keys) -> Numbers:
        """Return the texts that have one of the keys, sorted."""
        marks = np.zeros(self.texts, np.bool_)
        for some in runs(self.lengths(keys)):
            for _, lists in self.lists(keys[some]):
                marks[lists.indices] = True
        return np.flatnonzero(marks)

    def _parts(self) -> tuple[Segment, ...]:
        return (self.main, self.tail) if self.tail.texts else (self.main,)


def _distinct(values: Numbers, bounds: Small, size: int) -> Numbers:
    """Return how many different values, all below `size`, there are in each range."""
    small = values.astype(np.int32)
    table = csr_array((small, small, bounds), shape=(len(bounds) - 1, size)).tocsc()
    is_new = np.concatenate(([True], table.indices[1:] != table.indices[:-1]))[: len(small)]
    begins = table.indptr[:-1]
    is_new[begins[begins < len(small)]] = True
    return np.bincount(table.indices[is_new], minlength=len(bounds) - 1)


def runs(sizes: NDArray[np.integer], most: int = 2**20) -> Iterator[slice]:
    """Cut things of these sizes into runs of no more than `most` together, or of one thing.

    >>> list(runs(np.array([3, 3, 9, 1]), 6))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    ends = np.cumsum(sizes, dtype=np.int64)
    at = 0
    while at < len(sizes):
        done = ends[at - 1] if at else 0
        end = max(at + 1, int(np.searchsorted(ends, done + most, side="right")))
        yield slice(at, end)
        at = end

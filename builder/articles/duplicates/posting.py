"""Shingles of texts, readable both ways: by text, and by shingle as posting lists."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from builder.articles.duplicates.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from builder.articles.duplicates.shingle import Shingles

    Numbers = NDArray[np.int64]
    Small = NDArray[np.uint32]
    Marks = NDArray[np.bool_]

_Value = TypeVar("_Value", bound=np.generic)
_HALF = np.uint64(32)

_WORTH = 8
"""The main segment is rewritten when the tail is larger than one part in so many of it."""


class Postings:
    """Which text has which shingle where; texts are numbered in the order they were added.

    A row is one shingle of one text; the rows of a text follow each other. A
    key is the number of a distinct shingle; its posting list is one of the
    large `main` segment and one of the small `tail`, where new rows are put
    until they are enough to be worth rewriting `main`. `edition` names `main`
    as it is. `groups` are as counted last, up to 255.
    """

    def __init__(self) -> None:
        self.starts: Numbers = np.zeros(1, np.int64)
        self.places: NDArray[np.uint16] = np.empty(0, np.uint16)
        self.keys: Small = np.empty(0, np.uint32)
        self.groups: NDArray[np.uint8] = np.empty(0, np.uint8)
        self.main, self.tail = Segment(), Segment()
        self.edition = ""

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
        counts = np.diff(self.main.bounds)
        if len(self.tail.posted):
            counts += np.diff(self.tail.bounds)
        return counts

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
        self.tail.put(keys, counts, rows + np.uint32(first), texts[rows])
        texts[rows] = np.repeat(keys, counts)
        self.keys = np.concatenate((self.keys, texts))
        self.places = np.concatenate((self.places, new.places))
        self.starts = np.concatenate((self.starts, self.starts[-1] + np.cumsum(new.sizes)))
        if len(self.tail.posted) * _WORTH > len(self.main.posted):
            self._fold()
        return keys, counts

    def _number(self, hashes: Small) -> Small:
        """Return the keys of sorted hashes; those that are new get the next numbers."""
        unknown = np.uint32(2**32 - 1)
        keys = np.full(len(hashes), unknown)
        for part in (self.main, self.tail):
            part.find(hashes, keys)
        new = np.flatnonzero(keys == unknown)
        size = len(self.groups)
        keys[new] = np.arange(size, size + len(new), dtype=np.uint32)
        self.tail.learn(hashes[new], keys[new])
        self.groups = np.concatenate((self.groups, np.zeros(len(new), np.uint8)))
        self.grow()
        return keys

    def grow(self) -> None:
        """Make place for the lists of all keys in both segments."""
        self.main.grow(len(self.groups))
        self.tail.grow(len(self.groups))

    def _fold(self) -> None:
        """Put the tail into the main segment."""
        tail, self.tail = self.tail, Segment()
        self.main.learn(tail.hashes, tail.numbers)
        sizes = np.diff(tail.bounds)
        keys = np.flatnonzero(sizes)
        self.main.put(keys, sizes[keys], tail.posted, tail.holder)
        self.edition = secrets.token_hex(8)

    def count_groups(self, keys: Numbers, groups: Numbers) -> Numbers:
        """Return in how many different groups the texts are that have each key."""
        found = np.zeros(len(keys), np.int64)
        for some in runs(self.lengths(keys)):
            holders, which = self.posts(keys[some])
            packed = which.astype(np.uint64) << _HALF
            packed |= groups[holders].astype(np.uint64)
            distinct = np.unique(packed) >> _HALF
            found[some] = np.bincount(distinct.astype(np.int64))
        return found

    def keys_of(self, texts: Numbers) -> Marks:
        """Mark the keys that one of the texts has."""
        marks = np.zeros(len(self.groups), np.bool_)
        for some in runs(self.sizes[texts]):
            marks[self.keys[self.rows(texts[some])[0]]] = True
        return marks

    def rows(self, texts: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rows of texts, and for each row the position of its text in `texts`."""
        return ragged(self.starts[texts], self.starts[texts + 1] - self.starts[texts])

    def lengths(self, keys: Numbers | Small) -> Numbers:
        """Return how many texts have each of some keys."""
        sizes = self.main.lists(keys)[1]
        return sizes + self.tail.lists(keys)[1] if len(self.tail.posted) else sizes

    def posts(self, keys: Numbers | Small, skip: Marks | None = None) -> tuple[Small, Numbers]:
        """Return the texts that have each key, and its position in `keys`; not of keys to skip."""
        found = [(part.holder[posts], which) for part, posts, which in self._lists(keys, skip)]
        holders, which = zip(*found, strict=True)
        return _joined(holders), _joined(which)

    def rows_with(self, keys: Small, skip: Marks, texts: Marks) -> tuple[Small, Small, Numbers]:
        """Return which of marked texts have a key, in which row, and its position in `keys`."""
        found: list[tuple[Small, Small, Numbers]] = []
        for part, posts, which in self._lists(keys, skip):
            holders = part.holder[posts]
            some = np.flatnonzero(texts[holders])
            found.append((holders[some], part.posted[posts[some]], which[some]))
        parts = zip(*found, strict=True)
        return _joined(next(parts)), _joined(next(parts)), _joined(next(parts))

    def _lists(
        self, keys: Numbers | Small, skip: Marks | None
    ) -> Iterator[tuple[Segment, Numbers, Numbers]]:
        used = None if skip is None else np.flatnonzero(~skip[keys])
        keys = keys if used is None else keys[used]
        for part in (self.main, self.tail) if len(self.tail.posted) else (self.main,):
            posts, which = ragged(*part.lists(keys))
            yield part, posts, which if used is None else used[which]

    def holders(self, keys: Numbers | Small) -> Numbers:
        """Return the texts that have one of the keys."""
        marks = np.zeros(self.texts, np.bool_)
        for some in runs(self.lengths(keys)):
            marks[self.posts(keys[some])[0]] = True
        return np.flatnonzero(marks)


def _joined(parts: Sequence[NDArray[_Value]]) -> NDArray[_Value]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


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

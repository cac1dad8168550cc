"""Rows of some texts, readable both ways: by text, and by shingle as posting lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Small = NDArray[np.int32]
    Keys = Small | Numbers
    Marks = NDArray[np.bool_]
    Places = NDArray[np.uint16]

_ANY = 2**31 - 1


class Rows(NamedTuple):
    """The rows of some texts: where those of each begin and end, the key and the place of each."""

    bounds: Small
    keys: Small
    places: Places

    def where(self, marks: Marks) -> Rows:
        """Return the marked rows."""
        return Rows(marked(marks, self.bounds), self.keys[marks], self.places[marks])

    def and_then(self, more: Rows) -> Rows:
        """Return these texts' rows and those of more texts."""
        bounds = np.concatenate((self.bounds, self.bounds[-1] + more.bounds[1:]))
        keys = np.concatenate((self.keys, more.keys))
        return Rows(bounds, keys, np.concatenate((self.places, more.places)))


class Lists(NamedTuple):
    """Posting lists of distinct sorted keys: their lengths, and row and text of each post."""

    keys: Small
    counts: Small
    posted: Small
    holder: Small


class Segment:
    """The rows of some texts that follow each other, and the shingles that came with them.

    `numbers` are the keys of the sorted `hashes`. The rows of a text, from
    `starts` on, have `keys` and `places`. The posting list of a key, from
    `bounds` on, has the rows that are `posted` and the `holder` of each, the
    number of its text. The last list is empty: it is that of all other keys.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = (
        *("hashes", "numbers", "starts", "keys", "places"),
        *("bounds", "posted", "holder"),
    )

    def __init__(self) -> None:
        self.hashes: NDArray[np.uint32] = np.empty(0, np.uint32)
        self.numbers: Small = np.empty(0, np.int32)
        self.starts: Small = np.zeros(1, np.int32)
        self.keys: Small = np.empty(0, np.int32)
        self.places: Places = np.empty(0, np.uint16)
        self.bounds: Small = np.zeros(2, np.int32)
        self.posted: Small = np.empty(0, np.int32)
        self.holder: Small = np.empty(0, np.int32)

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.starts) - 1

    @property
    def sizes(self) -> Small:
        """How many rows each text has."""
        return np.diff(self.starts)

    def find(self, hashes: NDArray[np.uint32], keys: Small) -> None:
        """Write the key of each of some sorted hashes that is known here into `keys`."""
        near = np.searchsorted(self.hashes, hashes)
        inside = np.flatnonzero(near < len(self.hashes))
        known = inside[self.hashes[near[inside]] == hashes[inside]]
        keys[known] = self.numbers[near[known]]

    def learn(self, hashes: NDArray[np.uint32], keys: Small) -> None:
        """Take in sorted hashes that are not known, with their keys."""
        at = np.searchsorted(self.hashes, hashes)
        self.hashes, self.numbers = _merged(at, (self.hashes, hashes), (self.numbers, keys))

    def rows(self, texts: Numbers) -> Rows:
        """Return the rows of texts, which are numbered from the first of this segment."""
        shape = (self.texts, _ANY)
        found = csr_array((self.places, self.keys, self.starts), shape=shape)[texts]
        return Rows(found.indptr, found.indices, found.data)

    def append(self, rows: Rows, lists: Lists) -> None:
        """Put more texts, whose lists are `lists`, behind those that are here."""
        before = np.int32(len(self.keys))
        self.put(lists._replace(posted=lists.posted + before) if before else lists)
        self.starts = np.concatenate((self.starts, before + rows.bounds[1:]))
        self.keys = np.concatenate((self.keys, rows.keys)) if before else rows.keys
        self.places = np.concatenate((self.places, rows.places)) if before else rows.places

    def put(self, lists: Lists) -> None:
        """Put posts behind those that their keys have."""
        old = len(self.bounds) - 2
        size = max(old, int(lists.keys[-1]) + 1 if len(lists.keys) else 0)
        self._insert(np.arange(old), lists.keys, size, lists)

    def lists(self, keys: Keys, *, rows: bool = False) -> csr_array:
        """Return the posting list of each key, whose columns are texts.

        With `rows` the values are the rows of these; to look for them takes time.
        """
        held = (self.posted if rows else self.holder, self.holder, self.bounds)
        return csr_array(held, shape=(len(self.bounds) - 1, _ANY))[self._slots(keys)]

    def lengths(self, keys: Keys) -> Small:
        """Return how long the posting list of each key is."""
        slots = self._slots(keys)
        return self.bounds[slots + 1] - self.bounds[slots]

    def _slots(self, keys: Keys) -> Keys:
        """Return the numbers of the posting lists of keys."""
        return np.minimum(keys, len(self.bounds) - 2)

    def _insert(self, old: Numbers, new: Keys, size: int, lists: Lists) -> None:
        """Give the lists here the `old` of `size` numbers, and add `lists` to the `new` ones."""
        sizes = np.zeros(size + 1, np.int32)
        sizes[old] = np.diff(self.bounds[:-1])
        at = np.repeat(np.cumsum(sizes)[new], lists.counts)
        posts = (self.posted, lists.posted), (self.holder, lists.holder)
        self.posted, self.holder = _merged(at, *posts)
        sizes[new] += lists.counts
        self.bounds = np.concatenate((np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)))


class Tail(Segment):
    """A small segment: it has the lists of the keys that are `listed` only."""

    COLUMNS = ("listed", *Segment.COLUMNS)

    def __init__(self) -> None:
        super().__init__()
        self.listed: Small = np.empty(0, np.int32)
        self._places: Small | None = None

    def put(self, lists: Lists) -> None:
        """Put posts behind those that their keys have."""
        listed = np.union1d(self.listed, lists.keys) if len(self.listed) else lists.keys
        old, new = np.searchsorted(listed, self.listed), np.searchsorted(listed, lists.keys)
        self._insert(old, new, len(listed), lists)
        self.listed, self._places = listed, None

    def all(self) -> tuple[Rows, Lists]:
        """Return all rows and all lists."""
        lists = Lists(self.listed, np.diff(self.bounds[:-1]), self.posted, self.holder)
        return Rows(self.starts, self.keys, self.places), lists

    def _slots(self, keys: Keys) -> Keys:
        if self._places is None:
            last = int(self.listed[-1]) if len(self.listed) else -1
            self._places = np.full(last + 2, len(self.listed), np.int32)
            self._places[self.listed] = np.arange(len(self.listed))
        found: Small = self._places[np.minimum(keys, len(self._places) - 1)]
        return found


def marked(marks: Marks, bounds: Small) -> Small:
    """Return the bounds of ranges of which the marked things are left."""
    found: Small = np.concatenate((np.zeros(1, np.int32), np.cumsum(marks, dtype=np.int32)))[bounds]
    return found


def joined(tables: Sequence[csr_array]) -> csr_array:
    """Return one table with what all have, of each row that of one table after the other's."""
    size, each = tables[0].shape[0], len(tables)
    if each == 1:
        return tables[0]
    ends = np.cumsum([0, *(table.nnz for table in tables)])
    bounds = [table.indptr[1:] + end for table, end in zip(tables, ends, strict=False)]
    values, columns = (
        np.concatenate([getattr(table, name) for table in tables]) for name in ("data", "indices")
    )
    held = (values, columns, np.concatenate(([0], *bounds)).astype(np.int32))
    below = csr_array(held, shape=(size * each, tables[0].shape[1]))
    beside = below[np.arange(size * each).reshape(each, size).T.ravel()]
    held = (beside.data, beside.indices, beside.indptr[::each])
    return csr_array(held, shape=tables[0].shape)


def _merged(at: Keys, *columns: tuple[NDArray[Any], NDArray[Any]]) -> list[NDArray[Any]]:
    """Return each column's old values with its new ones put before sorted places of the old."""
    old, new = columns[0]
    if not len(old):
        return [new for _, new in columns]
    places = at + np.arange(len(new))
    is_old = np.ones(len(old) + len(new), np.bool_)
    is_old[places] = False
    found: list[NDArray[Any]] = []
    for old, new in columns:
        merged = np.empty(len(is_old), old.dtype)
        merged[places] = new
        merged[is_old] = old
        found.append(merged)
    return found

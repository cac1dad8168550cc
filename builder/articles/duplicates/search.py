"""Finding what texts share with all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from builder.articles.duplicates.posting import Postings, runs
from builder.articles.duplicates.segment import joined, marked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from builder.articles.duplicates.segment import Rows, Segment, Small

    Numbers = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_LONGEST = 2
"""With how many texts of a common posting list a widespread text is compared."""


class Texts(NamedTuple):
    """All texts as they are now.

    `common` marks the keys that do not count, `ranks` and `order` put longer
    texts first. Texts of one home are not compared; without homes all are.
    """

    postings: Postings
    common: Marks
    ranks: Numbers
    order: Numbers
    homes: NDArray[np.int16]


class Found(NamedTuple):
    """The posts, in a segment, of what counts of some texts: those of each text, by `bounds`.

    A post has another text, or the same, its row there, and the place in the text.
    """

    segment: Segment
    bounds: Small
    others: Small
    rows: Small
    places: NDArray[np.uint16]


class Search:
    """Finds what texts share with others.

    `widespread` texts have hardly a key that counts; `shared` are the common
    keys by which they are compared.
    """

    def __init__(self, texts: Texts, widespread: Marks, shared: Marks) -> None:
        self.postings, self.common, self.ranks, self.order, self.homes = texts
        self.widespread, self.shared = widespread, shared
        self._common: Numbers = np.empty(0, np.int64)
        self._longest: Numbers = np.empty((0, _LONGEST), np.int64)

    def prepare(self, texts: Numbers) -> None:
        """Find the longest holders of what widespread ones among these texts have in common.

        With homes those of each home, so that there is one of another.
        """
        some = texts[self.widespread[texts]]
        if not len(some):
            return
        self._common = np.flatnonzero(self.postings.keys_of(some) & self.shared)
        sizes = self.postings.lengths(self._common)
        found = [self._first_ranks(self._common[run]) for run in runs(sizes)]
        self._longest = np.concatenate(found) if found else self._longest[:0]

    def find(self, texts: Numbers, *, rows_too: bool) -> list[Found]:
        """Look up the keys that count of sorted texts, in each segment; not always with rows."""
        rows = self.postings.rows(texts)
        rows = rows.where(~self.common[rows.keys])
        found = []
        for segment, lists in self.postings.lists(rows.keys, rows=rows_too):
            places = np.repeat(rows.places, np.diff(lists.indptr))
            bounds = lists.indptr[rows.bounds]
            found.append(Found(segment, bounds, lists.indices, lists.data, places))
        return found

    def pairs(self, texts: Numbers, found: Sequence[Found]) -> list[csr_array]:
        """Return tables of places in the texts that were found, by text and by other.

        What two texts share is in one table.
        """
        tables = [self._table(each.places, each.others, each.bounds) for each in found]
        if self.widespread[texts].any():
            return [joined([*tables, self._common_table(texts)])]
        return tables

    def shared_with(self, rows: Rows, others: Small) -> Rows:
        """Return of each text the rows whose key one other text has, too."""
        others = np.repeat(others, np.diff(rows.bounds))
        marks = np.zeros(len(rows.keys), np.bool_)
        for _, lists in self.postings.lists(rows.keys):
            which = np.repeat(np.arange(len(rows.keys)), np.diff(lists.indptr))
            marks[which[lists.indices == others[which]]] = True
        return rows.where(marks)

    def offers(self, found: Sequence[Found], first: int) -> list[csr_array]:
        """Return tables of places in the others, by text from the first on and by other."""
        tables = []
        for each in found:
            bounds = each.bounds[first:] - each.bounds[first]
            posts = slice(each.bounds[first], None)
            places = each.segment.places[each.rows[posts]]
            tables.append(self._table(places, each.others[posts], bounds))
        return tables

    def _common_table(self, texts: Numbers) -> csr_array:
        """Return the places of common shingles by widespread text and by their longest holders."""
        rows = self.postings.rows(texts)
        wide = np.repeat(self.widespread[texts], np.diff(rows.bounds))
        rows = rows.where(wide & self.shared[rows.keys])
        ranks = self._longest[np.searchsorted(self._common, rows.keys)]
        held = ranks < len(self.ranks)
        places = np.repeat(rows.places, ranks.shape[1])[held.ravel()]
        bounds = marked(held.ravel(), rows.bounds * ranks.shape[1])
        return self._table(places, self.order[ranks[held]], bounds)

    def _table(
        self, places: NDArray[np.uint16], others: NDArray[np.integer], bounds: Small
    ) -> csr_array:
        held = (places, others.astype(np.int32, copy=False), bounds)
        return csr_array(held, shape=(len(bounds) - 1, len(self.ranks)))

    def _first_ranks(self, keys: Numbers) -> Numbers:
        """Return the first ranks of the holders of each key; len(ranks) where there is no more."""
        holders, which = self.postings.posts(keys)
        order = np.argsort(which, kind="stable")
        holders, which = holders[order], which[order]
        sizes = self.postings.lengths(keys)
        begins = np.cumsum(sizes) - sizes
        found = []
        for home in np.unique(self.homes) if len(self.homes) else [None]:
            ranks = self.ranks[holders]
            if home is not None:
                ranks[self.homes[holders] != home] = len(self.ranks)
            for _ in range(_LONGEST):
                found.append(np.minimum.reduceat(ranks, begins))
                ranks[ranks == found[-1][which]] = len(self.ranks)
        return np.stack(found, axis=1)

"""Finding the best matches of some texts among all, a bounded number of pairs at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from builder.articles.duplicates.link import Pairs
from builder.articles.duplicates.posting import Postings, runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        wanted = self.postings.keys_of(texts[self.widespread[texts]])
        self._common = np.flatnonzero(wanted & self.shared)
        sizes = self.postings.lengths(self._common)
        found = [self._first_ranks(self._common[some]) for some in runs(sizes)]
        self._longest = np.concatenate(found) if found else self._longest[:0]

    def pairs(self, texts: Numbers) -> Pairs:
        """Return what texts share with others, each text by its number among `texts`."""
        rows, which = self.postings.rows(texts)
        others, source = self.postings.posts(self.postings.keys[rows], self.common)
        pairs = Pairs(which[source], self.ranks[others], self.postings.places[rows][source])
        if self.widespread[texts].any():
            pairs = pairs.and_also(self._common_pairs(texts, rows, which))
        return self._apart(texts, pairs)

    def pairs_with(self, texts: Numbers, others: Numbers) -> Pairs:
        """Return what each text shares with one other by shingles that are not common."""
        rows, which = self.postings.rows(texts)
        holders, source = self.postings.posts(self.postings.keys[rows], self.common)
        with_other = np.flatnonzero(holders == others[which[source]])
        source, holders = source[with_other], holders[with_other]
        return Pairs(which[source], self.ranks[holders], self.postings.places[rows[source]])

    def offers(self, new: Numbers, takers: Marks, linked: Marks) -> tuple[Numbers, Pairs]:
        """Return the takers that share something with new texts, and what.

        Linked ones have a longer match, and need no shorter one.
        """
        rows, which = self.postings.rows(new)
        keys = self.postings.keys[rows]
        others, posted, source = self.postings.rows_with(keys, self.common, takers)
        useful = np.flatnonzero(
            ~linked[others] | (self.ranks[new][which[source]] < self.ranks[others])
        )
        others, posted, source = others[useful], posted[useful], source[useful]
        numbers = np.zeros(len(takers), np.int64)
        numbers[others] = 1
        texts = np.flatnonzero(numbers)
        numbers[texts] = np.arange(len(texts))
        places = self.postings.places[posted]
        pairs = Pairs(numbers[others], self.ranks[new[which[source]]], places)
        return texts, self._apart(texts, pairs)

    def _common_pairs(self, texts: Numbers, rows: Numbers, which: Numbers) -> Pairs:
        """Pair widespread texts with the longest holders of their common shingles."""
        keys = self.postings.keys[rows]
        common = self.widespread[texts][which] & self.shared[keys]
        ranks = self._longest[np.searchsorted(self._common, keys[common])]
        each = ranks.shape[1]
        places = self.postings.places[rows[common]]
        pairs = Pairs(np.repeat(which[common], each), ranks.ravel(), np.repeat(places, each))
        return pairs.where(pairs.ranks < len(self.ranks))

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

    def _apart(self, texts: Numbers, pairs: Pairs) -> Pairs:
        """Leave out pairs of one home."""
        if not len(self.homes):
            return pairs
        homes = self.homes[self.order]
        return pairs.where(homes[pairs.ranks] != self.homes[texts][pairs.texts])

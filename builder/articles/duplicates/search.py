"""Finding the best matches of some texts among all, a bounded number of pairs at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from builder.articles.duplicates.link import Matches, Pairs, matches, widths
from builder.articles.duplicates.posting import ragged, runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from builder.articles.duplicates.link import Rule
    from builder.articles.duplicates.posting import Postings

    Numbers = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_LONGEST = 2
"""With how many texts of a common posting list a widespread text is compared."""


class Search:
    """All texts as they are now: shingles, ranks by length, homes, and who is widespread.

    Texts of one home are not compared; without homes all are.
    """

    def __init__(
        self,
        postings: Postings,
        rule: Rule,
        ranks: Numbers,
        homes: NDArray[np.int16],
        widespread: Marks,
    ) -> None:
        self.postings, self.rule, self.ranks = postings, rule, ranks
        self.homes, self.widespread = homes, widespread
        self.counts = postings.counts
        self._common: Numbers = np.empty(0, np.int64)
        self._longest: Numbers = np.empty((0, _LONGEST), np.int64)

    def prepare(self, texts: Numbers) -> None:
        """Find the longest holders of what widespread ones among these texts have in common.

        With homes those of each home, so that there is one of another.
        """
        wanted = np.zeros(len(self.counts), np.bool_)
        texts = texts[self.widespread[texts]]
        for some in runs(self.postings.sizes[texts]):
            wanted[self.postings.keys[self.postings.rows(texts[some])[0]]] = True
        self._common = np.flatnonzero(wanted & (self.counts > self.rule.cap))
        found = [self._first_ranks(self._common[some]) for some in runs(self.counts[self._common])]
        self._longest = np.concatenate(found) if found else self._longest[:0]

    def found(self, texts: Numbers, *, longer: bool) -> Matches:
        """Return for each text, by its number among `texts`, the longer or shorter best match."""
        rows, which = self.postings.rows(texts)
        pairs = self._rare_pairs(rows, which)
        if self.widespread[texts].any():
            pairs = pairs.and_also(self._common_pairs(texts, rows, which))
        pairs = self._allowed(pairs, texts, longer=longer)
        return matches(pairs, self._widths(texts, rows, which), self.rule)

    def offered(self, new: Numbers, takers: Marks, *, longer: bool) -> tuple[Numbers, Matches]:
        """Return the texts among the takers that new ones match, and the best of the new ones."""
        rows, which = self.postings.rows(new)
        posts, source = self._rare_posts(rows)
        takes = takers[self.postings.holder[posts]]
        posts, source = posts[takes], source[takes]
        texts, number = np.unique(self.postings.holder[posts].astype(np.int64), return_inverse=True)
        places = self.postings.places[self.postings.posted[posts]]
        pairs = Pairs(number, self.ranks[new[which[source]]], places)
        pairs = self._allowed(pairs, texts, longer=longer)
        return texts, matches(pairs, self._widths(texts, *self.postings.rows(texts)), self.rule)

    def _rare_posts(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return the postings of the rows' shingles that are not common, and the row of each."""
        starts, sizes = self.postings.lists(self.postings.keys[rows])
        sizes[sizes > self.rule.cap] = 0
        return ragged(starts, sizes)

    def _rare_pairs(self, rows: Numbers, which: Numbers) -> Pairs:
        posts, source = self._rare_posts(rows)
        others = self.ranks[self.postings.holder[posts]]
        return Pairs(which[source], others, self.postings.places[rows][source])

    def _common_pairs(self, texts: Numbers, rows: Numbers, which: Numbers) -> Pairs:
        """Pair widespread texts with the longest holders of their common shingles."""
        keys = self.postings.keys[rows]
        common = self.widespread[texts][which] & (self.counts[keys] > self.rule.cap)
        ranks = self._longest[np.searchsorted(self._common, keys[common])]
        each = ranks.shape[1]
        places = self.postings.places[rows[common]]
        pairs = Pairs(np.repeat(which[common], each), ranks.ravel(), np.repeat(places, each))
        return pairs.where(pairs.ranks < len(self.ranks))

    def _first_ranks(self, keys: Numbers) -> Numbers:
        """Return the first ranks of the holders of each key; len(ranks) where there is no more."""
        starts, sizes = self.postings.lists(keys)
        posts, which = ragged(starts, sizes)
        holders = self.postings.holder[posts]
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

    def _allowed(self, pairs: Pairs, texts: Numbers, *, longer: bool) -> Pairs:
        """Leave out pairs with the text itself, with texts of the other side, and of one home."""
        mine = self.ranks[texts][pairs.texts]
        allowed = pairs.ranks < mine if longer else pairs.ranks > mine
        if len(self.homes):
            homes = np.empty_like(self.homes)
            homes[self.ranks] = self.homes
            allowed &= homes[pairs.ranks] != self.homes[texts][pairs.texts]
        return pairs.where(allowed)

    def _widths(self, texts: Numbers, rows: Numbers, which: Numbers) -> Numbers:
        """Return how many words of each text its own counted shingles cover."""
        counted = self.counts[self.postings.keys[rows]] <= self.rule.cap
        counted |= self.widespread[texts][which]
        rows, which = rows[counted], which[counted]
        return widths(which, rows, self.postings.places[rows], len(texts), self.rule.gap)

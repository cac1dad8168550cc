"""One linking of all texts by one rule, mended where new texts change what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from builder.articles.duplicates.link import NOBODY, Links, Pairs, Rule, matches, widths
from builder.articles.duplicates.posting import runs
from builder.articles.duplicates.search import Search

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from builder.articles.duplicates.search import Texts

    Numbers = NDArray[np.int64]
    Keys = NDArray[np.uint32] | Numbers
    Marks = NDArray[np.bool_]

_ROWS = 2**15
"""Shingles whose texts are linked at once: it bounds the memory that pairs take."""


class Change(NamedTuple):
    """What an addition changes.

    `first` is the number of the first new text, `flipped` are the shingles that became
    common or ceased to be, `grown` the common ones that new texts have as well.
    """

    first: int
    flipped: Keys
    grown: Keys


class Linking:
    """For each text the longer or else the shorter text that covers most of it."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.longer = Links()
        self.shorter = Links()
        self.widespread: Marks = np.empty(0, np.bool_)
        self.widths: Numbers = np.empty(0, np.int64)

    def update(self, texts: Texts, change: Change) -> None:
        """Link new texts, and anew those for whom a shingle counts otherwise than before.

        What is said of the longest holders of a common shingle may have
        changed, too, for those who have hardly any other.
        """
        size = len(texts.ranks)
        new = np.arange(change.first, size)
        self._grow(len(new))
        self._measure(texts, new)
        touched = texts.postings.holders(change.flipped)
        self._measure(texts, touched)
        holding = texts.postings.holders(change.grown)
        again = (new, touched, holding[self.widespread[holding]])
        changed: Numbers = np.unique(np.concatenate(again))
        self.longer.forget(changed)
        self.shorter.forget(changed)
        self._link(texts, changed, change.first)

    def best(self) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """Return the texts that have a match, their matches and the shares that are covered."""
        short = self.longer.best == NOBODY
        best = np.where(short, self.shorter.best, self.longer.best)
        scores = np.where(short, self.shorter.scores, self.longer.scores)
        linked = np.flatnonzero(best != NOBODY)
        return linked, best[linked], scores[linked]

    def components(self) -> Numbers:
        """Return for each text the first text of the linked group that it is in."""
        size = len(self.longer.best)
        texts, others, _ = self.best()
        graph = coo_array((np.ones(len(texts), np.bool_), (texts, others)), shape=(size, size))
        groups = connected_components(graph, directed=False)[1]
        found: Numbers = np.unique(groups, return_index=True)[1][groups]
        return found

    def _grow(self, size: int) -> None:
        self.widespread = np.concatenate((self.widespread, np.zeros(size, np.bool_)))
        self.widths = np.concatenate((self.widths, np.zeros(size, np.int64)))
        self.longer.grow(size)
        self.shorter.grow(size)

    def _measure(self, texts: Texts, numbers: Numbers) -> None:
        """Find out which texts have hardly a shingle that is not common, and their widths."""
        postings = texts.postings
        for run in runs(postings.sizes[numbers], _ROWS):
            some = numbers[run]
            rows, which = postings.rows(some)
            rare = ~texts.common[postings.keys[rows]]
            share = np.bincount(which, rare, len(some))
            self.widespread[some] = share < self.rule.rare * postings.sizes[some]
            counted = rare | self.widespread[some][which]
            rows, which = rows[counted], which[counted]
            places = postings.places[rows]
            self.widths[some] = widths(which, rows, places, len(some), self.rule.gap)

    def _link(self, texts: Texts, changed: Numbers, first: int) -> None:
        """Find the matches of changed texts, and offer the new ones to all others."""
        sizes = texts.postings.sizes
        search = Search(texts, self.widespread)
        search.prepare(changed)
        for some in runs(sizes[changed], _ROWS):
            self._adopt(texts, changed[some], search.pairs(changed[some]))
        takers = np.ones(len(sizes), np.bool_)
        takers[changed] = False
        new = np.arange(first, len(sizes)) if takers.any() else changed[:0]
        for some in runs(sizes[new], _ROWS):
            self._adopt(texts, *search.offers(new[some], takers))

    def _adopt(self, texts: Texts, numbers: Numbers, pairs: Pairs) -> None:
        """Give texts their best longer match, and those that have none their best shorter one."""
        mine = texts.ranks[numbers][pairs.texts]
        wanting = np.ones(len(numbers), np.bool_)
        for links, marks in ((self.longer, pairs.ranks < mine), (self.shorter, pairs.ranks > mine)):
            some = pairs.where(marks & wanting[pairs.texts])
            found = matches(some, self.widths[numbers], self.rule)
            links.offer(numbers, found, texts.order)
            wanting = links.best[numbers] == NOBODY

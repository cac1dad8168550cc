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
    common or ceased to be, `ceased` the latter of them, `grown` the common ones that new
    texts have as well.
    """

    first: int
    flipped: Keys
    ceased: Keys
    grown: Keys


class Linking:
    """For each text the longer or else the shorter text that covers most of it."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.longer = Links()
        self.shorter = Links()
        self.widespread: Marks = np.empty(0, np.bool_)
        self.widths: Numbers = np.empty(0, np.int64)
        self.shared: Numbers = np.empty(0, np.int64)

    def update(self, texts: Texts, change: Change, groups: Numbers | None = None) -> None:
        """Link new texts, and anew those for whom a shingle counts otherwise than before.

        What is said of the longest holders of a common shingle may have
        changed, too, for those who have hardly any other. With the `groups`
        that texts are in, furniture is left out of what these are compared by.
        """
        size = len(texts.ranks)
        new = np.arange(change.first, size)
        self._grow(len(new))
        touched = np.union1d(new, texts.postings.holders(change.flipped))
        were = self.widespread[touched]
        self._find_widespread(texts, touched)
        settled = touched[~were & ~self.widespread[touched] & (touched < change.first)]
        settled = settled[~np.isin(settled, texts.postings.holders(change.ceased))]
        shared, flipped = self._share(texts, groups)
        grown = change.grown[shared[change.grown] & self.widespread.any()]
        holding = texts.postings.holders(np.union1d(grown, flipped))
        changed = np.union1d(touched, holding[self.widespread[holding]])
        covered = np.rint(self.longer.scores[settled] * self.widths[settled])
        self._measure(texts, changed, shared)
        kept = settled[self._keep(texts, settled, covered)]
        changed = changed[~np.isin(changed, kept)]
        self.longer.forget(changed)
        self.shorter.forget(changed)
        self._link(texts, changed, shared, change.first)

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

    def _find_widespread(self, texts: Texts, numbers: Numbers) -> None:
        """Find out which texts have hardly a shingle that is not common."""
        postings = texts.postings
        for run in runs(postings.sizes[numbers], _ROWS):
            some = numbers[run]
            rows, which = postings.rows(some)
            share = np.bincount(which, ~texts.common[postings.keys[rows]], len(some))
            self.widespread[some] = share < self.rule.rare * postings.sizes[some]

    def _share(self, texts: Texts, groups: Numbers | None) -> tuple[Marks, Numbers]:
        """Mark the common keys that widespread texts are compared by; tell which are others now.

        Furniture is scattered over as many groups as texts, a story printed everywhere is not.
        """
        if groups is None:
            return texts.common, self.shared
        postings = texts.postings
        keys = np.flatnonzero(postings.keys_of(np.flatnonzero(self.widespread)) & texts.common)
        most = np.maximum(self.rule.scattered * postings.lengths(keys), self.rule.groups)
        old, self.shared = self.shared, keys[postings.count_groups(keys, groups) <= most]
        marks = np.zeros(len(texts.common), np.bool_)
        marks[self.shared] = True
        return marks, np.setxor1d(old, self.shared)

    def _measure(self, texts: Texts, numbers: Numbers, shared: Marks) -> None:
        """Find out how many words of each text count."""
        postings = texts.postings
        for run in runs(postings.sizes[numbers], _ROWS):
            some = numbers[run]
            rows, which = postings.rows(some)
            keys = postings.keys[rows]
            counted = ~texts.common[keys] | (self.widespread[some][which] & shared[keys])
            rows, which = rows[counted], which[counted]
            places = postings.places[rows]
            self.widths[some] = widths(which, rows, places, len(some), self.rule.gap)

    def _keep(self, texts: Texts, settled: Numbers, covered: NDArray[np.float64]) -> Marks:
        """Mark the texts whose longer match still covers as many words, and note its share.

        They are texts that only lost shingles. Then no other covers more than
        before, and so none is better, unless all that counts is covered.
        """
        best = self.longer.best[settled]
        marks = np.zeros(len(settled), np.bool_)
        some = np.flatnonzero((best != NOBODY) & (self.longer.scores[settled] < 1))
        search = Search(texts, self.widespread, texts.common)
        for run in runs(texts.postings.sizes[settled[some]], _ROWS):
            which = some[run]
            numbers = settled[which]
            found = matches(
                search.pairs_with(numbers, best[which]), self.widths[numbers], self.rule
            )
            which = which[found.texts]
            same = np.rint(found.scores * self.widths[settled[which]]) == covered[which]
            same &= found.scores < 1
            marks[which[same]] = True
            self.longer.scores[settled[which[same]]] = found.scores[same]
        return marks

    def _link(self, texts: Texts, changed: Numbers, shared: Marks, first: int) -> None:
        """Find the matches of changed texts, and offer the new ones to all others."""
        sizes = texts.postings.sizes
        search = Search(texts, self.widespread, shared)
        search.prepare(changed)
        for some in runs(sizes[changed], _ROWS):
            self._adopt(texts, changed[some], search.pairs(changed[some]))
        takers = np.ones(len(sizes), np.bool_)
        takers[changed] = False
        new = np.arange(first, len(sizes)) if takers.any() else changed[:0]
        for some in runs(sizes[new], _ROWS):
            self._adopt(texts, *search.offers(new[some], takers, self.longer.best != NOBODY))

    def _adopt(self, texts: Texts, numbers: Numbers, pairs: Pairs) -> None:
        """Give texts their best longer match, and those that have none their best shorter one."""
        mine = texts.ranks[numbers][pairs.texts]
        wanting = np.ones(len(numbers), np.bool_)
        for links, marks in ((self.longer, pairs.ranks < mine), (self.shorter, pairs.ranks > mine)):
            some = pairs.where(marks & wanting[pairs.texts])
            found = matches(some, self.widths[numbers], self.rule)
            links.offer(numbers, found, texts.order)
            wanting = links.best[numbers] == NOBODY

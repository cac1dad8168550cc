"""One linking of all texts by one rule, mended where new texts change what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from builder.articles.duplicates.link import (
    NOBODY,
    Links,
    Matches,
    Rule,
    cover,
    near,
    widths,
    words,
)
from builder.articles.duplicates.posting import runs
from builder.articles.duplicates.search import Search
from builder.articles.duplicates.segment import marked

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from builder.articles.duplicates.search import Texts
    from builder.articles.duplicates.segment import Keys, Marks, Numbers, Small

_ROWS = 2**16
"""Shingles whose texts are linked at once, if there are not more texts: tables have a column
for each. It bounds the memory that they take."""


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
    """For each text the longer or else the shorter text that covers most of it.

    `most` is how many words of each text a longer one covers at most, also if
    that is too few.
    `tell` hears how many of how many texts are linked, beginning with none.
    """

    COLUMNS = ("widespread", "widths", "most", "shared")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.longer = Links()
        self.shorter = Links()
        self.widespread: Marks = np.empty(0, np.bool_)
        self.widths: Numbers = np.empty(0, np.int64)
        self.most: Numbers = np.empty(0, np.int64)
        self.shared: Numbers = np.empty(0, np.int64)
        self.tell: Callable[[int, int], None] | None = None

    def update(self, texts: Texts, change: Change, groups: Numbers | None = None) -> None:
        """Link new texts, and anew those for whom a shingle counts otherwise than before.

        What is said of the longest holders of a common shingle may have
        changed, too, for those who have hardly any other. With the `groups`
        that texts are in, furniture is left out of what these are compared by.
        """
        size = len(texts.ranks)
        new = np.arange(change.first, size)
        covered = np.rint(self._held()[1] * self.widths)
        self._grow(len(new))
        touched = np.union1d(new, texts.postings.holders(change.flipped))
        were = self.widespread[touched]
        self._measure(texts, touched)
        settled = touched[~were & ~self.widespread[touched] & (touched < change.first)]
        settled = settled[~np.isin(settled, texts.postings.holders(change.ceased))]
        changed, shared = touched, texts.common
        if were.any() or self.widespread.any():
            shared, flipped = self._share(texts, groups)
            grown = change.grown[shared[change.grown]]
            holding = texts.postings.holders(np.union1d(grown, flipped))
            changed = np.union1d(touched, holding[self.widespread[holding]])
            self._measure_widespread(texts, changed[self.widespread[changed]], shared)
        lost = np.zeros(len(texts.common), np.bool_)
        lost[change.flipped] = True
        kept = settled[self._keep(texts, settled, covered[settled], lost)]
        changed = changed[~np.isin(changed, kept)]
        self.most[changed] = 0
        self.longer.forget(changed)
        self.shorter.forget(changed)
        self._link(texts, changed, shared, change.first)

    def best(self) -> tuple[Numbers, Small, NDArray[np.float64]]:
        """Return the texts that have a match, their matches and the shares that are covered."""
        best, scores = self._held()
        linked = np.flatnonzero(best != NOBODY)
        return linked, best[linked], scores[linked]

    def components(self) -> Numbers:
        """Return for each text the first text of the linked group that it is in."""
        size = len(self.longer.best)
        texts, others, _ = self.best()
        graph = coo_array((np.ones(len(texts), np.bool_), (texts, others)), shape=(size, size))
        groups = connected_components(graph, directed=False)[1]
        first = np.empty(size, np.int64)
        first[groups[::-1]] = np.arange(size)[::-1]  # of several the last is kept
        found: Numbers = first[groups]
        return found

    def _held(self) -> tuple[Small, NDArray[np.float64]]:
        """Return the match of each text, or NOBODY, and the share that is covered."""
        short = self.longer.best == NOBODY
        best = np.where(short, self.shorter.best, self.longer.best)
        return best, np.where(short, self.shorter.scores, self.longer.scores)

    def _grow(self, size: int) -> None:
        self.widespread = np.concatenate((self.widespread, np.zeros(size, np.bool_)))
        self.widths = np.concatenate((self.widths, np.zeros(size, np.int64)))
        self.most = np.concatenate((self.most, np.zeros(size, np.int64)))
        self.longer.grow(size)
        self.shorter.grow(size)

    def _measure(self, texts: Texts, numbers: Numbers) -> None:
        """Find out which texts are widespread, and how many words count of the others."""
        sizes = texts.postings.sizes[numbers]
        for run in runs(sizes, _ROWS):
            rows = texts.postings.rows(numbers[run])
            counted = ~texts.common[rows.keys]
            shares = np.diff(marked(counted, rows.bounds))
            self.widespread[numbers[run]] = shares < self.rule.rare * sizes[run]
            self.widths[numbers[run]] = widths(rows, counted, self.rule.gap)

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

    def _measure_widespread(self, texts: Texts, numbers: Numbers, shared: Marks) -> None:
        """Find out how many words of widespread texts count."""
        for run in runs(texts.postings.sizes[numbers], _ROWS):
            rows = texts.postings.rows(numbers[run])
            counted = ~texts.common[rows.keys] | shared[rows.keys]
            self.widths[numbers[run]] = widths(rows, counted, self.rule.gap)

    def _keep(self, texts: Texts, settled: Numbers, covered: Numbers, lost: Marks) -> Marks:
        """Mark the texts whose match still covers as many words, and note its share.

        They are texts that only lost shingles, and their matches `covered` so
        many words. Then no other covers more than before, and so none is
        better, unless all that counts is covered, or a longer one that covered
        too little may be enough for what is left.
        """
        best, held = self._held()
        best, held = best[settled], held[settled]
        short = self.longer.best[settled] == NOBODY
        none = self.most[settled] < self.rule.least * self.widths[settled] - 1
        marks = np.zeros(len(settled), np.bool_)
        some = np.flatnonzero((best != NOBODY) & (held < 1) & (~short | none))
        search, gap = Search(texts, self.widespread, texts.common), self.rule.gap
        for run in runs(texts.postings.sizes[settled[some]], _ROWS):
            which = some[run]
            numbers = settled[which]
            rows = near(texts.postings.rows(numbers), lost, gap)
            rows = search.shared_with(rows, best[which])
            left = rows.where(~texts.common[rows.keys])
            scores = covered[which] / np.maximum(self.widths[numbers], 1)
            same = (words(rows, gap) == words(left, gap)) & (scores < 1)
            marks[which[same]] = True
            for links, side in ((self.longer, ~short[which]), (self.shorter, short[which])):
                links.scores[numbers[same & side]] = scores[same & side]
        return marks

    def _link(self, texts: Texts, changed: Numbers, shared: Marks, first: int) -> None:
        """Find the matches of changed texts, and offer the new ones to all others."""
        sizes = texts.postings.sizes
        search = Search(texts, self.widespread, shared)
        search.prepare(changed)
        takers = np.ones(len(sizes), np.bool_)
        takers[changed] = False
        offering = bool(takers.any())
        for some in runs(sizes[changed], max(_ROWS, len(sizes))):
            if self.tell:
                self.tell(some.start, len(changed))
            numbers = changed[some]
            found = search.find(numbers, rows_too=offering)
            for table in search.pairs(numbers, found):
                rows, others, words = cover(table, self.rule)
                self._adopt(texts, numbers[rows], others, words)
            new = int(np.searchsorted(numbers, first))
            if new == len(numbers) or not offering:
                continue
            for table in search.offers(found, new):
                rows, others, words = cover(table, self.rule)
                taken = takers[others]
                self._adopt(texts, others[taken], numbers[new + rows[taken]], words[taken])

    def _adopt(self, texts: Texts, numbers: Numbers, others: Numbers, words: Numbers) -> None:
        """Give texts their best longer match, and those that have none their best shorter one.

        Of each text an other covers so many words.
        """
        longer = texts.ranks[others] < texts.ranks[numbers]
        np.maximum.at(self.most, numbers[longer], words[longer])
        scores = np.minimum(words / np.maximum(self.widths[numbers], 1), 1)
        good = (scores >= self.rule.least) & (numbers != others)
        if len(texts.homes):
            good &= texts.homes[numbers] != texts.homes[others]
        found = Matches(numbers, others, scores).where(good)
        longer = longer[good]
        self.longer.offer(found.where(longer), texts.ranks)
        shorter = ~longer & (self.longer.best[found.texts] == NOBODY)
        self.shorter.offer(found.where(shorter), texts.ranks)

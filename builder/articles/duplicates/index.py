"""Which text is contained in which: an index that grows, and links every text to its best match.

A text is linked to the longer text that covers most of it; where there is none,
to the shorter text that does. Only shingles that at most `cap` texts share
count, so that the furniture of a site joins nobody; a text that has hardly any
other - a wire story printed everywhere - is compared by all it has, with the
longest texts that share it. Longer comes before shorter, then the id's hash: an
order of its own, so that links do not depend on the order in which texts were
added, at once or a few at a time.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from builder.articles.duplicates.link import NOBODY, Links, Pairs, Rule, matches, widths
from builder.articles.duplicates.posting import Postings, runs
from builder.articles.duplicates.search import Search
from builder.articles.duplicates.shingle import shingles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from builder.articles.duplicates.shingle import Shingles

    Numbers = NDArray[np.int64]
    Marks = NDArray[np.bool_]

_ROWS = 2**15
"""Shingles whose texts are linked at once: it bounds the memory that pairs take."""


class Index:
    """Texts and, for each, the longer or else the shorter text that covers most of it.

    The shorter one counts for a text that no longer one covers: a copy may be
    longer than its original by a word. With `home`, a number for each id,
    texts of one home are not compared with each other. With `most` the index
    holds no more shingles than that, of texts that are added at once.
    """

    def __init__(
        self,
        rule: Rule | None = None,
        home: Callable[[str], int] | None = None,
        most: int | None = None,
    ) -> None:
        self.rule = rule or Rule()
        self.home, self.most = home, most
        self.ids: list[str] = []
        self.postings = Postings()
        self.lengths: Numbers = np.empty(0, np.int64)
        self.longer = Links()
        self.shorter = Links()
        self.widespread: Marks = np.empty(0, np.bool_)
        self.widths: Numbers = np.empty(0, np.int64)
        self.homes: NDArray[np.int16] = np.empty(0, np.int16)
        self._ties: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._ranks: Numbers = np.empty(0, np.int64)
        self._order: Numbers = np.empty(0, np.int64)

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Add texts by id that are not in the index yet; link them, and anew what they change."""
        first = len(self.ids)
        if first and self.most is not None:
            raise ValueError("a thinned index holds the texts of one addition only")
        new = shingles(self._noted(texts), self.most)
        if len(set(self.ids)) != len(self.ids):
            del self.ids[first:]
            raise ValueError("a text is in the index already")
        if len(self.ids) == first:
            return
        self._grow(new, first)
        changed = self._changed(*self.postings.add(new), first)
        self.longer.forget(changed)
        self.shorter.forget(changed)
        self._link(changed, first)

    def links(self) -> Iterator[tuple[str, str, float]]:
        """Give each text that has a match, its match, and the share of the text it covers."""
        for text, other, score in zip(*self._best(), strict=True):
            yield self.ids[text], self.ids[other], float(score)

    def components(self) -> Numbers:
        """Return for each text the number of the linked group that it is in."""
        size = len(self.ids)
        texts, others, _ = self._best()
        graph = coo_array((np.ones(len(texts), np.bool_), (texts, others)), shape=(size, size))
        found: Numbers = connected_components(graph, directed=False)[1].astype(np.int64)
        return found

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Return everything that is held but the ids, by name."""
        return {
            f"{name}.{column}": value
            for name, part in self._parts().items()
            for column, value in vars(part).items()
            if isinstance(value, np.ndarray)
        }

    def restore(self, columns: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over what `columns` returned."""
        parts = self._parts()
        for name, value in columns.items():
            part, _, column = name.partition(".")
            setattr(parts[part], column, value)

    def _parts(self) -> dict[str, object]:
        return {
            "index": self,
            "postings": self.postings,
            "longer": self.longer,
            "shorter": self.shorter,
        }

    def _best(self) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
        """Return the texts that have a match, their matches and the shares that are covered."""
        short = self.longer.best == NOBODY
        best = np.where(short, self.shorter.best, self.longer.best)
        scores = np.where(short, self.shorter.scores, self.longer.scores)
        linked = np.flatnonzero(best != NOBODY)
        return linked, best[linked], scores[linked]

    def _noted(self, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
        for name, text in texts:
            self.ids.append(name)
            yield text

    def _grow(self, new: Shingles, first: int) -> None:
        ids = self.ids[first:]
        digests = b"".join(hashlib.sha256(name.encode()).digest()[:8] for name in ids)
        homes = np.array([self.home(name) for name in ids] if self.home else [], np.int16)
        self.homes = np.concatenate((self.homes, homes))
        self._ties = np.concatenate((self._ties, np.frombuffer(digests, np.uint64)))
        self.lengths = np.concatenate((self.lengths, new.lengths))
        self.widespread = np.concatenate((self.widespread, np.zeros(len(ids), np.bool_)))
        self.widths = np.concatenate((self.widths, np.zeros(len(ids), np.int64)))
        self.longer.grow(len(ids))
        self.shorter.grow(len(ids))
        self._order = np.lexsort((self._ties, -self.lengths))
        self._ranks = np.empty(len(self.ids), np.int64)
        self._ranks[self._order] = np.arange(len(self.ids))

    def _changed(self, keys: NDArray[np.uint32], more: NDArray[np.uint32], first: int) -> Numbers:
        """Return the texts to link: new ones, and those for whom a shingle counts otherwise now.

        A shingle that becomes common counts no more for those who have it, and
        what is said of the longest holders of a common one may have changed.
        """
        new = np.arange(first, len(self.ids))
        self._measure(new)
        if not first:
            return new
        after = self.postings.counts[keys].astype(np.int64)
        cap = self.rule.cap
        touched = self.postings.holders(keys[(after > cap) & (after - more <= cap)])
        self._measure(touched)
        common = self.postings.holders(keys[after - more > cap])
        changed: Numbers = np.unique(
            np.concatenate((new, touched, common[self.widespread[common]]))
        )
        return changed

    def _measure(self, texts: Numbers) -> None:
        """Find out which texts have hardly a shingle that is not common, and their widths."""
        counts = self.postings.counts
        for run in runs(self.postings.sizes[texts], _ROWS):
            some = texts[run]
            rows, which = self.postings.rows(some)
            rare = counts[self.postings.keys[rows]] <= self.rule.cap
            share = np.bincount(which, rare, len(some))
            self.widespread[some] = share < self.rule.rare * self.postings.sizes[some]
            counted = rare | self.widespread[some][which]
            rows, which = rows[counted], which[counted]
            places = self.postings.places[rows]
            self.widths[some] = widths(which, rows, places, len(some), self.rule.gap)

    def _link(self, changed: Numbers, first: int) -> None:
        """Find the matches of changed texts, and offer the new ones to all others."""
        postings, cap = self.postings, self.rule.cap
        search = Search(postings, cap, self._ranks, self.homes, self.widespread)
        search.prepare(changed)
        for some in runs(postings.sizes[changed], _ROWS):
            self._adopt(changed[some], search.pairs(changed[some]))
        takers = np.ones(len(self.ids), np.bool_)
        takers[changed] = False
        new = np.arange(first, len(self.ids)) if takers.any() else changed[:0]
        for some in runs(postings.sizes[new], _ROWS):
            self._adopt(*search.offers(new[some], takers))

    def _adopt(self, texts: Numbers, pairs: Pairs) -> None:
        """Give texts their best longer match, and those that have none their best shorter one."""
        mine = self._ranks[texts][pairs.texts]
        wanting = np.ones(len(texts), np.bool_)
        for links, marks in ((self.longer, pairs.ranks < mine), (self.shorter, pairs.ranks > mine)):
            some = pairs.where(marks & wanting[pairs.texts])
            links.offer(texts, matches(some, self.widths[texts], self.rule), self._order)
            wanting = links.best[texts] == NOBODY

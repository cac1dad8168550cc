"""Which text is contained in which: an index that grows, and links every text to its best match.

A text is linked to the longer text that covers most of it; where there is none, to
the shorter text that does. Only shingles
that at most `cap` texts share count, so that the furniture of a site joins
nobody; a text that has hardly any other - a wire story printed everywhere - is
compared by all it has, with the longest texts that share it. Longer comes before
shorter, then the id's hash: an order of its own, so that links do not depend on
the order in which texts were added, at once or a few at a time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from builder.articles.duplicates.posting import Postings, ragged
from builder.articles.duplicates.shingle import WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from builder.articles.duplicates.shingle import Features

    Numbers = NDArray[np.int64]
    Marks = NDArray[np.bool_]

NOBODY = -1
_PLACE_BITS, _TEXT_BITS = 16, 28
_BLOCK = 4096
"""Texts that are added at once: it bounds the memory that pairs take."""

_LONGEST = 2
"""With how many texts of a common posting list a widespread text is compared."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a text counts as contained in another.

    `cap`: a shingle of more texts is common. `gap`: the most words between two
    matches that still count as covered. `least`: the share of a text that the
    other covers. `rare`: a text with a smaller share of shingles that are not
    common is widespread. `matches`: the fewest shingles in common.
    """

    cap: int = 24
    gap: int = 40
    least: float = 0.5
    rare: float = 0.2
    matches: int = 2


class _Pairs(NamedTuple):
    """Shingles that two texts share: a text, the other, and the place in the first."""

    texts: Numbers
    others: Numbers
    places: NDArray[np.uint16]

    def where(self, marks: Marks) -> _Pairs:
        """Return the marked pairs."""
        return _Pairs(self.texts[marks], self.others[marks], self.places[marks])


class Links:
    """For each text its best match on one side, or NOBODY, and the share that is covered."""

    def __init__(self) -> None:
        self.best: Numbers = np.empty(0, np.int64)
        self.scores: NDArray[np.float64] = np.empty(0, np.float64)

    def grow(self, size: int) -> None:
        """Add texts without a match."""
        self.best = np.concatenate((self.best, np.full(size, NOBODY)))
        self.scores = np.concatenate((self.scores, np.zeros(size)))

    def forget(self, texts: Numbers) -> None:
        """Take the matches of texts back."""
        self.best[texts], self.scores[texts] = NOBODY, 0


class Index:
    """Texts and, for each, the longer and the shorter text that cover most of it.

    The shorter one counts for a text that no longer one covers: a copy may be
    longer than its original by a word.
    """

    def __init__(self, rule: Rule | None = None) -> None:
        self.rule = rule or Rule()
        self.ids: list[str] = []
        self.postings = Postings()
        self.lengths: Numbers = np.empty(0, np.int64)
        self.longer = Links()
        self.shorter = Links()
        self.widespread: Marks = np.empty(0, np.bool_)
        self._ties: NDArray[np.uint64] = np.empty(0, np.uint64)

    def add(self, ids: Sequence[str], features: Sequence[Features]) -> None:
        """Add texts that are not in the index yet; link them, and anew what they change."""
        if len({*self.ids, *ids}) != len(self.ids) + len(ids):
            raise ValueError("a text is in the index already")
        for at in range(0, len(ids), _BLOCK):
            self._add(ids[at : at + _BLOCK], features[at : at + _BLOCK])

    def components(self) -> Numbers:
        """Return for each text the number of the linked group that it is in."""
        size = len(self.ids)
        best = np.where(self.longer.best == NOBODY, self.shorter.best, self.longer.best)
        linked = np.flatnonzero(best != NOBODY)
        ones = np.ones(len(linked), np.bool_)
        graph = coo_array((ones, (linked, best[linked])), shape=(size, size))
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

    def _add(self, ids: Sequence[str], features: Sequence[Features]) -> None:
        first = len(self.ids)
        self._grow(ids, features)
        fresh = np.unique(np.concatenate([f.hashes for f in features]))
        before = self.postings.counts(fresh)
        self.postings.add(features)
        after = self.postings.counts(fresh)
        cap = self.rule.cap
        # A shingle that becomes common counts no more for those who have it, and what
        # is said of the longest holders of a common one may have changed.
        touched = self.postings.holders(fresh[(before <= cap) & (after > cap)])
        common = self.postings.holders(fresh[(before > cap)])
        common = common[self.widespread[common]]
        changed = np.unique(np.concatenate((np.arange(first, len(self.ids)), touched, common)))
        self._measure(changed)
        self._link(changed, first)

    def _grow(self, ids: Sequence[str], features: Sequence[Features]) -> None:
        self.ids += ids
        size = len(ids)
        digests = b"".join(hashlib.sha256(name.encode()).digest()[:8] for name in ids)
        self._ties = np.concatenate((self._ties, np.frombuffer(digests, np.uint64)))
        self.lengths = np.concatenate((self.lengths, [f.length for f in features]))
        self.longer.grow(size)
        self.shorter.grow(size)
        self.widespread = np.concatenate((self.widespread, np.zeros(size, np.bool_)))

    def _measure(self, texts: Numbers) -> None:
        """Find out which texts have hardly a shingle that is not common."""
        rows, which = self.postings.rows(texts)
        rare = self.postings.counts(self.postings.hashes[rows]) <= self.rule.cap
        sizes = np.bincount(which, minlength=len(texts))
        self.widespread[texts] = np.bincount(which, rare, len(texts)) < self.rule.rare * sizes

    def _link(self, changed: Numbers, first: int) -> None:
        """Find the matches of changed texts anew, and offer the fresh ones to all others."""
        self.longer.forget(changed)
        self.shorter.forget(changed)
        again = np.zeros(len(self.ids), np.bool_)
        again[changed] = True
        ours, theirs = self._shared(changed)
        offered = theirs.where(~again[theirs.texts] & (theirs.others >= first))
        for pairs in (ours, offered):
            is_shorter = self._shorter(pairs.texts, pairs.others)
            self._adopt(self.longer, pairs.where(is_shorter))
            self._adopt(self.shorter, pairs.where(~is_shorter & (pairs.texts != pairs.others)))

    def _shared(self, texts: Numbers) -> tuple[_Pairs, _Pairs]:
        """Return what texts share with others, with the places in them and in the others."""
        rows, which = self.postings.rows(texts)
        starts, counts = self.postings.lists(self.postings.hashes[rows])
        rare = counts <= self.rule.cap
        posts, source = ragged(starts[rare], counts[rare])
        mine = texts[which[rare]][source]
        others = self.postings.posted_texts[posts].astype(np.int64)
        ours = _Pairs(mine, others, self.postings.places[rows[rare]][source])
        theirs = _Pairs(others, mine, self.postings.posted_places[posts])
        everywhere = ~rare & self.widespread[texts[which]]
        if everywhere.any():
            more = self._longest(texts[which[everywhere]], rows[everywhere])
            ours = _Pairs(
                np.concatenate((ours.texts, more.texts)),
                np.concatenate((ours.others, more.others)),
                np.concatenate((ours.places, more.places)),
            )
        return ours, theirs

    def _longest(self, texts: Numbers, rows: Numbers) -> _Pairs:
        """Pair each row's text with the longest texts of the row's posting list."""
        hashes, back = np.unique(self.postings.hashes[rows], return_inverse=True)
        posts, group = ragged(*self.postings.lists(hashes))
        holders = self.postings.posted_texts[posts].astype(np.int64)
        order = np.lexsort((self._ties[holders], -self.lengths[holders], group))
        begins = np.searchsorted(group, np.arange(len(hashes)))
        longest = [holders[order[begins + nth]][back] for nth in range(_LONGEST)]
        ours = np.concatenate([texts] * _LONGEST)
        theirs = np.concatenate(longest)
        places = np.concatenate([self.postings.places[rows]] * _LONGEST)
        keep = self._shorter(ours, theirs)
        return _Pairs(ours[keep], theirs[keep], places[keep])

    def _shorter(self, ones: Numbers, others: Numbers) -> Marks:
        """Tell for each pair whether the first comes after the second in our order."""
        a, b = self.lengths[ones], self.lengths[others]
        found: Marks = (a < b) | ((a == b) & (self._ties[ones] > self._ties[others]))
        return found

    def _adopt(self, links: Links, pairs: _Pairs) -> None:
        """Give each text the other that covers most of it, if it is enough."""
        if not len(pairs.texts):
            return
        texts, slots = np.unique(pairs.texts, return_inverse=True)
        packed = slots.astype(np.uint64) << np.uint64(_PLACE_BITS + _TEXT_BITS)
        packed |= pairs.others.astype(np.uint64) << np.uint64(_PLACE_BITS)
        packed |= pairs.places
        packed.sort()
        begins, covered, matches = self._covered(packed)
        couple = packed[begins] >> np.uint64(_PLACE_BITS)
        slot = (couple >> np.uint64(_TEXT_BITS)).astype(np.int64)
        others = (couple & np.uint64(2**_TEXT_BITS - 1)).astype(np.int64)
        scores = np.minimum(covered / np.maximum(self._widths(texts)[slot], 1), 1)
        good = (scores >= self.rule.least) & (matches >= self.rule.matches)
        self._keep_best(links, texts[slot[good]], others[good], scores[good])

    def _covered(
        self, packed: NDArray[np.uint64], apart: Marks | None = None
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Return where each couple's matches begin, the words they cover, and their number.

        Words between two matches count as covered up to `gap`, unless the second is
        marked as `apart`; a match covers its width.
        """
        couples = packed >> np.uint64(_PLACE_BITS)
        begins = np.flatnonzero(np.concatenate(([True], couples[1:] != couples[:-1])))
        places = (packed & np.uint64(2**_PLACE_BITS - 1)).astype(np.int64)
        steps = np.diff(places, prepend=0)
        steps[begins] = WIDTH
        steps[steps > self.rule.gap] = WIDTH
        if apart is not None:
            steps[apart] = WIDTH
        sizes = np.diff(np.append(begins, len(packed)))
        return begins, np.add.reduceat(steps, begins), sizes

    def _widths(self, texts: Numbers) -> Numbers:
        """Return how many words of each text its own counted shingles cover."""
        rows, which = self.postings.rows(texts)
        counted = self.postings.counts(self.postings.hashes[rows]) <= self.rule.cap
        counted |= self.widespread[texts][which]
        rows, which = rows[counted], which[counted]
        packed = which.astype(np.uint64) << np.uint64(_PLACE_BITS)
        packed |= self.postings.places[rows]
        found = np.zeros(len(texts), np.int64)
        if len(packed):
            # Furniture between two rows that count is not a part of the text.
            begins, covered, _ = self._covered(packed, np.diff(rows, prepend=-1) != 1)
            found[(packed[begins] >> np.uint64(_PLACE_BITS)).astype(np.int64)] = covered
        return found

    def _keep_best(
        self, links: Links, texts: Numbers, others: Numbers, scores: NDArray[np.float64]
    ) -> None:
        """Let the best offer win, and the match that a text has already if that is better."""
        has = np.unique(texts)
        has = has[links.best[has] != NOBODY]
        texts = np.concatenate((texts, has))
        others = np.concatenate((others, links.best[has]))
        scores = np.concatenate((scores, links.scores[has]))
        order = np.lexsort((self._ties[others], -self.lengths[others], -scores, texts))
        texts, others, scores = texts[order], others[order], scores[order]
        best = np.concatenate(([True], texts[1:] != texts[:-1]))[: len(texts)]
        links.best[texts[best]] = others[best]
        links.scores[texts[best]] = scores[best]

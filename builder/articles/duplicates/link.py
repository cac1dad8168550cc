"""How much of a text another covers, and which other covers most of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from builder.articles.duplicates.shingle import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Marks = NDArray[np.bool_]
    Packed = NDArray[np.uint64]

NOBODY = -1
_PLACE, _RANK = np.uint64(16), np.uint64(28)
_PLACES, _RANKS = np.uint64(2**16 - 1), np.uint64(2**28 - 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a text counts as contained in another.

    `cap`, `groups`: a shingle of more texts is common, and of texts in more
    groups of those that cover `strict` of each other. `scattered`: a common
    shingle is furniture if its texts are in more groups than this share of
    them. `gap`: the most words between two matches that still count as
    covered. `least`: the share of a text that the other covers. `rare`: a text
    with a smaller share of shingles that are not common is widespread.
    `matches`: the fewest shingles in common.
    """

    cap: int = 24
    groups: int = 4
    strict: float = 0.7
    scattered: float = 0.6
    gap: int = 40
    least: float = 0.5
    rare: float = 0.2
    matches: int = 2


class Pairs(NamedTuple):
    """Shingles that two texts share: the text's number, the other's rank, the place in the text.

    The numbers count the texts that are looked at together.
    """

    texts: Numbers
    ranks: Numbers
    places: NDArray[np.uint16]

    def where(self, marks: Marks) -> Pairs:
        """Return the marked pairs."""
        return Pairs(self.texts[marks], self.ranks[marks], self.places[marks])

    def and_also(self, more: Pairs) -> Pairs:
        """Return these pairs and more."""
        return Pairs(
            np.concatenate((self.texts, more.texts)),
            np.concatenate((self.ranks, more.ranks)),
            np.concatenate((self.places, more.places)),
        )

    def packed(self) -> Packed:
        """Return the pairs as sorted numbers: by text, then by the other's rank, then by place."""
        numbers = self.texts.astype(np.uint64) << _RANK
        numbers |= self.ranks.astype(np.uint64)
        numbers <<= _PLACE
        numbers |= self.places
        numbers.sort()
        return numbers


class Matches(NamedTuple):
    """Of some texts, by number, the rank of the text that covers most, and the share it covers."""

    texts: Numbers
    ranks: Numbers
    scores: NDArray[np.float64]


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

    def offer(self, texts: Numbers, found: Matches, order: Numbers) -> None:
        """Give each text the match that was found for it, unless the one it has is better.

        `order` are all texts by rank; of equal matches the first in rank is better.
        """
        texts, others = texts[found.texts], order[found.ranks]
        held = np.empty(len(order), np.int64)
        held[order] = np.arange(len(order))
        old, scores = self.best[texts], self.scores[texts]
        sooner = (found.scores == scores) & (found.ranks < held[old])
        better = (old == NOBODY) | (found.scores > scores) | sooner
        self.best[texts[better]] = others[better]
        self.scores[texts[better]] = found.scores[better]


def matches(pairs: Pairs, widths: Numbers, rule: Rule) -> Matches:
    """Return the best match of every text that has one; of equal ones the first in rank.

    `widths` are how many words of each text count.
    """
    packed = pairs.packed()
    couples = packed >> _PLACE
    begins = np.flatnonzero(_changes(couples))
    covered = _covered(packed, begins, rule.gap)
    sizes = np.diff(np.append(begins, len(packed)))
    couples = couples[begins]
    texts = (couples >> _RANK).astype(np.int64)
    scores = np.minimum(covered / np.maximum(widths[texts], 1), 1)
    good = (scores >= rule.least) & (sizes >= rule.matches)
    texts, couples, scores = texts[good], couples[good], scores[good]
    firsts = np.flatnonzero(_changes(texts))
    if not len(firsts):
        return Matches(texts, texts, scores)
    highest = np.maximum.reduceat(scores, firsts)
    is_best = scores == np.repeat(highest, np.diff(np.append(firsts, len(texts))))
    # The first of equal ones: couples are in order of rank.
    best = np.flatnonzero(is_best)
    best = best[_changes(texts[best])]
    return Matches(texts[best], (couples[best] & _RANKS).astype(np.int64), scores[best])


def widths(
    texts: Numbers, rows: Numbers, places: NDArray[np.uint16], size: int, gap: int
) -> Numbers:
    """Return how many words of each of `size` texts its rows cover.

    Words of rows that are left out, between two that are there, are no part of the text.
    """
    packed = (texts.astype(np.uint64) << _PLACE) | places
    begins = np.flatnonzero(_changes(texts))
    found = np.zeros(size, np.int64)
    if len(begins):
        apart = np.diff(rows, prepend=-1) != 1
        found[texts[begins]] = _covered(packed, begins, gap, apart)
    return found


def _covered(packed: Packed, begins: Numbers, gap: int, apart: Marks | None = None) -> Numbers:
    """Return how many words the matches of each couple cover.

    Words between two matches count as covered up to `gap`, unless the second is
    marked as `apart`; a match covers its width.
    """
    if not len(begins):
        return begins
    places = (packed & _PLACES).astype(np.int64)
    steps = np.diff(places, prepend=0)
    steps[begins] = WIDTH
    steps[steps > gap] = WIDTH
    if apart is not None:
        steps[apart] = WIDTH
    found: Numbers = np.add.reduceat(steps, begins)
    return found


def _changes(values: NDArray[np.integer[Any]]) -> Marks:
    """Mark where a new value begins."""
    return np.concatenate(([True], values[1:] != values[:-1]))[: len(values)]

"""How much of a text another covers, and which other covers most of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from builder.articles.duplicates.shingle import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from builder.articles.duplicates.segment import Marks, Numbers, Places, Rows, Small

NOBODY = -1
_PLACE = 16


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


class Matches(NamedTuple):
    """Of texts, by number, others that cover a share of them; a text may be there often."""

    texts: Numbers
    others: Numbers
    scores: NDArray[np.float64]

    def where(self, marks: Marks) -> Matches:
        """Return the marked matches."""
        return Matches(self.texts[marks], self.others[marks], self.scores[marks])


class Links:
    """For each text its best match on one side, or NOBODY, and the share that is covered."""

    COLUMNS = ("best", "scores")

    def __init__(self) -> None:
        self.best: Small = np.empty(0, np.int32)
        self.scores: NDArray[np.float64] = np.empty(0, np.float64)

    def grow(self, size: int) -> None:
        """Add texts without a match."""
        self.best = np.concatenate((self.best, np.full(size, NOBODY, np.int32)))
        self.scores = np.concatenate((self.scores, np.zeros(size)))

    def forget(self, texts: Numbers) -> None:
        """Take the matches of texts back."""
        self.best[texts], self.scores[texts] = NOBODY, 0

    def offer(self, found: Matches, ranks: Numbers) -> None:
        """Give each text the best of its matches, unless the one it has is better.

        Of matches with equal shares the first by `ranks` is better.
        """
        order = np.lexsort((ranks[found.others], -found.scores, found.texts))
        texts, others, scores = found.where(order[_changes(found.texts[order])])
        old, held = self.best[texts], self.scores[texts]
        sooner = (scores == held) & (ranks[others] < ranks[old])
        better = (old == NOBODY) | (scores > held) | sooner
        self.best[texts[better]] = others[better]
        self.scores[texts[better]] = scores[better]


class Covered(NamedTuple):
    """Row and column of a table of places, and how many words its places cover."""

    rows: Numbers
    columns: Numbers
    words: Numbers


def cover(shared: csr_array, rule: Rule) -> Covered:
    """Return how many words are covered by what two texts share, if that is enough to match.

    The cell of a table for two texts has the places, in one of them, of every
    shingle they share. It is turned by columns: that counts, and sorts nothing.
    """
    turned = shared.tocsc()
    places, size = turned.data, len(turned.data)
    is_first = _changes(turned.indices)
    first = turned.indptr[:-1]
    is_first[first[first < size]] = True
    begins = np.flatnonzero(is_first)
    sizes = np.diff(begins, append=size)
    if np.any((places[1:] < places[:-1]) & ~is_first[1:]):
        packed = np.repeat(np.arange(len(begins)) << _PLACE, sizes) | places
        packed.sort(kind="stable")  # which is fast where nearly all is in order
        places = packed.astype(np.uint16)
    words = _covered(places, begins, rule.gap)
    enough = np.flatnonzero(sizes >= rule.matches)
    begins = begins[enough]
    columns = np.searchsorted(turned.indptr, begins, side="right") - 1
    return Covered(turned.indices[begins], columns, words[enough])


def widths(rows: Rows, counted: Marks, gap: int) -> Numbers:
    """Return how many words of each text its counted rows cover.

    Words of rows that do not count, between two that do, are no part of the text.
    """
    apart = np.diff(np.flatnonzero(counted), prepend=-2) != 1
    return words(rows.where(counted), gap, apart)


def words(rows: Rows, gap: int, apart: Marks | None = None) -> Numbers:
    """Return how many words of each text its rows cover, none of those before one that is apart."""
    some = np.flatnonzero(np.diff(rows.bounds))
    found = np.zeros(len(rows.bounds) - 1, np.int64)
    found[some] = _covered(rows.places, rows.bounds[some], gap, apart)
    return found


def near(rows: Rows, lost: Marks, gap: int) -> Rows:
    """Return the rows of keys that are lost, and those within the gap of one in the same text.

    Elsewhere texts cover as many words without these keys as they did with them.
    """
    texts = np.repeat(np.arange(len(rows.bounds) - 1), np.diff(rows.bounds))
    at = texts * (2 * 2**_PLACE + gap) + rows.places
    middles = at[lost[rows.keys]]
    inside = np.zeros(len(at) + 1, np.int32)
    np.add.at(inside, np.searchsorted(at, middles - gap), 1)
    np.subtract.at(inside, np.searchsorted(at, middles + gap, side="right"), 1)
    return rows.where(np.cumsum(inside[:-1]) > 0)


def _covered(
    places: Places, begins: NDArray[np.integer], gap: int, apart: Marks | None = None
) -> Numbers:
    """Return how many words the matches cover of which one group after the other begins.

    Words between two matches count as covered up to `gap`, unless the second is
    marked as `apart`; a match covers its width.
    """
    if not len(begins):
        return np.empty(0, np.int64)
    steps = np.empty_like(places)
    np.subtract(places[1:], places[:-1], out=steps[1:])
    steps[begins] = WIDTH
    steps[steps > gap] = WIDTH
    if apart is not None:
        steps[apart] = WIDTH
    found: Numbers = np.add.reduceat(steps, begins, dtype=np.int64)
    return found


def _changes(values: NDArray[np.integer]) -> Marks:
    """Mark where a new value begins."""
    return np.concatenate(([True], values[1:] != values[:-1]))[: len(values)]

"""Krippendorff's alpha for unitizing: agreement on where units lie, corrected for chance.

Source: Krippendorff, Content Analysis (2nd edition, 2004), the part of chapter
11 on unitizing; "Measuring the Reliability of Qualitative Text Analysis Data"
(Quality and Quantity 38, 2004, 787-800) has a computational example in its
appendix. It is used for two observers at a time only: for more, Krippendorff,
Mathet, Bouvry and Widlöcher (Quality & Quantity, 2016) found that it does not
behave as expected. Two overlapping units disagree by the squares of both
displacements, a unit that lies in another's gap by the square of its length.
Distances are in characters. Several documents are one continuum in which no
unit and no gap crosses from one into the next.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def _integers() -> array[int]:
    return array("l")


@dataclass(frozen=True, slots=True)
class Continuum:
    """One text and the units of each of its observers, by category.

    Every observer has one mapping, empty when they found nothing.
    """

    length: int
    observers: tuple[dict[str, list[Span]], ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Observed and expected disagreement of one category."""

    observed: float
    expected: float

    @property
    def alpha(self) -> float | None:
        """One minus their ratio; None when nobody used the category."""
        return 1 - self.observed / self.expected if self.expected else None


def unitizing_alpha(disagreements: Iterable[Disagreement]) -> float | None:
    """Return the alpha of several categories together: disagreements are summed first."""
    found = list(disagreements)
    observed, expected = sum(d.observed for d in found), sum(d.expected for d in found)
    return Disagreement(observed, expected).alpha


@dataclass(slots=True)
class _Category:
    """What is known of one category: sums, lengths, and the length of the texts that have it."""

    observed: float = 0.0
    units: array[int] = field(default_factory=_integers)
    gaps: array[int] = field(default_factory=_integers)
    texts: array[int] = field(default_factory=_integers)


@dataclass(slots=True)
class Unitizing:
    """The same observers on one text after the other; only lengths are kept of each text.

    `marked` counts their units, `length` the characters of all texts. Units of
    one observer and category that overlap count as one: the coefficient knows
    no overlap inside a category.
    """

    observers: int
    marked: int = 0
    length: int = 0
    texts: Counter[int] = field(default_factory=Counter)
    categories: dict[str, _Category] = field(default_factory=lambda: defaultdict(_Category))

    def add(self, continuum: Continuum) -> None:
        """Add one text; none may have other observers."""
        self.length += continuum.length
        self.texts[continuum.length] += 1
        self.marked += sum(len(spans) for own in continuum.observers for spans in own.values())
        for name in {name for observer in continuum.observers for name in observer}:
            category = self.categories[name]
            category.texts.append(continuum.length)
            own = [_joined(observer.get(name, ())) for observer in continuum.observers]
            between = [_gaps(found, continuum.length) for found in own]
            for i, first in enumerate(own):
                category.units.extend(map(len, first))
                category.gaps.extend(map(len, between[i]))
                for j, second in enumerate(own):
                    if i != j:
                        category.observed += _displacement(first, second)
                        category.observed += _lost(first, between[j]) + _lost(second, between[i])

    def disagreements(self) -> dict[str, Disagreement]:
        """Return the disagreement of each category."""
        return {name: self._disagreement(self.categories[name]) for name in sorted(self.categories)}

    def _disagreement(self, category: _Category) -> Disagreement:
        # A text without the category is one gap of each observer.
        empty = self.texts - Counter(category.texts)
        gaps = [*category.gaps, *self.observers * [each for each in empty.elements() if each]]
        pairs = self.observers * (self.observers - 1)
        observed = category.observed / (pairs * self.length**2)
        places = self.observers * self.length
        return Disagreement(observed, _expected(category.units, gaps, places, self.length))


def _displacement(first: Sequence[Span], second: Sequence[Span]) -> float:
    return float(
        sum(
            (a.start - b.start) ** 2 + (a.end - b.end) ** 2
            for a in first
            for b in second
            if a.overlaps(b)
        )
    )


def _lost(units: Sequence[Span], gaps: Sequence[Span]) -> float:
    return float(sum(len(unit) ** 2 for unit in units for gap in gaps if unit in gap))


def _expected(units: Sequence[int], gaps: list[int], places: int, length: int) -> float:
    """Return the disagreement of all ways to lay the same units over the same continuum."""
    if not units:
        return 0.0
    lengths = np.sort(np.array(units, dtype=np.float64))
    shifted = (len(units) - 1) / 3 * (2 * lengths**3 - 3 * lengths**2 + lengths)
    into_gaps = lengths**2 * _positions(lengths, gaps)
    alike = places * (places - 1) - float((lengths * (lengths - 1)).sum())
    return 2 / length * float((shifted + into_gaps).sum()) / alike


def _positions(lengths: Floats, gaps: list[int]) -> Floats:
    """Return, for each unit length, the number of places it has in all gaps that can hold it."""
    ordered = np.sort(np.array(gaps, dtype=np.float64))
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    first = np.searchsorted(ordered, lengths)
    number = len(ordered) - first
    positions: Floats = (sums[-1] - sums[first]) - number * (lengths - 1)
    return positions


def _joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _gaps(units: Sequence[Span], length: int) -> list[Span]:
    edges = [0, *(edge for unit in units for edge in (unit.start, unit.end)), length]
    gaps = (Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return [gap for gap in gaps if gap]

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

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


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


def category_disagreements(continua: Sequence[Continuum]) -> dict[str, Disagreement]:
    """Return the disagreement of each category; every continuum has the same number of observers.

    Units of one observer and category that overlap count as one: the
    coefficient knows no overlap inside a category.
    """
    names = sorted({name for c in continua for observer in c.observers for name in observer})
    return {name: _disagreement(continua, name) for name in names}


def _disagreement(continua: Sequence[Continuum], name: str) -> Disagreement:
    observers = len(continua[0].observers)
    length = sum(continuum.length for continuum in continua)
    observed = 0.0
    units: list[int] = []
    gaps: list[int] = []
    for continuum in continua:
        own = [_joined(observer.get(name, ())) for observer in continuum.observers]
        between = [_gaps(found, continuum.length) for found in own]
        for i, first in enumerate(own):
            units += map(len, first)
            gaps += map(len, between[i])
            for j, second in enumerate(own):
                if i != j:
                    observed += _displacement(first, second) + _lost(first, between[j])
                    observed += _lost(second, between[i])
    observed /= observers * (observers - 1) * length**2
    return Disagreement(observed, _expected(units, gaps, observers * length, length))


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


def _expected(units: list[int], gaps: list[int], places: int, length: int) -> float:
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

"""Krippendorff's alpha for nominal values, with missing data, as sums over documents.

Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011),
sections B and C. A unit on which m annotators gave a value contributes each
of its ordered pairs with weight 1 / (m - 1); a unit with one value none. Then

    alpha = 1 - D_o / D_e
    D_o = 1 - sum_c o_cc / n
    D_e = 1 - sum_c n_c (n_c - 1) / (n (n - 1))

where o_cc are the coincidences of equal values, n_c the values of category c
that have a partner, and n all of them. Only o = sum_c o_cc and the n_c are
needed, and both add up over documents, so an interval over documents costs a
sum, not a new count.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(slots=True)
class Coincidences:
    """Values that have a partner, by category, and how many agree; `units` had two or more."""

    agreed: float = 0.0
    values: Counter[str] = field(default_factory=Counter)
    units: int = 0

    def add(self, values: Sequence[str], times: int = 1) -> None:
        """Count one unit, or `times` units that look the same; one value alone counts nothing."""
        given = len(values)
        if given < 2:  # noqa: PLR2004 - a pair has two
            return
        counts = Counter(values)
        pairs = sum(number * (number - 1) for number in counts.values())
        self.agreed += times * pairs / (given - 1)
        for value, number in counts.items():
            self.values[value] += times * number
        self.units += times


def total(parts: Iterable[Coincidences]) -> Coincidences:
    """Return the coincidences of all parts together."""
    whole = Coincidences()
    for part in parts:
        whole.agreed += part.agreed
        whole.values.update(part.values)
        whole.units += part.units
    return whole


def alpha(coincidences: Coincidences) -> float | None:
    """Return Krippendorff's alpha; None without pairs, or when only one value was ever used.

    >>> found = Coincidences()
    >>> for pair in ("aa", "ab", "bb", "bb"):
    ...     found.add(list(pair))
    >>> round(alpha(found), 4)
    0.5333
    """
    categories = sorted(coincidences.values)
    found = float(alphas(np.array([row(coincidences, categories)]))[0])
    return None if np.isnan(found) else found


def row(coincidences: Coincidences, categories: Sequence[str]) -> list[float]:
    """Return the counts as numbers to be summed: agreement, then each category."""
    return [coincidences.agreed, *(float(coincidences.values[c]) for c in categories)]


def alphas(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the alpha of each row of sums, NaN where it is undefined."""
    agreed, counts = sums[:, 0], sums[:, 1:]
    number = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = 1 - agreed / number
        expected = 1 - same / (number * (number - 1))
        values: NDArray[np.float64] = np.where(expected > 0, 1 - observed / expected, np.nan)
    return values

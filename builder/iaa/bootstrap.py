"""Intervals over documents: what a number would have been with another draw of the same kind.

Documents are drawn with replacement, whole, because annotations inside one
document are not independent. Source: Efron and Tibshirani, An Introduction
to the Bootstrap (1993), the percentile interval of chapter 13.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

REPLICATES = 1000
SEED = 20261123
LEVEL = 95.0
BLOCK = 100
"""Replicates at a time: only a block is ever spread out in full precision."""


@dataclass(frozen=True)
class Bootstrap:
    """Draws of `documents` documents; the same seed draws the same."""

    documents: int
    replicates: int = REPLICATES
    seed: int = SEED

    def interval(
        self,
        places: Sequence[int],
        counts: Sequence[Sequence[float]],
        rate: Callable[[Floats], Floats],
    ) -> tuple[float, float] | None:
        """Return the 95 % interval of a rate of summed counts, None for under two documents.

        `places` are the documents that `counts` (one row each) belong to; all
        others count nothing. `rate` maps rows of sums to one value each, NaN
        where a draw leaves it undefined; such draws are left out.
        """
        if len(places) < 2 or not self.replicates:  # noqa: PLR2004 - one document has no spread
            return None
        columns = np.asarray(counts, dtype=np.float64)
        chosen = np.asarray(places)
        sums = [draws[:, chosen].astype(np.float64) @ columns for draws in self._draws]
        values = rate(np.concatenate(sums))
        known = values[~np.isnan(values)]
        if not len(known):
            return None
        tail = (100 - LEVEL) / 2
        low, high = np.percentile(known, [tail, 100 - tail]).tolist()
        return low, high

    @cached_property
    def _draws(self) -> list[NDArray[np.uint16]]:
        """How often each document is drawn, one row a replicate, in blocks."""
        generator = np.random.default_rng(self.seed)
        shares = np.full(self.documents, 1 / self.documents)
        return [
            generator.multinomial(self.documents, shares, size=size).astype(np.uint16)
            for size in _blocks(self.replicates)
        ]


def shares(sums: Floats) -> Floats:
    """Return the first count of each row over the second, NaN for none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = sums[:, 0] / sums[:, 1]
    return found


def _blocks(total: int) -> list[int]:
    return [min(BLOCK, total - start) for start in range(0, total, BLOCK)]

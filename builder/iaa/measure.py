"""A number and how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder import __version__
from builder.iaa.bootstrap import Bootstrap
from builder.iaa.tally import Counts


@dataclass(frozen=True, slots=True)
class Measure:
    """One agreement number.

    `group` is what it was broken down by and to, as in ("role", "Party"), or
    None for everything. `n` counts units (F1: of both annotators; alpha:
    values with a partner), `documents` those that have any. `signature` says
    how the number was made; two numbers compare only if theirs agree.
    """

    metric: str
    layer: str
    granularity: str | None
    group: tuple[str, str] | None
    value: float | None
    interval: tuple[float, float] | None
    n: int
    documents: int
    signature: str
    counts: Counts | None = None

    def facts(self) -> dict[str, Any]:
        """Return the number as plain values for JSON."""
        facts: dict[str, Any] = {
            "metric": self.metric,
            "layer": self.layer,
            "granularity": self.granularity,
            "group": dict([self.group]) if self.group else None,
            "value": self.value,
            "interval": list(self.interval) if self.interval else None,
            "n": self.n,
            "documents": self.documents,
        }
        if self.counts:
            facts |= {
                "marked": [self.counts.first, self.counts.second],
                "matched": [self.counts.matched_first, self.counts.matched_second],
                "precision": self.counts.precision,
                "recall": self.counts.recall,
            }
        return {**facts, "signature": self.signature}


@dataclass(frozen=True, slots=True)
class Setting:
    """What every signature names: the draws, and the input that the numbers are of."""

    bootstrap: Bootstrap
    source: Mapping[str, str]

    @property
    def draws(self) -> str:
        """Replicates and seed, as a signature has them."""
        return f"{self.bootstrap.replicates}@{self.bootstrap.seed}"


def signature(metric: str, layer: str, **facts: object) -> str:
    """Name everything that a number depends on, in one line without blanks.

    >>> signature("f1", "role", match="edge", documents=9).partition("|builder:")[0]
    'f1|layer:role|match:edge|documents:9'
    """
    given = [f"{name}:{value}" for name, value in facts.items() if value is not None]
    return "|".join([metric, f"layer:{layer}", *given, f"builder:{__version__}"])

"""Counts of marked and matched units, by everything they can be broken down by.

Counts are kept per document and pair of annotators; rates are computed once,
from their sums, so that a document with many units weighs more than one with
few (micro average).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.iaa.marks import Mark


@dataclass(slots=True)
class Counts:
    """How many units the first and the second annotator marked, and how many were matched.

    Both sides' matched units are kept, because inside a group they can differ:
    an event that one calls Meeting and the other Statement is an unmatched
    unit of either group, and a matched one of both on the trigger layer.
    """

    first: int = 0
    second: int = 0
    matched_first: int = 0
    matched_second: int = 0

    def add(self, other: Counts) -> None:
        """Add another count to this one."""
        self.first += other.first
        self.second += other.second
        self.matched_first += other.matched_first
        self.matched_second += other.matched_second

    @property
    def units(self) -> int:
        """All units of both."""
        return self.first + self.second

    @property
    def matched(self) -> int:
        """All matched units of both."""
        return self.matched_first + self.matched_second

    @property
    def f1(self) -> float | None:
        """Matched units over all units, None without any.

        It is 2PR / (P + R), and one minus the share of units that only one of
        the two marked (the Dice coefficient).
        """
        return self.matched / self.units if self.units else None

    @property
    def recall(self) -> float | None:
        """Share of the first annotator's units that the second has."""
        return self.matched_first / self.first if self.first else None

    @property
    def precision(self) -> float | None:
        """Share of the second annotator's units that the first has."""
        return self.matched_second / self.second if self.second else None


Cell = tuple[str, str, str]
"""Layer, event type, and the name of role, attribute, link or flag."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one pair of answers on one document, at each granularity.

    `week` is the ISO week of the later answer, `source` the document's
    publisher, `shown` whether suggestions were shown: blind, assisted, or mixed.
    """

    doc_id: str
    annotators: tuple[str, str]
    week: str
    source: str
    shown: str
    cells: dict[Cell, tuple[Counts, Counts, Counts]]


def count(marked: Iterable[Mark]) -> dict[Cell, tuple[Counts, Counts, Counts]]:
    """Count marks by layer, event type and name, at each granularity."""
    cells: dict[Cell, tuple[Counts, Counts, Counts]] = defaultdict(
        lambda: (Counts(), Counts(), Counts())
    )
    for mark in marked:
        cell = cells[mark.layer, mark.event_type, mark.name]
        for counts, matched in zip(cell, mark.match, strict=True):
            _mark(counts, mark.side, matched=matched)
    return dict(cells)


def _mark(counts: Counts, side: int, *, matched: bool) -> None:
    if side == 0:
        counts.first += 1
        counts.matched_first += matched
    else:
        counts.second += 1
        counts.matched_second += matched

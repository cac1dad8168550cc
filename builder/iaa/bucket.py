"""What a count belongs to: a layer, a granularity, and everything it is broken down by.

A number is a sum over documents, and its interval needs what each document
adds. Three integers a document are kept for that, whatever the documents hold.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.iaa.tally import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.iaa.tally import Tally

Group = tuple[str, str]
Bucket = tuple[str, int, Group | None]
"""Layer, place of the granularity, and group; None for everything."""

BREAKDOWNS = ("event type", "role", "attribute", "annotators", "week", "source", "shown", "flag")


def _integers() -> array[int]:
    return array("l")


@dataclass(slots=True)
class Column:
    """One bucket's counts: their sum, and the matched and all units of each document in it."""

    whole: Counts = field(default_factory=Counts)
    places: array[int] = field(default_factory=_integers)
    matched: array[int] = field(default_factory=_integers)
    units: array[int] = field(default_factory=_integers)

    def add(self, place: int, counts: Counts) -> None:
        """Add what one document counts, once."""
        self.whole.add(counts)
        self.places.append(place)
        self.matched.append(counts.matched)
        self.units.append(counts.units)


def buckets(tallies: Iterable[Tally]) -> dict[Bucket, Counts]:
    """Return the counts of one document's pairs of annotators, summed by bucket."""
    found: dict[Bucket, Counts] = defaultdict(Counts)
    for tally in tallies:
        layers: dict[tuple[str, int], Counts] = defaultdict(Counts)
        for (layer, event_type, name), cell in tally.cells.items():
            groups = list(_cell_groups(layer, event_type, name))
            for granularity, counts in enumerate(cell):
                layers[layer, granularity].add(counts)
                for group in groups:
                    found[layer, granularity, group].add(counts)
        for (layer, granularity), counts in layers.items():
            for whole in (None, *_tally_groups(tally)):
                found[layer, granularity, whole].add(counts)
    return found


def _cell_groups(layer: str, event_type: str, name: str) -> Iterator[Group]:
    if event_type:
        yield "event type", event_type
    if layer in {"argument", "role"}:
        yield "role", name
    if layer == "attribute":
        yield "attribute", name
    if layer == "flag":
        yield "flag", name


def _tally_groups(tally: Tally) -> Iterator[Group]:
    yield "annotators", " - ".join(tally.annotators)
    yield "week", tally.week
    yield "source", tally.source
    yield "shown", tally.shown

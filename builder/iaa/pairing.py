"""Two annotators' answers on one document, laid side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.align import Cluster, align_arguments, align_events
from builder.event import Annotation, Argument, Event
from builder.iaa.granularity import NO_MATCH, Match, extent, same

if TYPE_CHECKING:
    from collections.abc import Iterator


SIDES = ("first", "second")


@dataclass(frozen=True, slots=True)
class ArgumentPair:
    """An argument as both gave it, None where one did not; `match` is of their extents."""

    first: Argument | None
    second: Argument | None
    match: Match

    @property
    def same_role(self) -> bool:
        """Whether both gave it, in the same role."""
        return bool(self.first and self.second and self.first.role == self.second.role)


@dataclass(frozen=True, slots=True)
class EventPair:
    """An event as both saw it, None where one did not; `match` is of the triggers."""

    first: Event | None
    second: Event | None
    match: Match
    arguments: tuple[ArgumentPair, ...]

    @property
    def same_type(self) -> bool:
        """Whether both saw it and gave it the same type."""
        return bool(self.first and self.second and self.first.type == self.second.type)

    def sides(self) -> Iterator[tuple[int, Event]]:
        """Yield the side and event of each who saw it."""
        for side, event in enumerate((self.first, self.second)):
            if event is not None:
                yield side, event


@dataclass(frozen=True, slots=True)
class Pairing:
    """The events of two answers on one document, each exactly once."""

    first: Annotation
    second: Annotation
    events: tuple[EventPair, ...]


def pair_answers(first: Annotation, second: Annotation, text: str) -> Pairing:
    """Lay two answers on the same document side by side, in text order."""
    clusters = align_events(dict(zip(SIDES, (first.events, second.events), strict=True)))
    pairs = (_event_pair(cluster, text) for cluster in clusters)
    return Pairing(first, second, tuple(pairs))


def _event_pair(cluster: Cluster[Event], text: str) -> EventPair:
    first, second = map(cluster.get, SIDES)
    match = NO_MATCH
    if first and second:
        match = same(extent([first.trigger], text), extent([second.trigger], text))
    clusters = align_arguments({side: event.arguments for side, event in cluster.items()})
    arguments = (_argument_pair(arguments, text) for arguments in clusters)
    return EventPair(first, second, match, tuple(arguments))


def _argument_pair(cluster: Cluster[Argument], text: str) -> ArgumentPair:
    first, second = map(cluster.get, SIDES)
    match = NO_MATCH
    if first and second:
        match = same(extent(first.parts, text), extent(second.parts, text))
    return ArgumentPair(first, second, match)

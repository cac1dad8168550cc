"""Every unit that two annotators marked, layer by layer, and whether the other has it too.

A layer is a list of units on each side. An event is a unit of the layers
trigger, type and event; each argument is one of argument and role. Agreement
on a layer is nothing but the share of matched units, so the layers nest:
whatever lowers `trigger` lowers `type`, and whatever lowers `role` lowers `event`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from builder.iaa.granularity import MATCH, NO_MATCH, Match, both

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.event import Event
    from builder.iaa.pairing import EventPair, Pairing
    from builder.schema import Schema

LAYERS = {
    "trigger": "an event's trigger",
    "type": "an event's trigger and type",
    "argument": "an argument's extent, of an event both saw",
    "role": "an argument's extent and role, of an event of the same type",
    "event": "an event's trigger, type, and every argument with extent and role",
    "attribute": "an attribute's value, of an event with the same trigger and type",
    "link": "a named link between two events",
    "coreference": "two mentions of one event",
    "flag": "a label of the whole document",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One unit that one of two annotators marked.

    `side` is 0 or 1. `name` is the role, attribute, link or flag; the empty
    string on layers without one. `match` says whether the other has it too.
    """

    layer: str
    side: int
    event_type: str
    name: str
    match: Match


def marks(pairing: Pairing, schema: Schema | None) -> Iterator[Mark]:
    """Yield all units of both sides; without a schema there are no attributes."""
    for pair in pairing.events:
        yield from _event_marks(pair)
        yield from _argument_marks(pair)
        yield from _attribute_marks(pair, schema)
    yield from _relation_marks(pairing)
    yield from _flag_marks(pairing)


def attributes(event: Event, schema: Schema | None) -> dict[str, str]:
    """Return every attribute of an event; one that nobody touched has its default."""
    if schema is None:
        return {}
    chosen = event.attributes or {}
    known = schema.attributes(event.type)
    return {name: chosen.get(name, attribute.default) for name, attribute in known.items()}


def relations(pairing: Pairing, side: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield one side's links and coreferences: layer, name, and the two places in the pairing.

    Coreference is between every two mentions of one event; a link to an event
    that is not among the answer's own is not a unit.
    """
    own = [
        (place, event)
        for place, pair in enumerate(pairing.events)
        for seen, event in pair.sides()
        if seen == side
    ]
    place_of = {event.event_id: place for place, event in own}
    mentions: dict[str, list[int]] = defaultdict(list)
    for place, event in own:
        if event.cluster is not None:
            mentions[event.cluster].append(place)
        for link in event.links:
            if link.target in place_of:
                yield "link", link.name, place, place_of[link.target]
    for places in mentions.values():
        for one, other in combinations(places, 2):
            yield "coreference", "", one, other


def _event_marks(pair: EventPair) -> Iterator[Mark]:
    typed = pair.match if pair.same_type else NO_MATCH
    whole = typed
    for argument in pair.arguments:
        whole = both(whole, argument.match) if argument.same_role else NO_MATCH
    for side, event in pair.sides():
        yield Mark("trigger", side, event.type, "", pair.match)
        yield Mark("type", side, event.type, "", typed)
        yield Mark("event", side, event.type, "", whole)


def _argument_marks(pair: EventPair) -> Iterator[Mark]:
    for argument in pair.arguments:
        role = argument.match if argument.same_role and pair.same_type else NO_MATCH
        for side, event in pair.sides():
            own = (argument.first, argument.second)[side]
            if own is not None:
                yield Mark("argument", side, event.type, own.role, argument.match)
                yield Mark("role", side, event.type, own.role, role)


def _attribute_marks(pair: EventPair, schema: Schema | None) -> Iterator[Mark]:
    values = {side: attributes(event, schema) for side, event in pair.sides()}
    for side, event in pair.sides():
        other = values.get(1 - side, {})
        for name, value in values[side].items():
            agreed = pair.same_type and other.get(name) == value
            yield Mark("attribute", side, event.type, name, pair.match if agreed else NO_MATCH)


def _relation_marks(pairing: Pairing) -> Iterator[Mark]:
    drawn = [set(relations(pairing, side)) for side in (0, 1)]
    for side in (0, 1):
        for relation in sorted(drawn[side]):
            layer, name, one, other = relation
            ends = both(pairing.events[one].match, pairing.events[other].match)
            event = (pairing.events[one].first, pairing.events[one].second)[side]
            kind = event.type if event else ""
            match = ends if relation in drawn[1 - side] else NO_MATCH
            yield Mark(layer, side, kind, name, match)


def _flag_marks(pairing: Pairing) -> Iterator[Mark]:
    given = [set(pairing.first.flags), set(pairing.second.flags)]
    for side in (0, 1):
        for flag in sorted(given[side]):
            yield Mark("flag", side, "", flag, MATCH if flag in given[1 - side] else NO_MATCH)

"""Where each element of the annotators' answers went: gold, a conflict, or a rule that left it out.

A check on the merge that knows nothing of how it decides: it only reads the
answers and what came out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.labelstudio.controls import NOT_AN_ARTICLE
from builder.merge.consensus import FINISHED
from builder.merge.element import (
    argument_name,
    attribute_name,
    elements,
    flag_name,
    link_name,
    refuses,
    same_name,
    trigger_name,
    type_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.event import Annotation, Event, GoldDocument, GoldEvent

GOLD = "gold"
CONFLICT = "conflict"


def account(annotations: Sequence[Annotation], gold: GoldDocument) -> dict[str, str]:
    """Return the fate of each element by its name: gold, conflict, or `rejected: rule`.

    An element of an event that is not in the gold, or is there with another
    type, shares that event's fate. Answers that did not vote have the state
    as their rule. An element without a fate is `lost`; there should be none.
    """
    fates = _fates(annotations, gold)
    found = {}
    for annotation in annotations:
        for event in annotation.events:
            fates.setdefault(event.event_id, _event_fate(event, fates))
        for name, owners in elements(annotation):
            if annotation.state not in FINISHED:
                found[name] = f"rejected: {annotation.state}"
            else:
                found[name] = fates.get(name) or _inherited(owners, fates)
    return found


def lost(annotations: Sequence[Annotation], gold: GoldDocument) -> list[str]:
    """Return the elements that nothing accounts for."""
    return sorted(name for name, fate in account(annotations, gold).items() if fate == "lost")


def _fates(annotations: Sequence[Annotation], gold: GoldDocument) -> dict[str, str]:
    finished = [a for a in annotations if a.state in FINISHED]
    fates: dict[str, str] = {}
    for rejection in gold.rejected:
        fates |= dict.fromkeys(rejection.said, f"rejected: {rejection.support.rule}")
    fates |= {name: CONFLICT for conflict in gold.conflicts for name in conflict.said}
    fates |= dict.fromkeys(_in_gold(finished, gold), GOLD)
    if gold.state == NOT_AN_ARTICLE:
        fates |= {flag_name(a, NOT_AN_ARTICLE): GOLD for a in finished if refuses(a)}
    if gold.state == "unfinished" and not gold.conflicts:
        # Nothing was decided here at all, so there were too few answers to begin.
        fates = {name: "rejected: quorum" for a in finished for name, _ in elements(a)} | fates
    for annotation in finished:
        for event in annotation.events:
            kept = fates.get(event.event_id) == GOLD
            outvoted = fates.get(type_name(event), GOLD)
            if kept and outvoted.startswith("rejected"):
                fates[_contents(event.event_id)] = outvoted
    return fates


def _event_fate(event: Event, fates: dict[str, str]) -> str:
    """Return what became of an event that is there for sure, by its type or its extent."""
    known = [fates.get(type_name(event), GOLD), fates.get(trigger_name(event), GOLD)]
    return next((fate for fate in (CONFLICT, *known) if fate in known and fate != GOLD), "lost")


def _inherited(owners: Sequence[str], fates: dict[str, str]) -> str:
    for owner in owners:
        own = fates.get(_contents(owner)) or fates.get(owner, "lost")
        if own != GOLD:
            return own
    return "lost"


def _contents(event_id: str) -> str:
    """Name what an event holds, which falls with its type although the event stays."""
    return f"{event_id} contents"


def _in_gold(annotations: Sequence[Annotation], gold: GoldDocument) -> Iterator[str]:
    merged = {source: event for event in gold.events for source in event.sources}
    for annotation in annotations:
        for event in annotation.events:
            if event.event_id in merged:
                yield from _kept(annotation, event, merged[event.event_id], merged)


def _kept(
    annotation: Annotation, event: Event, kept: GoldEvent, merged: dict[str, GoldEvent]
) -> Iterator[str]:
    yield event.event_id
    if event.trigger == kept.trigger:
        yield trigger_name(event)
    if event.type == kept.type:
        yield type_name(event)
        yield from _kept_values(annotation.annotation_id, event, kept)
        yield from _kept_relations(annotation, event, kept, merged)


def _kept_values(who: str, event: Event, kept: GoldEvent) -> Iterator[str]:
    backed = {(a.role, a.parts) for a in kept.arguments if who in a.support.annotations}
    for argument in event.arguments:
        if (argument.role, argument.parts) in backed:
            yield argument_name(event, argument)
    values = {a.name: a.value for a in kept.attributes if who in a.support.annotations}
    for name, value in (event.attributes or {}).items():
        if values.get(name) == value:
            yield attribute_name(event, name)


def _kept_relations(
    annotation: Annotation, event: Event, kept: GoldEvent, merged: dict[str, GoldEvent]
) -> Iterator[str]:
    who = annotation.annotation_id
    links = {(x.name, x.target) for x in kept.links if who in x.support.annotations}
    for link in event.links:
        target = merged.get(link.target)
        if target and (link.name, target.event_id) in links:
            yield link_name(event, link.name, link.target)
    for other in annotation.events:
        one = merged.get(other.event_id)
        same = other is not event and event.cluster and event.cluster == other.cluster
        if same and one and kept.cluster and one.cluster == kept.cluster:
            yield same_name(event, other)

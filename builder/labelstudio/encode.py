"""Events as Label Studio result items; `decode` reads them back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from builder.document import Span
from builder.labelstudio.controls import EVENT, FLAGS, NOTE, ROLE, TEXT, attribute_control

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.event import Argument, Event
    from builder.schema import Schema

Item = dict[str, Any]


def result(
    events: Sequence[Event],
    text: str,
    schema: Schema,
    *,
    flags: Iterable[str] = (),
    note: str | None = None,
) -> list[Item]:
    """Return the result items that say exactly these events.

    Region ids depend on the content only, so the same suggestion keeps its ids
    and what became of each can be read back. An implied argument gets a span
    and no arrow.
    """
    items: list[Item] = []
    ids = {event.event_id: _region_id("t", event.type, event.trigger) for event in events}
    for event in events:
        items += _event_items(event, ids[event.event_id], text, schema)
    groups = _groups(events, schema)
    for group in groups:
        items += _group_items(group, text)
    items += [_arrow(ids[e], g.regions[0]) for g in groups for e in g.arrows]
    items += _event_arrows(events, ids)
    items += _document_items(list(flags), note)
    return items


@dataclass(slots=True)
class _Group:
    """The regions of one mention; several events may point to the same ones."""

    parts: tuple[Span, ...]
    roles: list[str]
    number: int
    owners: dict[str, set[str]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    arrows: list[str] = field(default_factory=list)

    @property
    def regions(self) -> list[str]:
        name = f"{self.number} {self.parts}"
        return [_region_id("a", name, part) for part in self.parts]


def _groups(events: Sequence[Event], schema: Schema) -> list[_Group]:
    """Let events share a mention's regions where each still reads only its own roles."""
    groups: list[_Group] = []
    for event in events:
        for parts, implied in dict.fromkeys((a.parts, a.implied) for a in event.arguments):
            roles = _roles(event.arguments, parts, implied=implied)
            group = _fitting(groups, event, parts, roles, schema, implied=implied)
            if group is None:
                group = _Group(parts, [], sum(g.parts == parts for g in groups))
                groups.append(group)
            group.roles += [role for role in roles if role not in group.roles]
            group.owners[event.event_id] = set(roles)
            group.types[event.event_id] = event.type
            if not implied:
                group.arrows.append(event.event_id)
    return groups


def _roles(arguments: tuple[Argument, ...], parts: tuple[Span, ...], *, implied: bool) -> list[str]:
    return [a.role for a in arguments if a.parts == parts and a.implied == implied]


def _fitting(
    groups: list[_Group],
    event: Event,
    parts: tuple[Span, ...],
    roles: list[str],
    schema: Schema,
    *,
    implied: bool,
) -> _Group | None:
    if implied or len(parts) > 1:
        return None
    for group in groups:
        if group.parts != parts or event.event_id in group.owners or not group.arrows:
            continue
        together = {*group.roles, *roles}
        owners = {**group.owners, event.event_id: set(roles)}
        types = {**group.types, event.event_id: event.type}
        if all(
            together & schema.event_types[types[owner]].roles.keys() == own
            for owner, own in owners.items()
        ):
            return group
    return None


def _event_items(event: Event, region: str, text: str, schema: Schema) -> list[Item]:
    items = [_region(region, EVENT, event.trigger, [event.type], text)]
    for name, value in (event.attributes or {}).items():
        control = attribute_control(schema, event.type, name)
        items.append(
            {
                "id": region,
                "from_name": control,
                "to_name": TEXT,
                "type": "choices",
                "value": {**_place(event.trigger, text), "choices": [value]},
            }
        )
    return items


def _group_items(group: _Group, text: str) -> list[Item]:
    regions = group.regions
    spans = [
        _region(region, ROLE, part, group.roles, text)
        for region, part in zip(regions, group.parts, strict=True)
    ]
    return spans + [_arrow(first, second) for first, second in pairwise(regions)]


def _event_arrows(events: Sequence[Event], ids: dict[str, str]) -> list[Item]:
    arrows = [
        _arrow(ids[event.event_id], ids[link.target]) for event in events for link in event.links
    ]
    clusters: dict[str, list[str]] = {}
    for event in events:
        if event.cluster:
            clusters.setdefault(event.cluster, []).append(ids[event.event_id])
    for members in clusters.values():
        arrows += [_arrow(first, second) for first, second in pairwise(members)]
    return arrows


def _document_items(flags: list[str], note: str | None) -> list[Item]:
    items: list[Item] = []
    if flags:
        items.append(_whole("flags", FLAGS, "choices", {"choices": flags}))
    if note:
        items.append(_whole("note", NOTE, "textarea", {"text": [note]}))
    return items


def _whole(name: str, control: str, kind: str, value: dict[str, Any]) -> Item:
    return {"id": name, "from_name": control, "to_name": TEXT, "type": kind, "value": value}


def _region(region: str, control: str, span: Span, labels: list[str], text: str) -> Item:
    return {
        "id": region,
        "from_name": control,
        "to_name": TEXT,
        "type": "labels",
        "value": {**_place(span, text), "labels": labels},
    }


def _place(span: Span, text: str) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def _arrow(source: str, target: str) -> Item:
    return {"type": "relation", "from_id": source, "to_id": target, "direction": "right"}


def _region_id(prefix: str, name: str, span: Span) -> str:
    digest = hashlib.sha256(f"{name} {span.start} {span.end}".encode()).hexdigest()
    return prefix + digest[:9]

"""The card's chapter on the schema: types, roles, attributes and links with their counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from builder.release.markdown import code, sections, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.event import GoldEvent
    from builder.release.contents import Contents
    from builder.schema import EventType, Role, Schema


def ontology(schema: Schema, contents: Contents) -> str:
    """Return the tables of every event type; counts are over all splits."""
    events = list(contents.events())
    return sections(
        "## Schema",
        "Definitions as the annotators had them; the files with all examples are in `schema/`. "
        "Counts are over all splits.",
        *(
            _event_type(event_type, schema, [e for e in events if e.type == name])
            for name, event_type in schema.event_types.items()
        ),
    )


def _event_type(event_type: EventType, schema: Schema, events: Sequence[GoldEvent]) -> str:
    return sections(
        f"### {event_type.name}",
        event_type.definition,
        f"Config `{event_type.plural}`, schema version {event_type.version}, "
        f"events: {len(events):,}.",
        _roles(event_type, events),
        _attributes(event_type, schema, events),
        _links(event_type, events),
    )


def _roles(event_type: EventType, events: Sequence[GoldEvent]) -> str:
    counts = Counter(argument.role for event in events for argument in event.arguments)
    rows = [
        [code(role.name), _number(role), ", ".join(role.mentions), role.definition, counts[name]]
        for name, role in event_type.roles.items()
    ]
    return table(["role", "count", "mentions", "definition", "# n"], rows)


def _number(role: Role) -> str:
    many = " (in parts)" if role.many_parts else ""
    return f"{role.minimum}..{'n' if role.maximum is None else role.maximum}{many}"


def _attributes(event_type: EventType, schema: Schema, events: Sequence[GoldEvent]) -> str:
    rows: list[list[object]] = []
    for name, attribute in schema.attributes(event_type.name).items():
        chosen = [{a.name: a.value for a in event.attributes} for event in events]
        counts = Counter(values.get(name, attribute.default) for values in chosen)
        for value, definition in attribute.values.items():
            default = " (default)" if value == attribute.default else ""
            rows.append([code(name), f"{code(value)}{default}", definition, counts[value]])
        if counts[None]:
            rows.append([code(name), "null", "the annotators' votes are tied", counts[None]])
    return table(["attribute", "value", "definition", "# events"], rows) if rows else ""


def _links(event_type: EventType, events: Sequence[GoldEvent]) -> str:
    counts = Counter(link.name for event in events for link in event.links)
    rows = [
        [code(name), ", ".join(link.targets), link.definition, counts[name]]
        for name, link in event_type.links.items()
    ]
    return table(["link", "leads to", "definition", "# n"], rows) if rows else ""

"""The card's chapter on the schema: types, roles, attributes and links with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.release.card.markdown import code, sections, table
from builder.release.splits.ledger import SPLITS

if TYPE_CHECKING:
    from builder.release.contents import Contents
    from builder.schema import EventType, Role, Schema


def ontology(schema: Schema, contents: Contents) -> str:
    """Return the tables of every event type; counts are over all splits."""
    return sections(
        "## Schema",
        "Definitions as the annotators had them; the files with all examples are in `schema/`. "
        "Counts are over all splits.",
        *(_event_type(event_type, schema, contents) for event_type in schema.event_types.values()),
    )


def _event_type(event_type: EventType, schema: Schema, held: Contents) -> str:
    return sections(
        f"### {event_type.name}",
        event_type.definition,
        f"Config `{event_type.plural}`, schema version {event_type.version}, "
        f"events: {held.types()[event_type.name]:,}.",
        _roles(event_type, held),
        _attributes(event_type, schema, held),
        _links(event_type, held),
    )


def _roles(event_type: EventType, held: Contents) -> str:
    counts = {
        name: sum(held.roles[event_type.name, name, split] for split in SPLITS)
        for name in event_type.roles
    }
    rows = [
        [code(role.name), _number(role), ", ".join(role.mentions), role.definition, counts[name]]
        for name, role in event_type.roles.items()
    ]
    return table(["role", "count", "mentions", "definition", "# n"], rows)


def _number(role: Role) -> str:
    many = " (in parts)" if role.many_parts else ""
    return f"{role.minimum}..{'n' if role.maximum is None else role.maximum}{many}"


def _attributes(event_type: EventType, schema: Schema, held: Contents) -> str:
    rows: list[list[object]] = []
    for name, attribute in schema.attributes(event_type.name).items():
        counts = {v: held.values[event_type.name, name, v] for v in (*attribute.values, None)}
        # What nobody chose has its default.
        counts[attribute.default] += held.types()[event_type.name] - sum(counts.values())
        for value, definition in attribute.values.items():
            default = " (default)" if value == attribute.default else ""
            rows.append([code(name), f"{code(value)}{default}", definition, counts[value]])
        if counts[None]:
            rows.append([code(name), "null", "the annotators' votes are tied", counts[None]])
    return table(["attribute", "value", "definition", "# events"], rows) if rows else ""


def _links(event_type: EventType, held: Contents) -> str:
    rows = [
        [code(name), ", ".join(link.targets), link.definition, held.links[event_type.name, name]]
        for name, link in event_type.links.items()
    ]
    return table(["link", "leads to", "definition", "# n"], rows) if rows else ""

"""`builder schema`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from rich.table import Table

    from builder.schema import Attribute, EventType, Schema


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(schema)


def schema(
    project: ProjectOption = Path(),
    guidelines: Annotated[
        Path | None,
        typer.Option(help="Write the guidelines for annotators as an HTML page.", dir_okay=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the schemas; show types, roles and attributes.

    Every defect of every file is reported at once, with file and line.

    Example: `builder schema --guidelines build/guidelines.html`
    """
    from builder.config import load_project
    from builder.files import write_text
    from builder.guidelines import guideline_page
    from builder.schema import load_schema

    loaded = load_schema(load_project(project).schemas)
    if guidelines:
        write_text(guidelines, guideline_page(loaded))
        talk().print(f"wrote the guidelines to {guidelines}", markup=False, soft_wrap=True)
    if as_json:
        show_json(_summary(loaded))
    else:
        page().print(_table(loaded), markup=False)


def _summary(loaded: Schema) -> dict[str, Any]:
    return {
        "version": loaded.version,
        "event_types": {t.name: _type_summary(loaded, t) for t in loaded.event_types.values()},
        "role_keys": loaded.role_keys(),
        "mention_types": loaded.shared.mention_types,
        "document_flags": loaded.shared.document_flags,
    }


def _type_summary(loaded: Schema, event_type: EventType) -> dict[str, Any]:
    return {
        "version": event_type.version,
        "plural": event_type.plural,
        "definition": event_type.definition,
        "roles": {
            role.name: {
                "count": role.count,
                "parts": "many" if role.many_parts else "one",
                "mentions": list(role.mentions),
            }
            for role in event_type.roles.values()
        },
        "attributes": {
            a.name: {"values": list(a.values), "default": a.default}
            for a in loaded.attributes(event_type.name).values()
        },
        "links": {link.name: list(link.targets) for link in event_type.links.values()},
        "examples": {
            "counts": len(event_type.counts),
            "does_not_count": len(event_type.does_not_count),
        },
    }


def _table(loaded: Schema) -> Table:
    from rich.table import Table

    table = Table(title=f"schema {loaded.version}", title_justify="left", show_lines=True)
    for heading in ("event type", "roles", "attributes, default *", "links"):
        table.add_column(heading, overflow="fold")
    for event_type in loaded.event_types.values():
        roles = (f"{role.name} {role.count}" for role in event_type.roles.values())
        attributes = (_values(a) for a in loaded.attributes(event_type.name).values())
        links = (f"{li.name} -> {', '.join(li.targets)}" for li in event_type.links.values())
        name = f"{event_type.name} {event_type.version}"
        table.add_row(name, "\n".join(roles), "\n".join(attributes), "\n".join(links))
    return table


def _values(attribute: Attribute) -> str:
    values = (f"{v}*" if v == attribute.default else v for v in attribute.values)
    return f"{attribute.name}: {' | '.join(values)}"

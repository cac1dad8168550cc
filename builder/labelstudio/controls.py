"""Names of the controls, shared by the configuration, the writer and the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.schema import Attribute, Schema

TEXT = "text"
EVENT = "event"
ROLE = "role"
FLAGS = "document_flags"
NOTE = "note"
NO_EVENT = "no_event"
NOT_AN_ARTICLE = "not_an_article"


def attribute_controls(schema: Schema) -> dict[str, tuple[str | None, Attribute]]:
    """Return each attribute control's name with its event type (None: every type).

    Two types may each have an attribute of the same name, so the type is part
    of the control's name.
    """
    own = {
        f"{event_type.name}_{name}": (event_type.name, attribute)
        for event_type in schema.event_types.values()
        for name, attribute in event_type.attributes.items()
    }
    shared = {f"every_{name}": (None, a) for name, a in schema.shared.attributes.items()}
    return {**own, **shared}


def attribute_control(schema: Schema, event_type: str, name: str) -> str:
    """Return the name of the control that holds this attribute of this type."""
    return f"every_{name}" if name in schema.shared.attributes else f"{event_type}_{name}"

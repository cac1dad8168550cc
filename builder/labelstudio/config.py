"""The labelling page, derived from the schema."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from builder.labelstudio.controls import EVENT, FLAGS, NOTE, ROLE, TEXT, attribute_controls
from builder.schema import FLAG_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.schema import Schema

# Okabe and Ito's palette keeps event types apart for colour-blind readers.
TYPE_COLOURS = ("#0072B2", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#E69F00", "#F0E442")
# Paul Tol's muted and light schemes, alternating so that neighbours differ in lightness too.
ROLE_COLOURS = (
    "#332288", "#77AADD", "#117733", "#EEDD88", "#882255", "#99DDFF", "#999933", "#FFAABB",
    "#44AA99", "#EE8866", "#AA4499", "#BBCC33", "#88CCEE", "#CC6677", "#DDCC77", "#AAAA00",
)  # fmt: skip
STYLE = """
.ev-bar { position: sticky; top: 0; z-index: 5; background: var(--color-neutral-background, #fff);
  padding: 4px 0; border-bottom: 1px solid #ccc; }
.ev-cols { display: flex; gap: 12px; }
.ev-text { flex: 1 1 auto; max-height: 64vh; overflow-y: auto; padding: 8px 12px;
  border: 1px solid #ccc; }
.ev-text * { line-height: 1.9; }
.ev-side { flex: 0 0 270px; max-height: 64vh; overflow-y: auto; }
.ev-side :is(h1, h2, h3, h4, h5, h6) { font-size: 13px; line-height: 1.3; margin: 8px 0 0; }
"""


def label_config(schema: Schema) -> str:
    """Return the Label Studio configuration of a schema, as XML.

    Event types and roles are two groups of labels over one text; attributes
    show only for the selected event; document flags take one key. Every
    control has a hotkey, and no two controls that show together share one.
    """
    view = ET.Element("View")
    ET.SubElement(view, "Style").text = STYLE
    bar = ET.SubElement(view, "View", className="ev-bar")
    _event_labels(bar, schema)
    _role_labels(bar, schema)
    columns = ET.SubElement(view, "View", className="ev-cols")
    text_box = ET.SubElement(columns, "View", className="ev-text")
    ET.SubElement(text_box, "Text", name=TEXT, value="$text", granularity="word")
    side = ET.SubElement(columns, "View", className="ev-side")
    _attributes(side, schema)
    _document(side, schema)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def _event_labels(parent: ET.Element, schema: Schema) -> None:
    labels = ET.SubElement(
        parent, "Labels", name=EVENT, toName=TEXT, showInline="true", choice="multiple"
    )
    colours = _free_colours(schema)
    for number, event_type in enumerate(schema.event_types.values(), start=1):
        colour = event_type.colour or next(colours)
        label = ET.SubElement(labels, "Label", value=event_type.name, background=colour)
        if number <= 9:  # noqa: PLR2004 - there are nine digit keys
            label.set("hotkey", str(number))


def _free_colours(schema: Schema) -> Iterator[str]:
    taken = {t.colour.lower() for t in schema.event_types.values() if t.colour}
    free = [colour for colour in TYPE_COLOURS if colour.lower() not in taken]
    yield from free
    while True:
        yield from TYPE_COLOURS


def _role_labels(parent: ET.Element, schema: Schema) -> None:
    labels = ET.SubElement(
        parent, "Labels", name=ROLE, toName=TEXT, showInline="true", choice="multiple"
    )
    keys = schema.role_keys()
    for number, role in enumerate(schema.roles()):
        colour = ROLE_COLOURS[number % len(ROLE_COLOURS)]
        label = ET.SubElement(labels, "Label", value=role, background=colour)
        if keys[role]:
            label.set("hotkey", keys[role])


def _attributes(parent: ET.Element, schema: Schema) -> None:
    shared_keys = _shifted(reversed(string.ascii_lowercase))
    own_keys = {name: _shifted(string.ascii_lowercase) for name in schema.event_types}
    for control, (owner, attribute) in attribute_controls(schema).items():
        # Only the selected event's attributes show, so types may share keys.
        when = {"whenTagName": EVENT} | ({"whenLabelValue": owner} if owner else {})
        box = ET.SubElement(parent, "View", {"visibleWhen": "region-selected", **when})
        untouched = f"{attribute.name} (if untouched: {attribute.default})"
        ET.SubElement(box, "Header", value=untouched, size="6")
        choices = ET.SubElement(
            box, "Choices", when, name=control, toName=TEXT, perRegion="true",
            choice="single-radio", showInline="true",
        )  # fmt: skip
        keys = own_keys[owner] if owner else shared_keys
        for value, definition in attribute.values.items():
            choice = ET.SubElement(choices, "Choice", value=value, hint=definition)
            key = next(keys, None)
            if key:
                choice.set("hotkey", key)


def _shifted(letters: Iterable[str]) -> Iterator[str]:
    return (f"shift+{letter}" for letter in letters)


def _document(parent: ET.Element, schema: Schema) -> None:
    ET.SubElement(parent, "Header", value="Whole article", size="5")
    flags = ET.SubElement(parent, "Choices", name=FLAGS, toName=TEXT, choice="multiple")
    for number, (flag, definition) in enumerate(schema.shared.document_flags.items()):
        choice = ET.SubElement(flags, "Choice", value=flag, hint=definition)
        if number < len(FLAG_KEYS):
            choice.set("hotkey", FLAG_KEYS[number])
    ET.SubElement(
        parent, "TextArea", name=NOTE, toName=TEXT, rows="2", maxSubmissions="1",
        editable="true", placeholder="note to the project lead",
    )  # fmt: skip

"""The annotation guidelines as HTML, derived from the schema.

The same text stands in Label Studio's instruction window and in a page of its
own. The server strips `style` attributes and keeps a `style` element, so all
looks are classes of one sheet; their names are prefixed, so that nothing leaks
into the window around it. There is no script and nothing to fetch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from builder.document import Span
from builder.schema import mention_parts, occurrences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.schema import Attribute, EventType, Example, LinkType, Rule, Schema

PLAIN = "#555555"
"""The colour of an event type that has none of its own."""
KEYS = {
    "Esc": "unselect",
    "Alt+R": "arrow from the selected span to the next one clicked",
    "Backspace": "delete the selected span",
    "Ctrl+Enter": "submit",
    "Ctrl+Space": "skip",
}
_DARK, _WHITE = "#1a1a1a", "#ffffff"
_CHIP = "border-radius:3px;padding:0 4px;"
_CELL = "padding:3px 10px 3px 0;vertical-align:top;text-align:left;"
_KEY = (
    "font-family:monospace;font-size:12px;background:#f3f3f3;color:#1a1a1a;"
    "border:1px solid #bbb;border-bottom-width:2px;border-radius:3px;padding:0 5px;"
)


@dataclass(frozen=True, slots=True)
class _Mark:
    span: Span
    label: str


def guidelines(schema: Schema) -> str:
    """Return the guidelines as one HTML element, for a window or a page."""
    parts = [
        _header(schema),
        _keys(schema),
        _rules("How to annotate", schema.shared.rules),
        *(_event_type(schema, t) for t in schema.event_types.values()),
        _every_event(schema),
    ]
    style = f"font:14px/1.5 sans-serif;color:{_DARK};background:{_WHITE};max-width:820px;"
    return _with_sheet(_tag("div", "\n".join(part for part in parts if part), style)) + "\n"


def guideline_page(schema: Schema) -> str:
    """Return the guidelines as an HTML document of their own."""
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_title(schema)}</title></head>\n"
        f'<body style="margin:20px auto;padding:0 16px;max-width:820px;background:{_WHITE}">\n'
        f"{guidelines(schema)}</body>\n</html>\n"
    )


def _title(schema: Schema) -> str:
    names = [escape(name) for name in schema.event_types]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) + ": guidelines"


def _header(schema: Schema) -> str:
    versions = [f"{t.name} {t.version}" for t in schema.event_types.values()]
    small = escape(" · ".join([*versions, f"schema {schema.version}"]))
    heading = _tag("h1", _title(schema), "font-size:21px;font-weight:bold;margin:0 0 2px;")
    return heading + _tag("p", small, "margin:0 0 12px;color:#666;font-size:12px;")


def _keys(schema: Schema) -> str:
    numbered = enumerate(schema.event_types.values(), start=1)
    types = " ".join(_pair(str(n), _chip(t.name, _colour(t))) for n, t in numbered)
    letters = schema.role_keys()
    roles = " ".join(_pair(letters[role], escape(role)) for role in schema.roles())
    others = " ".join(_pair(key, escape(what)) for key, what in KEYS.items())
    rows = {"Event": types, "Role": roles, "Other": others}
    body = _table([[_tag("b", name), keys] for name, keys in rows.items()])
    return _tag("div", body, "background:#fafafa;border:1px solid #ddd;padding:4px 12px;")


def _pair(key: str, what: str) -> str:
    shown = _tag("kbd", escape(key), _KEY) + "&nbsp;" if key else ""
    return _tag(
        "span", shown + what, "white-space:nowrap;display:inline-block;margin:1px 12px 1px 0;"
    )


def _event_type(schema: Schema, event_type: EventType) -> str:
    colour = _colour(event_type)
    style = f"border-left:4px solid {colour};padding-left:14px;margin:26px 0 0;"
    heading = _tag(
        "h2", _chip(event_type.name, colour), "font-size:18px;font-weight:bold;margin:0 0 4px;"
    )
    triggers = ", ".join(escape(word) for word in event_type.triggers)
    counts = (_example(example, colour) for example in event_type.counts)
    others = (_example(example, colour) for example in event_type.does_not_count)
    parts = [
        heading + _tag("p", _prose(event_type.definition), "margin:0 0 4px;font-size:15px;"),
        _tag("p", f"Typical triggers: {_tag('i', triggers)}", "margin:0;") if triggers else "",
        _section("Roles", _roles(schema, event_type)),
        _section("Attributes", _attributes(event_type.attributes.values())),
        _section("Links", _links(event_type.links.values())),
        _section("Counts", "".join(counts)),
        _section("Does not count", "".join(others)),
        _rules("Decisions", event_type.rules),
    ]
    return _tag("section", "\n".join(part for part in parts if part), style)


def _every_event(schema: Schema) -> str:
    shared = schema.shared
    return "\n".join(
        [
            _section("Attributes of every event", _attributes(shared.attributes.values())),
            _section("Kinds of mention", _definitions(shared.mention_types)),
            _section("Flags for the whole article", _definitions(shared.document_flags)),
        ]
    )


def _section(title: str, body: str) -> str:
    heading = _tag("h3", escape(title), "font-size:15px;font-weight:bold;margin:14px 0 2px;")
    return heading + body if body else ""


def _roles(schema: Schema, event_type: EventType) -> str:
    keys = schema.role_keys()
    rows = []
    for role in event_type.roles.values():
        key = _tag("kbd", escape(keys[role.name]), _KEY) if keys[role.name] else ""
        parts = ", may have parts" if role.many_parts else ""
        kinds = f"{role.count}{parts} {' '.join(role.mentions)}"
        small = _tag("span", escape(kinds.strip()), "color:#666;font-size:12px;")
        rows.append([key, _tag("b", escape(role.name)), f"{_prose(role.definition)} {small}"])
    return _table(rows)


def _attributes(attributes: Iterable[Attribute]) -> str:
    rows = []
    for attribute in attributes:
        head = _tag("b", escape(attribute.name))
        rows.append([head, _prose(attribute.definition)])
        rows += [
            [_value(value, default=value == attribute.default), _prose(definition)]
            for value, definition in attribute.values.items()
        ]
    return _table(rows)


def _value(value: str, *, default: bool) -> str:
    style = "white-space:nowrap;padding-left:14px;"
    if not default:
        return _tag("span", escape(value), style)
    small = _tag("span", "default", f"{_CHIP}background:#e4e4e4;font-size:11px;")
    return _tag("span", f"{_tag('u', escape(value))} {small}", style)


def _links(links: Iterable[LinkType]) -> str:
    rows = []
    for link in links:
        head = f"{_tag('b', escape(link.name))} → {escape(', '.join(link.targets))}"
        rows.append([head, _prose(link.definition)])
    return _table(rows)


def _definitions(definitions: dict[str, str]) -> str:
    rows = [[_tag("b", escape(name)), _prose(text)] for name, text in definitions.items()]
    return _table(rows)


def _rules(title: str, rules: tuple[Rule, ...]) -> str:
    items = []
    for rule in rules:
        examples = (_tag("div", _prose(e), "color:#444;padding-left:14px;") for e in rule.examples)
        items.append(_tag("li", _prose(rule.rule) + "".join(examples), "margin:0 0 5px;"))
    body = (
        _tag("ol", "".join(items), "list-style:decimal;margin:4px 0 0;padding-left:22px;")
        if items
        else ""
    )
    return _section(title, body)


def _example(example: Example, colour: str) -> str:
    text = _marked(example, colour)
    why = _tag("div", _prose(example.why), "color:#444;font-size:13px;")
    line = colour if example.trigger else "#bbb"
    style = f"margin:5px 0 9px;padding-left:10px;border-left:2px solid {line};"
    return _tag("div", _tag("div", text) + why, style)


def _marked(example: Example, colour: str) -> str:
    marks = [
        _Mark(occurrences(example.text, part)[0], role)
        for role, mentions in example.arguments.items()
        for mention in mentions
        for part in mention_parts(mention)
    ]
    if example.trigger:
        marks.append(_Mark(occurrences(example.text, example.trigger)[0], ""))
    return _nested(example.text, Span(0, len(example.text)), marks, colour)


def _nested(text: str, inside: Span, marks: list[_Mark], colour: str) -> str:
    """Write marks as nested elements; one that crosses another's end is cut there."""
    written, at = [], inside.start
    waiting = sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end))
    while waiting:
        mark = waiting.pop(0)
        written.append(escape(text[at : mark.span.start]))
        at = mark.span.end
        within = [other for other in waiting if other.span.start < at]
        rest = [_Mark(Span(at, m.span.end), m.label) for m in within if m.span.end > at]
        cut = [_Mark(Span(m.span.start, min(at, m.span.end)), m.label) for m in within]
        waiting = rest + [other for other in waiting if other.span.start >= at]
        written.append(_mark(_nested(text, mark.span, cut, colour), mark.label, colour))
    return "".join(written) + escape(text[at : inside.end])


def _mark(inner: str, role: str, colour: str) -> str:
    if not role:
        return _tag("b", inner, f"{_CHIP}background:{colour};color:{_readable_on(colour)};")
    small = _tag("sub", escape(role), "font-size:10px;font-weight:bold;color:#333;")
    style = f"background:{_tint(colour)};border-bottom:2px solid {colour};padding:0 2px;"
    return _tag("span", f"{inner}&nbsp;{small}", style)


def _chip(name: str, colour: str) -> str:
    style = f"{_CHIP}background:{colour};color:{_readable_on(colour)};"
    return _tag("span", escape(name), style)


def _colour(event_type: EventType) -> str:
    return event_type.colour or PLAIN


def _readable_on(colour: str) -> str:
    red, green, blue = _channels(colour)
    return _DARK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else _WHITE  # noqa: PLR2004 - perceived lightness of 255


def _tint(colour: str) -> str:
    return "#" + "".join(f"{round(255 - (255 - c) * 0.18):02x}" for c in _channels(colour))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _prose(text: str) -> str:
    """Escape a text; what stands between backticks is quoted from an article."""
    style = "background:#efefef;border-radius:3px;padding:0 3px;"
    return re.sub(r"`([^`]+)`", lambda found: _tag("span", found[1], style), escape(text))


def _table(rows: list[list[str]]) -> str:
    if not rows:
        return ""
    lines = [_tag("tr", "".join(_tag("td", cell, _CELL) for cell in row)) for row in rows]
    return _tag("table", "".join(lines), "border-collapse:collapse;border:0;")


def _with_sheet(html: str) -> str:
    """Turn each distinct style into a class of one sheet inside the outermost element."""
    styles = list(dict.fromkeys(re.findall(r' style="([^"]*)"', html)))
    names = {style: f"ev-guide-{number}" for number, style in enumerate(styles)}
    sheet = "\n".join(f".{names[style]} {{{style}}}" for style in styles)
    classed = re.sub(r' style="([^"]*)"', lambda found: f' class="{names[found[1]]}"', html)
    opening, rest = classed.split(">", 1)
    return f"{opening}><style>\n{sheet}\n</style>\n{rest}"


def _tag(name: str, inner: str, style: str = "") -> str:
    """Wrap HTML in an element; `style` is ours, `inner` is escaped already."""
    attribute = f' style="{style}"' if style else ""
    return f"<{name}{attribute}>{inner}</{name}>"

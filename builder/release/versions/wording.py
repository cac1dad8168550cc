"""A difference in words, for people and for the changelog.

It quotes only what the rows themselves hold, so a release without texts
has a changelog without texts; of what was removed it tells the id alone.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.release.versions.difference import Change, Difference, EntryChange, EventChange
    from builder.release.versions.entry import Entry, Value

SUPPORT = ("support", "type_support", "trigger_support")
"""How an element was decided: worth a number, not a line each."""


def counts(found: Difference) -> dict[str, dict[str, int]]:
    """Count what was added, removed, changed and moved."""
    replaced = len(found.replaced())
    events = Counter(
        {
            "added": sum(len(one.added) for one in found.changed)
            + sum(len(one.events) for one in found.added),
            "removed": sum(len(one.removed) for one in found.changed)
            + sum(len(one.events) for one in found.removed),
            "changed": sum(len(one.changed) for one in found.changed),
        }
    )
    entries = {
        "added": len(found.added) - replaced,
        "removed": len(found.removed) - replaced,
        "replaced": replaced,
        "changed": len(found.changed),
        "moved": sum(one.moved is not None for one in found.changed),
    }
    elements = Counter(
        element
        for one in found.changed
        for event in one.changed
        for element in {_element(change) for change in event.changes}
    )
    return {
        "entries": entries,
        "events": dict(events),
        "changed_in": dict(sorted(elements.items())),
    }


def lines(found: Difference) -> Iterator[str]:
    """Say every change in a line: `+` new, `-` gone, `~` not the same, `>` moved."""
    replaced = found.replaced()
    for one in found.added:
        old = f", replaces {replaced[one.key]}" if one.key in replaced else ""
        yield f"+ {_entry(one)}{_split(one)}: {_number(one)}{old}"
    for one in found.removed:
        if one.key not in replaced.values():
            yield f"- {one.key}{_split(one)}: {_number(one)}"
    for change in found.changed:
        yield from _changed(change)


def _changed(change: EntryChange) -> Iterator[str]:
    where = _entry(change.before)
    for column in change.columns:
        sign = ">" if column is change.moved else "~"
        yield f"{sign} {where}: {column.field} {_from_to(column)}"
    for event in change.added:
        yield f"+ {where}: {_event(event)}"
    for event in change.removed:
        yield f"- {where}: {_event(event)}"
    for both in change.changed:
        for what in _elements(both):
            yield f"~ {where}: {_event(both.before)}: {what}"


def _elements(both: EventChange) -> Iterator[str]:
    ids = [change for change in both.changes if change.field == "event_id"]
    votes = sum(_element(change) == "support" for change in both.changes)
    for change in both.changes:
        kind = _element(change)
        if kind == "argument":
            yield f"{change.name} {_from_to(change)}"
        elif kind in ("attribute", "link"):
            yield f"{kind} {change.name} {_from_to(change)}"
        elif kind != "support" and change not in ids:
            yield f"{kind} {_from_to(change)}"
    if votes:
        yield f"votes on {votes} of its elements"


def _element(change: Change) -> str:
    """Return which kind of element a change concerns, as people call it."""
    one, two = change.before, change.after
    if change.field in SUPPORT:
        return "support"
    if isinstance(one, dict) and isinstance(two, dict) and change.field != "trigger":
        plain = {k: v for k, v in one.items() if k != "support"}
        if plain == {k: v for k, v in two.items() if k != "support"}:
            return "support"
    return change.field.removesuffix("s") if change.field != "cluster" else "cluster"


def _from_to(change: Change) -> str:
    if change.before is None:
        return f"is new: {_value(change.after)}"
    if change.after is None:
        return f"is gone: {_value(change.before)}"
    return f"{_value(change.before)} -> {_value(change.after)}"


def _value(value: Any) -> str:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, dict):
        if "parts" in value or "start" in value:
            places = value.get("parts", [value])
            where = ", ".join(f"{place['start']}..{place['end']}" for place in places)
            return f"{value['text']!r} ({where})" if value.get("text") else where
        if "target" in value:
            return str(value["target"])
        if "value" in value:
            return str(value["value"])
    if isinstance(value, str):
        return repr(value if len(value) <= LONG else value[: LONG - 1] + "…")
    return str(value)


LONG = 80


def _entry(one: Entry) -> str:
    title = one.columns.get("title")
    return f"{one.key} {title!r}" if title else one.key


def _split(one: Entry) -> str:
    return f" in {one.columns['split']}" if "split" in one.columns else ""


def _number(one: Entry) -> str:
    return "1 event" if len(one.events) == 1 else f"{len(one.events)} events"


def _event(event: Value) -> str:
    return f"{event['type']} {_value(event['trigger'])}"

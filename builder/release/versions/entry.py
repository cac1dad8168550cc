"""What two states of a data set are compared by: documents or answers, each with its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = dict[str, Any]
Raw = tuple[str, Value, list[Value]]
"""An entry as it was read: its key, its columns, its events."""
LISTS = ("arguments", "attributes", "links")
"""Fields of an event that hold many things, whose order means nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of a release, or an answer of a snapshot: its columns and its events.

    A column or a field of an event that is null is not there at all.
    """

    key: str
    columns: Value
    events: tuple[Value, ...]


def entry(key: str, columns: Value, events: Iterable[Value]) -> Entry:
    """Return an entry in its canonical form: equal content is equal, in whatever order it came."""
    kept = (canonical_event(event) for event in events)
    return Entry(key, _stated(columns), tuple(sorted(kept, key=_place)))


def canonical_event(event: Value) -> Value:
    """Return an event with its lists in the one order in which they are compared."""
    lists = {name: sorted(event[name], key=plain) for name in LISTS if name in event}
    return _stated(event) | lists


def plain(value: object) -> bytes:
    """Return a value as bytes: equal values give equal bytes, and bytes can be sorted."""
    return msgspec.json.encode(value, order="sorted")


def _stated(values: Value) -> Value:
    return {name: value for name, value in values.items() if value is not None}


def _place(event: Value) -> tuple[int, bytes]:
    return event["trigger"]["start"], plain(event)

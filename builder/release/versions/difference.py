"""What became of a data set between two states, event by event.

Nothing is summarised away: applied to the older state, a difference gives the
newer one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from builder.release.tables.spool import Spool
from builder.release.versions.entry import LISTS, Entry, Raw, Value, canonical_event, entry
from builder.release.versions.twins import same_events, same_mentions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WHOLE = ""
"""The name of a change that concerns a whole field."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that was replaced; None stands for nothing.

    `field` is a column, or a field of an event; `name` is the role, attribute
    or link where the field holds many.
    """

    field: str
    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class EventChange:
    """An event that is in both states and not the same, as it was and is."""

    before: Value
    after: Value
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that is in both states and not the same."""

    before: Entry
    columns: tuple[Change, ...] = ()
    added: tuple[Value, ...] = ()
    removed: tuple[Value, ...] = ()
    changed: tuple[EventChange, ...] = ()

    @property
    def key(self) -> str:
        """The entry's key."""
        return self.before.key

    @property
    def moved(self) -> Change | None:
        """The change of split, if there is one."""
        return next((change for change in self.columns if change.field == "split"), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that is different, by key; it may be large, and then lies on disk."""

    added: Collection[Entry] = ()
    removed: Collection[Entry] = ()
    changed: Collection[EntryChange] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def replaced(self) -> dict[str, str]:
        """Return the key of the removed entry that each added one of the same source replaces."""
        gone = {_source(one): one.key for one in self.removed if _source(one)}
        if not gone:
            return {}
        return {one.key: gone[_source(one)] for one in self.added if _source(one) in gone}


class State(Protocol):
    """One of two things to compare."""

    def raw(self) -> Iterator[Raw]:
        """Give all entries by key, not yet in canonical form; each key once."""


def difference(old: State, new: State) -> Difference:
    """Compare two states; one entry of each is in memory at a time."""
    added, removed, changed = Spool(Entry), Spool(Entry), Spool(EntryChange)
    for before, after in _side_by_side(old.raw(), new.raw()):
        if before is None and after:
            added.add(entry(*after))
        elif after is None and before:
            removed.add(entry(*before))
        elif before and after and before != after:
            one, two = entry(*before), entry(*after)
            if one != two:
                changed.add(compare(one, two))
    return Difference(added, removed, changed)


def _side_by_side(
    old: Iterator[Raw], new: Iterator[Raw]
) -> Iterator[tuple[Raw | None, Raw | None]]:
    """Give the entries of two states by key, each beside that of the same key or None."""
    one, two = next(old, None), next(new, None)
    while one or two:
        if two is None or (one and one[0] < two[0]):
            yield one, None
            one = next(old, None)
        elif one is None or two[0] < one[0]:
            yield None, two
            two = next(new, None)
        else:
            yield one, two
            one, two = next(old, None), next(new, None)


def apply(entries: Mapping[str, Entry], change: Difference) -> dict[str, Entry]:
    """Return the entries after the change: those of the old state give those of the new."""
    gone = {one.key for one in change.removed}
    result = {key: one for key, one in entries.items() if key not in gone}
    result |= {one.key: one for one in change.added}
    result |= {one.key: _applied(entries[one.key], one) for one in change.changed}
    return result


def compare(before: Entry, after: Entry) -> EntryChange:
    """Return what became of one entry."""
    pairs = same_events(before.events, after.events)
    return EntryChange(
        before=before,
        columns=tuple(_fields(before.columns, after.columns)),
        added=tuple(new for old, new in pairs if old is None and new),
        removed=tuple(old for old, new in pairs if new is None and old),
        changed=tuple(
            EventChange(old, new, tuple(_event(old, new)))
            for old, new in pairs
            if old and new and old != new
        ),
    )


def _event(before: Value, after: Value) -> Iterator[Change]:
    yield from _fields(_without_lists(before), _without_lists(after))
    arguments = before.get("arguments", []), after.get("arguments", [])
    for old, new in same_mentions(*arguments):
        yield Change("arguments", (old or new or {})["role"], old, new)
    for kind in ("attributes", "links"):
        yield from _named(kind, before.get(kind, []), after.get(kind, []))


def _fields(before: Value, after: Value) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Change(name, WHOLE, before.get(name), after.get(name))


def _named(kind: str, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Change]:
    """Compare attributes by name; links by name and target, of which a name has many."""
    one = {(item["name"], item.get("target")): item for item in before}
    two = {(item["name"], item.get("target")): item for item in after}
    for key in sorted(one.keys() | two.keys(), key=str):
        if one.get(key) != two.get(key):
            yield Change(kind, key[0], one.get(key), two.get(key))


def _applied(before: Entry, change: EntryChange) -> Entry:
    gone = {event["event_id"] for event in change.removed}
    new = {one.before["event_id"]: _changed(one) for one in change.changed}
    kept = [new.get(e["event_id"], e) for e in before.events if e["event_id"] not in gone]
    columns = before.columns | {one.field: one.after for one in change.columns}
    return entry(before.key, columns, [*kept, *change.added])


def _changed(change: EventChange) -> Value:
    """Return the event after its changes, from what it was and from them alone."""
    event = {name: list(v) if name in LISTS else v for name, v in change.before.items()}
    for one in change.changes:
        if one.field not in LISTS:
            event[one.field] = one.after
            continue
        items = event.setdefault(one.field, [])
        if one.before is not None:
            items.remove(one.before)
        if one.after is not None:
            items.append(one.after)
    return canonical_event(event)


def _without_lists(event: Value) -> Value:
    return {name: value for name, value in event.items() if name not in LISTS}


def _source(one: Entry) -> tuple[str, ...] | None:
    columns = one.columns
    if columns.get("url"):
        return (columns["url"],)
    file = columns.get("source_file")
    return (file, str(columns.get("source_row"))) if file else None

"""Which event, and which mention, of an older state is which of a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.optimize import linear_sum_assignment

from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from builder.release.versions.entry import Value

Pairs = list[tuple["Value | None", "Value | None"]]
"""What was and what is; None where there is nothing."""
SAME_TYPE = 0.5


def same_events(before: Sequence[Value], after: Sequence[Value]) -> Pairs:
    """Pair the events of one document: by id, then those whose triggers overlap most.

    An id holds type and trigger, so an event whose trigger was corrected has
    another id and is still the same event.
    """
    ids = {event["event_id"]: event for event in after}
    pairs: Pairs = [(e, ids[e["event_id"]]) for e in before if e["event_id"] in ids]
    known = {event["event_id"] for event, _ in pairs if event}
    one = [event for event in before if event["event_id"] not in known]
    two = [event for event in after if event["event_id"] not in known]
    return pairs + _matched(one, two, _alike)


def same_mentions(before: Sequence[Value], after: Sequence[Value]) -> Pairs:
    """Pair the arguments of one event: the same role on overlapping words."""
    one, two = [], list(after)
    for argument in before:
        if argument in two:
            two.remove(argument)
        else:
            one.append(argument)
    return _matched(one, two, _same_role)


def _alike(before: Value, after: Value) -> float:
    shared = overlap([before["trigger"]], [after["trigger"]])
    return shared + SAME_TYPE * (before["type"] == after["type"]) if shared else 0.0


def _same_role(before: Value, after: Value) -> float:
    if before["role"] != after["role"]:
        return 0.0
    return overlap(before["parts"], after["parts"])


def overlap(one: Iterable[Value], other: Iterable[Value]) -> float:
    """Return twice the shared characters over all characters of two sets of spans.

    >>> overlap([{"start": 0, "end": 4}], [{"start": 2, "end": 4}])
    0.6666666666666666
    """
    first, second = _spans(one), _spans(other)
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in first for b in second)
    total = sum(map(len, first)) + sum(map(len, second))
    return 2 * shared / total if total else 0.0


def _spans(values: Iterable[Value]) -> list[Span]:
    return [Span(value["start"], value["end"]) for value in values]


def _matched(
    one: Sequence[Value], two: Sequence[Value], weight: Callable[[Value, Value], float]
) -> Pairs:
    weights = [[weight(a, b) for b in two] for a in one]
    found = {}
    if one and two:
        rows, columns = linear_sum_assignment(weights, maximize=True)
        pairs = zip(rows.tolist(), columns.tolist(), strict=True)
        found = {i: j for i, j in pairs if weights[i][j] > 0}
    lost: Pairs = [(a, two[found[i]] if i in found else None) for i, a in enumerate(one)]
    new: Pairs = [(None, b) for j, b in enumerate(two) if j not in found.values()]
    return lost + new

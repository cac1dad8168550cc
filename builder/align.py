"""Which events, and which arguments, of several annotators are the same one.

Two annotators are matched by maximum weight; over more than two, matched
pairs are joined from the heaviest down, so that no cluster holds two answers
of one annotator. Ties are broken by content, never by the order in which
annotators, documents or events arrive, and between two annotators never by
their names either.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Generic, TypeVar

from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.document import Span
    from builder.event import Argument, Event

T = TypeVar("T")
Cluster = dict[str, T]
"""One answer of each annotator who gave it, by annotator."""
Edge = tuple[int, int, float]
"""Places of two answers that may be the same one, and how well they fit."""

SAME_TYPE = 0.5
"""Agreeing on the type outweighs any argument; trigger overlap comes first."""
ARGUMENTS = 0.1
"""Arguments only break ties between triggers that overlap equally well."""


def align_events(answers: Mapping[str, Sequence[Event]]) -> list[Cluster[Event]]:
    """Return the events of one document in clusters, in text order.

    Events match only where their triggers share a character; then by overlap
    of the trigger, type, and overlap of the arguments, in this order.
    """
    sides = {
        who: _side(events, _event_key, lambda event: (event.trigger,))
        for who, events in answers.items()
    }
    return _align(sides, _event_weight)


def align_arguments(answers: Mapping[str, Sequence[Argument]]) -> list[Cluster[Argument]]:
    """Return the arguments of one event in clusters, in text order.

    Arguments match only where they share a character; the same role goes first.
    """
    sides = {
        who: _side(arguments, lambda a: (a.parts, a.role), lambda a: a.parts)
        for who, arguments in answers.items()
    }
    return _align(sides, _argument_weight)


def dice(first: Sequence[Span], second: Sequence[Span]) -> float:
    """Return twice the shared characters over all characters of two sets of spans.

    >>> from builder.document import Span
    >>> dice([Span(0, 4)], [Span(2, 4)])
    0.6666666666666666
    """
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in first for b in second)
    total = sum(map(len, first)) + sum(map(len, second))
    return 2 * shared / total if total else 0.0


def _event_weight(first: Event, second: Event) -> float:
    trigger = dice([first.trigger], [second.trigger])
    if not trigger:
        return 0.0
    same_type = SAME_TYPE * (first.type == second.type)
    return trigger + same_type + ARGUMENTS * _shared_arguments(first, second)


def _shared_arguments(first: Event, second: Event) -> float:
    pairs = [
        dice(a.parts, b.parts)
        for a in first.arguments
        for b in second.arguments
        if a.role == b.role
    ]
    most = max(len(first.arguments), len(second.arguments))
    return min(1.0, sum(pairs) / most) if most else 1.0


def _event_key(event: Event) -> tuple[object, ...]:
    arguments = sorted((a.role, a.parts) for a in event.arguments)
    return event.trigger, event.type, arguments, sorted((event.attributes or {}).items())


def _argument_weight(first: Argument, second: Argument) -> float:
    overlap = dice(first.parts, second.parts)
    return overlap + (first.role == second.role) if overlap else 0.0


@dataclass(frozen=True, slots=True)
class _Side(Generic[T]):
    """One annotator's answers in order of content, with their keys and outer extents."""

    items: list[T]
    keys: list[tuple[object, ...]]
    extents: list[tuple[int, int]]


def _side(
    items: Sequence[T],
    key: Callable[[T], tuple[object, ...]],
    spans: Callable[[T], Sequence[Span]],
) -> _Side[T]:
    keyed = sorted((key(item), place) for place, item in enumerate(items))
    ordered = [items[place] for _, place in keyed]
    extents = [_extent(spans(item)) for item in ordered]
    return _Side(ordered, [found for found, _ in keyed], extents)


def _extent(spans: Sequence[Span]) -> tuple[int, int]:
    return min(span.start for span in spans), max(span.end for span in spans)


def _align(sides: Mapping[str, _Side[T]], weight: Callable[[T, T], float]) -> list[Cluster[T]]:
    names = sorted(sides)
    clusters = {
        (who, place): {who: place} for who in names for place in range(len(sides[who].items))
    }
    edges = []
    for first, second in combinations(names, 2):
        for i, j, value in _match(sides[first], sides[second], weight):
            keys = sorted([sides[first].keys[i], sides[second].keys[j]])
            edges.append(((-value, *keys), (first, i), (second, j)))
    for _, left, right in sorted(edges):
        one, other = clusters[left], clusters[right]
        if one is not other and not one.keys() & other.keys():
            one |= other
            clusters.update(dict.fromkeys(other.items(), one))
    distinct = {id(cluster): cluster for cluster in clusters.values()}
    ordered = sorted(
        distinct.values(),
        key=lambda c: (min(sides[who].keys[place] for who, place in c.items()), sorted(c)),
    )
    return [{who: sides[who].items[place] for who, place in c.items()} for c in ordered]


def _match(first: _Side[T], second: _Side[T], weight: Callable[[T, T], float]) -> list[Edge]:
    if second.keys < first.keys:
        # Equally good matchings are chosen among by content: names must not turn the scale.
        return [(i, j, value) for j, i, value in _match(second, first, weight)]
    edges = _touching(first, second, weight)
    rows, columns = sorted({i for i, _, _ in edges}), sorted({j for _, j, _ in edges})
    if len(rows) == len(edges) == len(columns):
        return edges
    weights = [[0.0] * len(columns) for _ in rows]
    for i, j, value in edges:
        weights[rows.index(i)][columns.index(j)] = value
    chosen = linear_sum_assignment(weights, maximize=True)
    pairs = zip(chosen[0].tolist(), chosen[1].tolist(), strict=True)
    return [(rows[r], columns[c], weights[r][c]) for r, c in pairs if weights[r][c] > 0]


def _touching(first: _Side[T], second: _Side[T], weight: Callable[[T, T], float]) -> list[Edge]:
    edges = []
    for i, (start, end) in enumerate(first.extents):
        for j, (other_start, other_end) in enumerate(second.extents):
            if start < other_end and other_start < end:
                value = weight(first.items[i], second.items[j])
                if value > 0:
                    edges.append((i, j, value))
    return edges

"""Which events, and which arguments, of several annotators are the same one.

Two annotators are matched by maximum weight; over more than two, matched
pairs are joined from the heaviest down, so that no cluster holds two answers
of one annotator. Ties are broken by content and pseudonym, never by the
order in which annotators, documents or events arrive.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.document import Span
    from builder.event import Argument, Event

T = TypeVar("T")
Cluster = dict[str, T]
"""One answer of each annotator who gave it, by annotator."""

SAME_TYPE = 0.5
"""Agreeing on the type outweighs any argument; trigger overlap comes first."""
ARGUMENTS = 0.1
"""Arguments only break ties between triggers that overlap equally well."""


def align_events(answers: Mapping[str, Sequence[Event]]) -> list[Cluster[Event]]:
    """Return the events of one document in clusters, in text order.

    Events match only where their triggers share a character; then by overlap
    of the trigger, type, and overlap of the arguments, in this order.
    """
    return _align(answers, _event_weight, _event_key)


def align_arguments(answers: Mapping[str, Sequence[Argument]]) -> list[Cluster[Argument]]:
    """Return the arguments of one event in clusters, in text order.

    Arguments match only where they share a character; the same role goes first.
    """
    return _align(answers, _argument_weight, lambda a: (a.parts, a.role))


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


def _align(
    answers: Mapping[str, Sequence[T]],
    weight: Callable[[T, T], float],
    key: Callable[[T], tuple[object, ...]],
) -> list[Cluster[T]]:
    ordered = {who: sorted(answers[who], key=key) for who in sorted(answers)}
    clusters: dict[tuple[str, int], Cluster[T]] = {
        (who, place): {who: item}
        for who, items in ordered.items()
        for place, item in enumerate(items)
    }
    edges = []
    for first, second in combinations(ordered, 2):
        for i, j, value in _match(ordered[first], ordered[second], weight):
            rank = (-value, *sorted([key(ordered[first][i]), key(ordered[second][j])]))
            edges.append((rank, (first, i), (second, j)))
    for _, left, right in sorted(edges):
        one, other = clusters[left], clusters[right]
        if one is not other and not one.keys() & other.keys():
            one |= other
            for who in other:
                clusters[who, _place(ordered[who], other[who])] = one
    distinct = {id(cluster): cluster for cluster in clusters.values()}
    return sorted(distinct.values(), key=lambda c: (min(map(key, c.values())), sorted(c)))


def _place(items: Sequence[T], wanted: T) -> int:
    return next(place for place, item in enumerate(items) if item is wanted)


def _match(
    first: Sequence[T], second: Sequence[T], weight: Callable[[T, T], float]
) -> list[tuple[int, int, float]]:
    if not first or not second:
        return []
    weights = [[weight(a, b) for b in second] for a in first]
    rows, columns = linear_sum_assignment(weights, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(i, j, weights[i][j]) for i, j in pairs if weights[i][j] > 0]

"""Which events, and which arguments, of several annotators are the same one.

Two annotators are matched by maximum weight; over more than two, matched
pairs are joined from the heaviest down, so that no cluster holds two answers
of one annotator. Ties are broken by content, never by the order in which
annotators, documents or events arrive, and between two annotators never by
their names either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, TypeVar

from scipy.optimize import linear_sum_assignment

from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.event import Argument, Event

T = TypeVar("T")
Cluster = dict[str, T]
"""One answer of each annotator who gave it, by annotator."""
Edge = tuple[int, int, float]
"""Places of two answers that are taken for the same one, and how well they fit."""
_Side = list[tuple[tuple[object, ...], T]]
"""One annotator's items in order of content, each with its key."""
_Placed = tuple[int, int, str, int, bool, T]
"""Outer extent, annotator, place among that annotator's items, whether it is one whole span, item.
Sorted as it is: by extent, then by annotator; the item is never compared."""

SAME_TYPE = 0.5
"""Agreeing on the type outweighs any argument; trigger overlap comes first."""
ARGUMENTS = 0.1
"""Arguments only break ties between triggers that overlap equally well."""


def align_events(answers: Mapping[str, Sequence[Event]]) -> list[Cluster[Event]]:
    """Return the events of one document in clusters, in text order.

    Events match only where their triggers share a character; then by overlap
    of the trigger, type, and overlap of the arguments, in this order.
    """
    return _align(answers, _Kind(lambda event: (event.trigger,), _event_key, _event_weight))


def align_arguments(answers: Mapping[str, Sequence[Argument]]) -> list[Cluster[Argument]]:
    """Return the arguments of one event in clusters, in text order.

    Arguments match only where they share a character; the same role goes first.
    """
    return _align(answers, _Kind(lambda a: a.parts, lambda a: (a.parts, a.role), _argument_weight))


def dice(first: Sequence[Span], second: Sequence[Span]) -> float:
    """Return twice the shared characters over all characters of two sets of spans.

    >>> from builder.document import Span
    >>> dice([Span(0, 4)], [Span(2, 4)])
    0.6666666666666666
    """
    if len(first) == len(second) == 1:
        return _dice(first[0], second[0])
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in first for b in second)
    total = sum(map(len, first)) + sum(map(len, second))
    return 2 * shared / total if total else 0.0


def _dice(one: Span, other: Span) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared / (len(one) + len(other)) if shared > 0 else 0.0


def _event_weight(first: Event, second: Event) -> float:
    trigger = _dice(first.trigger, second.trigger)
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
class _Kind(Generic[T]):
    """What is aligned: where it lies, its content for breaking ties, and how well two fit."""

    spans: Callable[[T], Sequence[Span]]
    key: Callable[[T], tuple[object, ...]]
    weight: Callable[[T, T], float]


def _align(answers: Mapping[str, Sequence[T]], kind: _Kind[T]) -> list[Cluster[T]]:
    clusters: list[Cluster[T]] = []
    for group in _groups(answers, kind):
        if _is_one(group):
            clusters.append({who: item for _, _, who, _, _, item in group})
        else:
            clusters += _clusters(group, kind)
    return clusters


def _groups(answers: Mapping[str, Sequence[T]], kind: _Kind[T]) -> Iterator[list[_Placed[T]]]:
    """Yield items whose outer extents touch, in text order; nothing matches across groups."""
    group: list[_Placed[T]] = []
    reach = 0
    for placed in sorted(_placed(answers, kind)):
        if group and placed[0] < reach:
            group.append(placed)
            reach = max(reach, placed[1])
            continue
        if group:
            yield group
        group, reach = [placed], placed[1]
    if group:
        yield group


def _placed(answers: Mapping[str, Sequence[T]], kind: _Kind[T]) -> Iterator[_Placed[T]]:
    for who, items in answers.items():
        for number, item in enumerate(items):
            first, *others = kind.spans(item)
            start, end = first.start, first.end
            whole = start < end and not others
            for span in others:
                start, end = min(start, span.start), max(end, span.end)
            yield start, end, who, number, whole, item


def _is_one(group: list[_Placed[T]]) -> bool:
    """Tell whether a group is one cluster beyond doubt, which nearly all are.

    That is so when nobody has two items in it and each item is one whole span:
    then every touch is a match, and there is nothing to choose between.
    """
    if len(group) == 1:
        return True
    people = {placed[2] for placed in group}
    return len(people) == len(group) and all(placed[4] for placed in group)


def _clusters(group: list[_Placed[T]], kind: _Kind[T]) -> list[Cluster[T]]:
    """Match every two annotators inside a group, and join from the best match down."""
    sides: dict[str, _Side[T]] = defaultdict(list)
    for _, _, who, _, _, item in group:
        sides[who].append((kind.key(item), item))
    for side in sides.values():
        side.sort(key=itemgetter(0))
    names = sorted(sides)
    clusters = {(who, n): {who: n} for who in names for n in range(len(sides[who]))}
    edges = []
    for first, second in combinations(names, 2):
        for i, j, value in _match(sides[first], sides[second], kind):
            keys = sorted([sides[first][i][0], sides[second][j][0]])
            edges.append(((-value, *keys), (first, i), (second, j)))
    for _, left, right in sorted(edges):
        one, other = clusters[left], clusters[right]
        if one is not other and not one.keys() & other.keys():
            one |= other
            clusters.update(dict.fromkeys(other.items(), one))
    distinct = {id(cluster): cluster for cluster in clusters.values()}
    ordered = sorted(
        distinct.values(), key=lambda c: (min(sides[w][n][0] for w, n in c.items()), sorted(c))
    )
    return [{who: sides[who][n][1] for who, n in cluster.items()} for cluster in ordered]


def _match(first: _Side[T], second: _Side[T], kind: _Kind[T]) -> list[Edge]:
    if [key for key, _ in second] < [key for key, _ in first]:
        # Equally good matchings are chosen among by content: names must not turn the scale.
        return [(i, j, value) for j, i, value in _match(second, first, kind)]
    weights = [[kind.weight(one, other) for _, other in second] for _, one in first]
    fitting = [(i, j, w) for i, row in enumerate(weights) for j, w in enumerate(row) if w > 0]
    if len({i for i, _, _ in fitting}) == len(fitting) == len({j for _, j, _ in fitting}):
        return fitting  # each fits one other at most, so there is nothing to choose
    rows, columns = linear_sum_assignment(weights, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(i, j, weights[i][j]) for i, j in pairs if weights[i][j] > 0]

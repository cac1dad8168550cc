"""Counting votes: unanimous, then majority; a tie is never decided here."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from builder.event import Support

if TYPE_CHECKING:
    from collections.abc import Mapping

V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[V]):
    """What the votes came to; `decided` is false for a tie, then `value` is None.

    `sides` maps each value to the annotations behind it, the strongest first.
    """

    decided: bool
    value: V | None
    support: Support
    sides: dict[V, tuple[str, ...]]


def count(votes: Mapping[str, V]) -> Outcome[V]:
    """Decide among the values that annotations voted for; all votes weigh the same.

    A single vote decides as `single`, equal votes as `unanimous`, more than
    half as `majority`. Anything else is a tie.

    >>> count({"a": "held", "b": "held", "c": "scheduled"}).support.rule
    'majority'
    >>> count({"a": "held", "b": "scheduled"}).decided
    False
    """
    sides: dict[V, tuple[str, ...]] = {}
    for annotation in sorted(votes):
        value = votes[annotation]
        sides[value] = (*sides.get(value, ()), annotation)
    ranked = dict(sorted(sides.items(), key=lambda side: (-len(side[1]), side[1])))
    value, backers = next(iter(ranked.items()))
    voters = len(votes)
    if voters == 1:
        rule = "single"
    elif len(backers) == voters:
        rule = "unanimous"
    elif 2 * len(backers) > voters:
        rule = "majority"
    else:
        support = Support("tie", len(backers), voters, backers)
        return Outcome(False, None, support, ranked)
    return Outcome(True, value, Support(rule, len(backers), voters, backers), ranked)


def presence(present: Mapping[str, bool]) -> Outcome[bool]:
    """Decide whether something is there at all; `present` holds every voter."""
    return count(present)

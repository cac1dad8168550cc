"""Counting votes: unanimous, then a majority that leads clearly; a tie is never decided here."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from builder.event import Support

if TYPE_CHECKING:
    from collections.abc import Mapping

V = TypeVar("V", bound=Hashable)
_ROUNDING = 1e-9
"""Sums of weights that differ by less are equal."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[V]):
    """What the votes came to; `decided` is false for a tie, then `value` is None.

    A person may decide that no version is right: then it is decided and `value`
    is None. `sides` maps each value to the annotations behind it, the strongest
    first.
    """

    decided: bool
    value: V | None
    support: Support
    sides: dict[V, tuple[str, ...]]


def count(
    votes: Mapping[str, V], weights: Mapping[str, float] | None = None, *, margin: float = 0.0
) -> Outcome[V]:
    """Decide among the values that annotations voted for; without `weights` all weigh the same.

    A single vote decides as `single`, equal votes as `unanimous`, a value that
    leads all others together by more than `margin` of the whole weight as
    `majority` (`weighted_majority` with weights). Anything else is a tie.

    >>> count({"a": "held", "b": "held", "c": "scheduled"}).support.rule
    'majority'
    >>> count({"a": "held", "b": "scheduled"}).decided
    False
    >>> count({"a": "held", "b": "scheduled"}, {"a": 2.0, "b": 1.0}).value
    'held'
    """
    names = tuple(sorted(votes))
    sides: dict[V, tuple[str, ...]] = {}
    for annotation in names:
        value = votes[annotation]
        sides[value] = (*sides.get(value, ()), annotation)
    if len(sides) == 1:
        rule = "single" if len(names) == 1 else "unanimous"
        value = votes[names[0]]
        return Outcome(True, value, Support(rule, len(names), len(names), names), sides)
    weigh = weights or dict.fromkeys(votes, 1.0)
    # Weights are added in the order of names, so that the sum is the same in every merge.
    strength = {value: sum(weigh[a] for a in backers) for value, backers in sides.items()}
    ranked = dict(sorted(sides.items(), key=lambda side: (-strength[side[0]], side[1])))
    value, backers = next(iter(ranked.items()))
    total = sum(strength.values())
    lead = (2 * strength[value] - total) / total
    decided = lead > margin + _ROUNDING
    majority = "majority" if weights is None else "weighted_majority"
    support = Support(
        majority if decided else "tie",
        len(backers),
        len(votes),
        backers,
        max(0.0, round(lead, 6)),
    )
    return Outcome(decided, value if decided else None, support, ranked)


def presence(
    present: Mapping[str, bool], belief: float | None = None, *, margin: float = 0.0
) -> Outcome[bool]:
    """Decide whether something is there at all; `present` holds every voter.

    `belief` is the probability that it is there, when the annotators'
    reliability is known; it replaces the count unless all agree.
    """
    plain = count(present, margin=margin)
    if belief is None or len(plain.sides) == 1:
        return plain
    there = belief > 0.5  # noqa: PLR2004 - more likely than not
    backers = plain.sides[there]
    lead = abs(2 * belief - 1)
    sides = {there: backers, not there: plain.sides[not there]}
    rule = "weighted_majority" if lead > margin + _ROUNDING else "tie"
    support = Support(rule, len(backers), len(present), backers, round(lead, 6))
    decided = rule != "tie"
    return Outcome(decided, there if decided else None, support, sides)

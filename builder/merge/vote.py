"""Counting votes: unanimous, then a majority that leads clearly; a tie is never decided here."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from operator import itemgetter
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
    sides: dict[V, list[str]] = {}
    for annotation in sorted(votes):
        sides.setdefault(votes[annotation], []).append(annotation)
    if len(sides) == 1:
        ((value, names),) = sides.items()
        rule = "single" if len(names) == 1 else "unanimous"
        support = Support(rule, len(names), len(names), tuple(names))
        return Outcome(True, value, support, {value: support.annotations})
    # Weights are added in the order of names, so that the sum is the same in every merge.
    ranked = [
        (-sum(map(weights.__getitem__, names)) if weights else -float(len(names)), tuple(names))
        for names in sides.values()
    ]
    total = -sum(strength for strength, _ in ranked)
    order = sorted(zip(ranked, sides, strict=True), key=itemgetter(0))
    (strength, backers), value = order[0]
    lead = (-2 * strength - total) / total
    decided = lead > margin + _ROUNDING
    majority = "majority" if weights is None else "weighted_majority"
    support = Support(
        majority if decided else "tie",
        len(backers),
        len(votes),
        backers,
        max(0.0, round(lead, 6)),
    )
    by_value = {value: backers for (_, backers), value in order}
    return Outcome(decided, value if decided else None, support, by_value)


def presence(
    present: Mapping[str, bool], belief: float | None = None, *, margin: float = 0.0
) -> Outcome[bool]:
    """Decide whether something is there at all; `present` holds every voter.

    `belief` is the probability that it is there, when the annotators'
    reliability is known; it replaces the count unless all agree.
    """
    if belief is None or len(set(present.values())) == 1:
        return count(present, margin=margin)
    there = belief > 0.5  # noqa: PLR2004 - more likely than not
    names = sorted(present)
    backers = tuple(name for name in names if present[name] is there)
    sides = {there: backers, not there: tuple(n for n in names if present[n] is not there)}
    lead = abs(2 * belief - 1)
    rule = "weighted_majority" if lead > margin + _ROUNDING else "tie"
    support = Support(rule, len(backers), len(present), backers, round(lead, 6))
    decided = rule != "tie"
    return Outcome(decided, there if decided else None, support, sides)

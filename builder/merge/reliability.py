"""How far each annotator can be relied on, by event type, as far as the answers can tell.

A candidate exists only because somebody proposed it, so a textbook
Dawid-Skene model, which takes silence of all for an observation it could have
made, overrates everybody. Here the likelihood of each pattern of votes is
conditioned on at least one vote: the candidates that nobody proposed are put
back, in expectation, at every step (expectation-maximisation for a truncated
mixture; Dempster, Laird and Rubin 1977, section 4.2; Dawid and Skene 1979 for
the model itself). With fewer than three annotators it cannot be identified,
then nothing is claimed. What was learnt where three and more voted holds for
the same people where only two did.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from builder.align import align_arguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.align import Cluster
    from builder.event import Annotation, Event

Pattern = tuple[tuple[str, bool], ...]
"""Who could vote on a candidate, in order of names, and who saw it."""
Sides = tuple[frozenset[str], ...]
"""Who voted alike on the value of something, sorted."""
ANNOTATORS = 3
"""Fewer cannot be told apart: two who differ give no hint who is right."""
CANDIDATES = 50
"""Fewer candidates of a type say too little; then its votes are counted equally."""
ROUNDS = 200
_SETTLED = 1e-6
PRIOR = 0.15
"""Weight of the prior as a share of the candidates. Votes of three people fit many rates equally
well; of those the one is taken in which whoever errs more in values also misses and invents more.
"""


@dataclass(slots=True)
class Votes:
    """Vote patterns with how often each occurred; its size does not grow with the corpus."""

    presence: dict[tuple[str, str], Counter[Pattern]]
    values: dict[str, Counter[Sides]]

    @classmethod
    def none(cls) -> Votes:
        """Return an empty count."""
        return cls(defaultdict(Counter), defaultdict(Counter))

    def see(self, kind: str, event_type: str, present: Mapping[str, bool]) -> None:
        """Count one candidate: an event or an argument."""
        self.presence[kind, event_type][tuple(sorted(present.items()))] += 1

    def compare(self, event_type: str, votes: Mapping[str, object]) -> None:
        """Count one value that several annotators gave."""
        if len(votes) == 1:
            return
        sides: dict[object, set[str]] = defaultdict(set)
        for who, value in votes.items():
            sides[value].add(who)
        alike = sorted((frozenset(side) for side in sides.values()), key=sorted)
        self.values[event_type][tuple(alike)] += 1


@dataclass(frozen=True)
class Rates:
    """What is estimated for one kind of candidate of one event type.

    `true` is the share of candidates that are true, `finds` by annotator the
    probability to see a true one, `invents` to propose a false one.
    """

    candidates: int
    true: float
    finds: dict[str, float]
    invents: dict[str, float]

    def belief(self, present: Pattern) -> float:
        """Return the probability that a candidate with these votes, by name, is true."""
        odds = self._prior
        for vote in present:
            odds += self._evidence[vote]
        return 1 / (1 + math.exp(-max(-700.0, min(700.0, odds))))

    @cached_property
    def _prior(self) -> float:
        return math.log(self.true) - math.log1p(-self.true)

    @cached_property
    def _evidence(self) -> dict[tuple[str, bool], float]:
        """How far each possible vote of each annotator moves the logarithm of the odds."""
        found = {}
        for who, finds in self.finds.items():
            invents = self.invents[who]
            found[who, True] = math.log(finds / invents)
            found[who, False] = math.log((1 - finds) / (1 - invents))
        return found


@dataclass(frozen=True, slots=True)
class Reliability:
    """What is known of the annotators: rates by kind and type, accuracy by type."""

    rates: dict[tuple[str, str], Rates]
    accuracy: dict[str, dict[str, float]]

    def belief(self, kind: str, event_type: str, present: Mapping[str, bool]) -> float | None:
        """Return how probable a candidate is, None where that cannot be known."""
        rates = self.rates.get((kind, event_type))
        if rates is None or not present.keys() <= rates.finds.keys():
            return None
        return rates.belief(tuple(sorted(present.items())))

    def weights(self, event_type: str) -> dict[str, float]:
        """Return what the vote on a value weighs, of each annotator of whom that can be known.

        A weight is the logarithm of the odds to be right (Nitzan and Paroush 1982).
        """
        known = self.accuracy.get(event_type, {})
        return {who: math.log(rate / (1 - rate)) for who, rate in known.items()}


def reliability_rows(known: Reliability | None) -> list[dict[str, object]]:
    """Return what was estimated, by event type and then by name: a report, not a ranking.

    `finds` is the share of true events that somebody marks, `right` how often
    their value of a disputed thing is the likeliest one, `events` how many
    candidates the estimate rests on.
    """
    if known is None:
        return []
    return [
        {
            "event_type": event_type,
            "annotator": who,
            "finds": round(finds, 2),
            "right": _rounded(known.accuracy.get(event_type, {}).get(who)),
            "events": rates.candidates,
        }
        for (kind, event_type), rates in sorted(known.rates.items())
        if kind == "event"
        for who, finds in sorted(rates.finds.items())
    ]


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 2)


def estimate(votes: Votes) -> Reliability:
    """Estimate everything that the votes can identify."""
    accuracy = {
        key: known for key in sorted(votes.values) if (known := _accuracy(votes.values[key]))
    }
    slips = _slips(accuracy)
    rates = {
        key: found
        for key in sorted(votes.presence)
        if (found := _rates(votes.presence[key], slips))
    }
    return Reliability(rates, accuracy)


def count_votes(
    votes: Votes, annotations: Iterable[Annotation], clusters: Sequence[Cluster[Event]]
) -> None:
    """Count what one document's aligned answers say about events and their values."""
    who = {a.annotation_id: a.annotator for a in annotations}
    for cluster in clusters:
        types = Counter(event.type for event in cluster.values())
        likely = min(types, key=lambda name: (-types[name], name))
        votes.see("event", likely, {who[name]: name in cluster for name in who})
        votes.compare(likely, {who[name]: event.trigger for name, event in cluster.items()})
        votes.compare(likely, {who[name]: event.type for name, event in cluster.items()})
        members = {name: event for name, event in cluster.items() if event.type == likely}
        for mentions in align_arguments({name: e.arguments for name, e in members.items()}):
            votes.see("argument", likely, {who[name]: name in mentions for name in members})
            votes.compare(likely, {who[name]: a.role for name, a in mentions.items()})
            votes.compare(likely, {who[name]: a.parts for name, a in mentions.items()})


def _rates(patterns: Counter[Pattern], slips: Mapping[str, float]) -> Rates | None:
    # One voter alone says nothing: what they did not see, nobody knows of.
    usable = Counter({p: n for p, n in patterns.items() if len(p) > 1})
    people = sorted({who for pattern in usable for who, _ in pattern})
    total = sum(usable.values())
    if sum(n for p, n in usable.items() if len(p) >= ANNOTATORS) < CANDIDATES:
        return None
    rates = Rates(total, 0.7, dict.fromkeys(people, 0.8), dict.fromkeys(people, 0.3))
    for _ in range(ROUNDS):
        better = _step(rates, usable, {who: slips.get(who, 1.0) for who in people})
        moved = max(
            abs(better.true - rates.true),
            *(abs(better.finds[who] - rates.finds[who]) for who in people),
        )
        rates = better
        if moved < _SETTLED:
            break
    return rates


def _step(rates: Rates, patterns: Counter[Pattern], slips: Mapping[str, float]) -> Rates:
    """Return better rates: expected counts with the unseen candidates put back."""
    saw = {True: dict.fromkeys(rates.finds, 0.0), False: dict.fromkeys(rates.finds, 0.0)}
    could = {True: dict.fromkeys(rates.finds, 0.0), False: dict.fromkeys(rates.finds, 0.0)}
    mass = {True: 0.0, False: 0.0}
    crowds: Counter[tuple[str, ...]] = Counter()
    for pattern, times in sorted(patterns.items()):
        crowds[tuple(who for who, _ in pattern)] += times
        belief = rates.belief(pattern)
        for true, share in ((True, belief), (False, 1 - belief)):
            mass[true] += times * share
            for who, there in pattern:
                could[true][who] += times * share
                saw[true][who] += times * share * there
    for crowd, times in sorted(crowds.items()):
        for true, unseen in _unseen(rates, crowd, times).items():
            mass[true] += unseen
            for who in crowd:
                could[true][who] += unseen
    miss = 1 - _common(saw[True], could[True])
    invent = _common(saw[False], could[False])
    finds, invents = {}, {}
    weight = PRIOR * rates.candidates
    for who, factor in slips.items():
        expected = _clipped(1 - miss * factor), _clipped(invent * factor)
        finds[who] = _rate(saw[True][who], could[True][who], expected[0], weight)
        invents[who] = _rate(saw[False][who], could[False][who], expected[1], weight)
    prior = _clipped((mass[True] + 1) / (mass[True] + mass[False] + 2))
    return Rates(rates.candidates, prior, finds, invents)


def _slips(accuracy: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return how often each annotator errs, against the others: 1 is the average.

    It is read from the values they gave, where three are enough to tell.
    """
    wrong: dict[str, list[float]] = defaultdict(list)
    for known in accuracy.values():
        average = sum(1 - rate for rate in known.values()) / len(known)
        for who, rate in known.items():
            wrong[who].append((1 - rate) / average)
    return {who: sum(rates) / len(rates) for who, rates in sorted(wrong.items())}


def _unseen(rates: Rates, crowd: tuple[str, ...], times: int) -> dict[bool, float]:
    """Return how many true and false candidates this crowd passed over, in expectation."""
    silent = {
        True: rates.true * math.prod(1 - rates.finds[who] for who in crowd),
        False: (1 - rates.true) * math.prod(1 - rates.invents[who] for who in crowd),
    }
    seen = 1 - silent[True] - silent[False]
    return {true: times * share / seen for true, share in silent.items()}


def _common(saw: Mapping[str, float], could: Mapping[str, float]) -> float:
    return sum(saw.values()) / max(1e-9, sum(could.values()))


def _rate(saw: float, could: float, expected: float, weight: float) -> float:
    return _clipped((saw + weight * expected) / (could + weight))


def _accuracy(sides: Counter[Sides]) -> dict[str, float] | None:
    """Estimate who gives the right value: one rate per annotator, errors fall on any other."""
    people = sorted({who for alike in sides for side in alike for who in side})
    crowds = ((sum(map(len, alike)), times) for alike, times in sides.items())
    if sum(times for size, times in crowds if size >= ANNOTATORS) < CANDIDATES:
        return None
    accuracy = dict.fromkeys(people, 0.8)
    for _ in range(ROUNDS):
        right = dict.fromkeys(people, 0.0)
        voted: Counter[str] = Counter()
        for alike, times in sorted(sides.items(), key=lambda item: list(map(sorted, item[0]))):
            for side, belief in zip(alike, _beliefs(alike, accuracy), strict=True):
                for who in side:
                    right[who] += times * belief
                    voted[who] += times
        common = _common(right, voted)
        better = {
            who: _clipped((right[who] + 2 * common) / (voted[who] + 2), 0.55) for who in people
        }
        moved = max(abs(better[who] - accuracy[who]) for who in people)
        accuracy = better
        if moved < _SETTLED:
            break
    return accuracy


def _beliefs(alike: Sides, accuracy: Mapping[str, float]) -> list[float]:
    wrong = max(1, len(alike) - 1)
    logs = [
        sum(math.log(accuracy[w]) - math.log((1 - accuracy[w]) / wrong) for w in sorted(side))
        for side in alike
    ]
    highest = max(logs)
    odds = [math.exp(value - highest) for value in logs]
    return [value / sum(odds) for value in odds]


def _clipped(rate: float, least: float = 0.02) -> float:
    return min(0.98, max(least, rate))

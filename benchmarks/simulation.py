"""Annotators whose mistakes are known: documents with a truth, and answers that err around it.

The error model was fixed before anything was tuned on it. Mistakes are not
independent coins: an event can be hard for everybody, a decoy tempts several,
and whoever misses an extent mostly picks the same other plausible one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.document import Article, Document, Span, document_id
from builder.event import Annotation, Argument, Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.schema import Schema

TOKENS = 140
SYLLABLES = ("ba", "ko", "mi", "ru", "sel", "tan", "ve", "dor", "gi", "lu", "nam", "pe")


@dataclass(frozen=True, slots=True)
class Profile:
    """How often one annotator errs; each is a probability.

    `miss` is per true event and grows with how hard it is, `tempted` per decoy
    event; `shift_trigger` and `shift_argument` per extent; `drop`, `wrong_role`
    and `add` per argument; `attribute` per attribute.
    """

    name: str
    miss: float
    tempted: float
    wrong_type: float
    shift_trigger: float
    shift_argument: float
    drop: float
    wrong_role: float
    add: float
    attribute: float


AVERAGE = Profile("average", 0.15, 0.25, 0.04, 0.06, 0.14, 0.12, 0.05, 0.06, 0.10)


def scaled(name: str, factor: float) -> Profile:
    """Return a profile that errs `factor` times as often as the average."""
    rates = {
        field: min(0.9, factor * getattr(AVERAGE, field))
        for field in Profile.__slots__
        if field != "name"
    }
    return Profile(name, **rates)


CAREFUL, HASTY = scaled("careful", 0.5), scaled("hasty", 2.0)
PANELS: dict[int, tuple[Profile, ...]] = {
    3: (CAREFUL, AVERAGE, HASTY),
    4: (CAREFUL, AVERAGE, AVERAGE, HASTY),
    5: (CAREFUL, AVERAGE, AVERAGE, HASTY, HASTY),
}


@dataclass(frozen=True, slots=True)
class Simulated:
    """One document, its true events, and one answer per annotator in the panel's order."""

    document: Document
    truth: tuple[Event, ...]
    answers: tuple[Annotation, ...]


def simulate(
    schema: Schema, panel: Sequence[Profile], *, documents: int, seed: int
) -> list[Simulated]:
    """Return documents with a truth and the panel's answers; the same seed gives the same."""
    return [_Scene(schema, random.Random(f"{seed} {n}")).play(panel) for n in range(documents)]


@dataclass(frozen=True, slots=True)
class _Mention:
    """A true argument and the extent that is mistaken for its own."""

    argument: Argument
    tempting: tuple[Span, ...]
    wrong_role: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An event that can be seen: true, or a decoy. `hard` scales how it is missed."""

    event: Event
    mentions: tuple[_Mention, ...]
    extra: _Mention
    tempting_trigger: Span
    wrong_type: str
    hard: float
    true: bool


class _Scene:
    """Draws one document, what is in it, and what each annotator makes of it."""

    def __init__(self, schema: Schema, draw: random.Random) -> None:
        self.schema = schema
        self.draw = draw
        words = ["".join(draw.choices(SYLLABLES, k=draw.randint(1, 4))) for _ in range(TOKENS)]
        self.text = " ".join(words)
        self.tokens: list[Span] = []
        start = 0
        for word in words:
            self.tokens.append(Span(start, start + len(word)))
            start += len(word) + 1

    def play(self, panel: Sequence[Profile]) -> Simulated:
        places = self.draw.sample(range(2, TOKENS - 3, 3), k=16)
        number = self.draw.choices(range(9), weights=[4, 6, 8, 10, 10, 8, 6, 4, 2])[0]
        true = [self._candidate(place, true=True) for place in places[:number]]
        decoys = [self._candidate(p, true=False) for p in places[number : number + 2]]
        article = Article("simulated.txt", "0" * 64, "utf-8")
        doc_id = document_id(self.text)
        document = Document(doc_id, self.text, (), (), article, doc_id)
        answers = tuple(
            self._answer(doc_id, f"A{n}", profile, true + decoys) for n, profile in enumerate(panel)
        )
        truth = sorted((c.event for c in true), key=lambda e: e.trigger)
        return Simulated(document, tuple(truth), answers)

    def _candidate(self, place: int, *, true: bool) -> _Candidate:
        kinds = list(self.schema.event_types)
        kind, other = self.draw.sample(kinds, k=2)
        roles = list(self.schema.event_types[kind].roles)
        mentions = [self._mention(roles) for _ in range(self.draw.randint(1, 4))]
        distinct = {mention.argument.parts: mention for mention in mentions}
        chosen = {
            name: self.draw.choice(list(attribute.values))
            for name, attribute in self.schema.attributes(kind).items()
        }
        event = Event(
            f"{place}",
            kind,
            self.tokens[place],
            tuple(sorted(mention.argument for mention in distinct.values())),
            chosen,
        )
        return _Candidate(
            event,
            tuple(distinct.values()),
            self._mention(roles),
            Span(self.tokens[place].start, self.tokens[place + 1].end),
            other,
            self.draw.choice((0.5, 1.0, 2.0)),
            true,
        )

    def _mention(self, roles: list[str]) -> _Mention:
        length = self.draw.choice((1, 1, 2, 2, 3, 5, 9))
        first = self.draw.randrange(TOKENS - length - 3)
        role, other = self.draw.sample(roles, k=2)
        last = first + length - 1
        longer = Span(self.tokens[first].start, self.tokens[last + self.draw.randint(1, 3)].end)
        parts = (Span(self.tokens[first].start, self.tokens[last].end),)
        return _Mention(Argument(role, parts), (longer,), other)

    def _answer(
        self, doc_id: str, who: str, profile: Profile, candidates: list[_Candidate]
    ) -> Annotation:
        seen = [c for c in candidates if self._sees(profile, c)]
        name = f"{doc_id}-{who}"
        events = tuple(
            replace(self._marked(profile, c), event_id=f"{name}:{c.event.event_id}") for c in seen
        )
        return Annotation(name, doc_id, who, "events" if events else "empty", events)

    def _sees(self, profile: Profile, candidate: _Candidate) -> bool:
        if candidate.true:
            return self.draw.random() >= min(0.95, profile.miss * candidate.hard)
        return self.draw.random() < min(0.95, profile.tempted * candidate.hard)

    def _marked(self, profile: Profile, candidate: _Candidate) -> Event:
        event = candidate.event
        if self._slips(profile.wrong_type):
            # Roles of the other type: what they have in common stays, the rest is lost.
            allowed = self.schema.event_types[candidate.wrong_type].roles
            kept = tuple(a for a in event.arguments if a.role in allowed)
            return replace(event, type=candidate.wrong_type, arguments=kept, attributes={})
        trigger = (
            candidate.tempting_trigger if self._slips(profile.shift_trigger) else event.trigger
        )
        arguments = [
            self._argument(profile, mention)
            for mention in candidate.mentions
            if not self._slips(profile.drop)
        ]
        if self._slips(profile.add):
            arguments.append(candidate.extra.argument)
        return replace(
            event,
            trigger=trigger,
            arguments=tuple(sorted(dict.fromkeys(arguments))),
            attributes=self._attributes(profile, event),
        )

    def _argument(self, profile: Profile, mention: _Mention) -> Argument:
        parts = mention.tempting if self._slips(profile.shift_argument) else mention.argument.parts
        role = mention.wrong_role if self._slips(profile.wrong_role) else mention.argument.role
        return Argument(role, parts)

    def _attributes(self, profile: Profile, event: Event) -> dict[str, str]:
        return {
            name: self.draw.choice(list(self.schema.attributes(event.type)[name].values))
            if self._slips(profile.attribute)
            else value
            for name, value in (event.attributes or {}).items()
        }

    def _slips(self, rate: float) -> bool:
        return self.draw.random() < rate

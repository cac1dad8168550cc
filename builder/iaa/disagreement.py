"""What lies behind a number: each disagreement by kind, in words, with links to the tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.document import Span
from builder.iaa.marks import attributes, relations
from builder.iaa.pairing import Pairing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.event import Argument, Event
    from builder.iaa.granularity import Match
    from builder.iaa.pairing import EventPair
    from builder.schema import Schema

KINDS = {
    "missed event": (
        *("trigger", "type", "event", "argument", "role", "attribute", "link", "coreference"),
    ),
    "type": ("type", "event", "role", "attribute"),
    "trigger boundary": ("trigger", "type", "event", "attribute"),
    "missed argument": ("argument", "role", "event"),
    "role": ("role", "event"),
    "argument boundary": ("argument", "role", "event"),
    "attribute": ("attribute",),
    "link": ("link",),
    "coreference": ("coreference",),
    "flag": ("flag",),
}
"""Each kind of disagreement and the layers whose numbers it lowers."""
NOTHING = "-"
"""The answer of somebody who marked nothing there."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing that two annotators answered differently, where, and how each did.

    `forgiven` names the first granularity that does not count it: `edge` for a
    boundary that differs in punctuation only, `overlap` for any other, None
    for what no granularity forgives.
    """

    kind: str
    doc_id: str
    event_type: str
    span: Span
    annotators: tuple[str, str]
    answers: tuple[str, str]
    urls: tuple[str | None, str | None]
    forgiven: str | None = None


def disagreements(pairing: Pairing, text: str, schema: Schema | None) -> Iterator[Disagreement]:
    """Yield everything that the two answers differ in, in text order within each kind of unit.

    Arguments, attributes and relations are compared where both saw the events;
    those of a missed event are part of that miss.
    """
    say = _Teller(pairing, text)
    for pair in pairing.events:
        yield from _event_differences(pair, say)
        if pair.first and pair.second:
            yield from _argument_differences(pair, say)
        if pair.same_type:
            yield from _attribute_differences(pair, schema, say)
    yield from _relation_differences(pairing, say)
    yield from _flag_differences(pairing, say)


@dataclass(frozen=True, slots=True)
class _Teller:
    pairing: Pairing
    text: str

    def tell(
        self,
        kind: str,
        event: Event | None,
        span: Span,
        answers: Sequence[str],
        forgiven: str | None = None,
    ) -> Disagreement:
        first, second = self.pairing.first, self.pairing.second
        return Disagreement(
            kind=kind,
            doc_id=first.doc_id,
            event_type=event.type if event else "",
            span=span,
            annotators=(first.annotator, second.annotator),
            answers=(answers[0], answers[1]),
            urls=(first.task_url, second.task_url),
            forgiven=forgiven,
        )

    def quote(self, parts: Sequence[Span]) -> str:
        words = " ... ".join(" ".join(part.of(self.text).split()) for part in parts)
        return repr(words if len(words) <= _SHOWN else f"{words[: _SHOWN - 3]}...")


def _event_differences(pair: EventPair, say: _Teller) -> Iterator[Disagreement]:
    first, second = pair.first, pair.second
    if first is None or second is None:
        seen = first or second
        assert seen is not None  # noqa: S101 - a pair has at least one side
        answers = [_event_words(event, say) for event in (first, second)]
        yield say.tell("missed event", seen, seen.trigger, answers)
        return
    if not pair.same_type:
        yield say.tell("type", first, first.trigger, [first.type, second.type])
    if not pair.match[0]:
        answers = [say.quote([event.trigger]) for event in (first, second)]
        yield say.tell("trigger boundary", first, first.trigger, answers, _forgiven(pair.match))


def _argument_differences(pair: EventPair, say: _Teller) -> Iterator[Disagreement]:
    for argument in pair.arguments:
        first, second = argument.first, argument.second
        if first is None or second is None:
            seen = first or second
            assert seen is not None  # noqa: S101 - a pair has at least one side
            answers = [_argument_words(given, say) for given in (first, second)]
            yield say.tell("missed argument", pair.first, seen.parts[0], answers)
            continue
        if not argument.same_role:
            quoted = [_argument_words(given, say) for given in (first, second)]
            yield say.tell("role", pair.first, first.parts[0], quoted)
        if not argument.match[0]:
            quoted = [_argument_words(given, say) for given in (first, second)]
            forgiven = _forgiven(argument.match)
            yield say.tell("argument boundary", pair.first, first.parts[0], quoted, forgiven)


def _attribute_differences(
    pair: EventPair, schema: Schema | None, say: _Teller
) -> Iterator[Disagreement]:
    if pair.first is None or pair.second is None:
        return
    values, others = attributes(pair.first, schema), attributes(pair.second, schema)
    for name, value in values.items():
        if others[name] != value:
            answers = [f"{name} {value}", f"{name} {others[name]}"]
            yield say.tell("attribute", pair.first, pair.first.trigger, answers)


def _relation_differences(pairing: Pairing, say: _Teller) -> Iterator[Disagreement]:
    drawn = [set(relations(pairing, side)) for side in (0, 1)]
    for side in (0, 1):
        for layer, name, one, other in sorted(drawn[side] - drawn[1 - side]):
            ends = [pairing.events[place] for place in (one, other)]
            if not all(pair.first and pair.second for pair in ends):
                continue
            start, target = [(pair.first, pair.second)[side] for pair in ends]
            if start is None or target is None:
                continue
            relation = name or "the same as"
            words = f"{_event_words(start, say)} {relation} {_event_words(target, say)}"
            answers = [words, NOTHING] if side == 0 else [NOTHING, words]
            yield say.tell(layer, start, start.trigger, answers)


def _flag_differences(pairing: Pairing, say: _Teller) -> Iterator[Disagreement]:
    first, second = set(pairing.first.flags), set(pairing.second.flags)
    for flag in sorted(first ^ second):
        answers = [flag, NOTHING] if flag in first else [NOTHING, flag]
        yield say.tell("flag", None, Span(0, 0), answers)


def _event_words(event: Event | None, say: _Teller) -> str:
    return f"{event.type} {say.quote([event.trigger])}" if event else NOTHING


def _argument_words(argument: Argument | None, say: _Teller) -> str:
    return f"{argument.role} {say.quote(argument.parts)}" if argument else NOTHING


def _forgiven(match: Match) -> str:
    return "edge" if match[1] else "overlap"

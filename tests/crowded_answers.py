"""Answers that crowd one short text: twins, nested and broken extents, links, every state.

Drawn with `random`, not hypothesis, so that the same seed gives the same on every day.
"""

from types import SimpleNamespace

from builder.document import Span
from builder.event import Annotation, Argument, Event, Link
from builder.schema import Attribute, EventType, Role, Schema, Shared

TEXT = "Wi and Rutte met in Kyiv, agreed and said so"
STATES = ["events"] * 8 + ["unfinished", "skipped"]
ROLES = {
    "Agreement": ("Party", "Content", "Mediator", "Place"),
    "Meeting": ("Participant", "Topic", "Place"),
    "Statement": ("Speaker", "Content", "Topic"),
}
VALUES = {
    "Agreement": ("stage", "agreed", "signed", "rejected"),
    "Meeting": ("status", "held", "scheduled"),
    "Statement": ("act", "assert", "deny", "request"),
}
LINKS = {("Meeting", "Agreement"): "Outcome", ("Agreement", "Meeting"): "Occasion"}


def _attribute(name, *values):
    return Attribute(name, name, dict.fromkeys(values, ""), values[0])


def _event_type(name):
    roles = {role: Role(role, role, (), 0, None, many_parts=True) for role in ROLES[name]}
    own = _attribute(*VALUES[name])
    attributes = {own.name: own}
    return EventType(name, f"{name}s", "1", name, (), None, (), (), (), roles, attributes, {}, ())


_POLARITY = _attribute("polarity", "positive", "negative")
SCHEMA = Schema(
    {name: _event_type(name) for name in ROLES},
    Shared("1", {}, {_POLARITY.name: _POLARITY}, {}, {}, ()),
    "fixed",
)
"""A schema of our own, so that the shipped one can change without these answers changing."""


def crowd(draw):
    """Return a document and one answer of each of one to five annotators."""
    doc_id = f"{draw.getrandbits(64):016x}"
    document = SimpleNamespace(doc_id=doc_id, text=TEXT)
    return document, [_answer(draw, doc_id, who) for who in range(draw.randint(1, 5))]


def _answer(draw, doc_id, who):
    name = f"n{who}"
    own = [_event(draw, f"{name}:{number}") for number in range(draw.randint(0, 5))]
    linked = [
        Event(
            *(event.event_id, event.type, event.trigger, event.arguments, event.attributes),
            tuple(sorted(_links(draw, event, own))),
            event.cluster,
        )
        for event in own
    ]
    state = draw.choice(STATES) if own else "empty"
    return Annotation(name, doc_id, f"A{who}", state, tuple(linked))


def _links(draw, event, own):
    for other in own:
        name = LINKS.get((event.type, other.type))
        if name and draw.random() < 0.5:
            yield Link(name, other.event_id)


def _event(draw, event_id):
    kind = draw.choice(sorted(ROLES))
    arguments = {
        Argument(draw.choice(ROLES[kind]), _parts(draw)) for _ in range(draw.randint(0, 4))
    }
    name, *values = VALUES[kind]
    chosen = {name: draw.choice(values)} if draw.random() < 0.5 else {}
    if draw.random() < 0.2:
        chosen["polarity"] = "negative"
    cluster = draw.choice([None, None, f"{event_id[:2]} {kind} c", f"{event_id[:2]} {kind} d"])
    return Event(event_id, kind, _span(draw, 9), tuple(sorted(arguments)), chosen, (), cluster)


def _span(draw, longest):
    start = draw.randrange(len(TEXT) - longest)
    return Span(start, start + draw.randint(1, longest))


def _parts(draw):
    first = _span(draw, 8)
    if draw.random() < 0.2 and first.end + 4 < len(TEXT):
        return first, Span(first.end + 2, first.end + 4)
    return (first,)

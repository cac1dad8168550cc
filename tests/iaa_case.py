"""Two events in one text, and short ways to give answers and ask for numbers."""

from dataclasses import replace

from builder.document import Span
from builder.event import Annotation, Argument, Event
from builder.iaa.granularity import GRANULARITIES
from builder.iaa.marks import LAYERS
from builder.iaa.study import Answers

TEXT = "Wi and Rutte met in The Hague. South Korea and NATO agreed, with Qatar, to set up a body."


def at(words):
    start = TEXT.index(words)
    return Span(start, start + len(words))


def argument(role, *words):
    return Argument(role, tuple(at(word) for word in words))


MET = Event(
    "m", "Meeting", at("met"), (argument("Participant", "Wi"), argument("Place", "The Hague"))
)
AGREED = Event(
    "g",
    "Agreement",
    at("agreed"),
    (argument("Party", "South Korea"), argument("Party", "NATO"), argument("Mediator", "Qatar")),
    {"stage": "signed"},
)


def answer(annotator, *events, doc_id="d", state=None, **facts):
    name = f"{doc_id}-{annotator}"
    own = tuple(replace(e, event_id=f"{name}:{e.event_id}") for e in events)
    return Annotation(
        name, doc_id, annotator, state or ("events" if events else "empty"), own, **facts
    )


def document(*answers, doc_id="d", text=TEXT, source=None):
    return Answers(doc_id, text, tuple(answers), source)


def f1(found, layer, granularity="exact"):
    measure = found.overall("f1", layer, granularity)
    return measure and measure.value


def all_f1(found):
    """Return every layer's F1 at each granularity, without layers that have no unit."""
    return {
        (layer, granularity): f1(found, layer, granularity)
        for layer in LAYERS
        for granularity in GRANULARITIES
        if f1(found, layer, granularity) is not None
    }

"""Random answers of several annotators on one short text, for property tests."""

from dataclasses import replace

from hypothesis import strategies as st

from builder.document import Span
from builder.event import Annotation, Argument, Event, Link

SIZE = 24
spans = st.tuples(st.integers(0, SIZE - 5), st.integers(1, 4)).map(
    lambda pair: Span(pair[0], pair[0] + pair[1])
)
KINDS = {
    "Agreement": ("Party", "Content", "Mediator"),
    "Meeting": ("Participant", "Topic"),
    "Statement": ("Speaker", "Content", "Topic"),
}
CHOSEN = {"Agreement": ("stage", "signed"), "Meeting": ("status", "held")}
LINKS = {("Meeting", "Agreement"): "Outcome", ("Agreement", "Meeting"): "Occasion"}


@st.composite
def events(draw, number):
    kind = draw(st.sampled_from(sorted(KINDS)))
    arguments = draw(
        st.lists(
            st.builds(
                lambda role, parts: Argument(role, (parts,)), st.sampled_from(KINDS[kind]), spans
            ),
            max_size=3,
            unique=True,
        )
    )
    name, value = CHOSEN.get(kind, ("act", "deny"))
    chosen = {name: value} if draw(st.booleans()) else {}
    cluster = draw(st.sampled_from([None, "c", "d"]))
    return Event(
        f"{number}", kind, draw(spans), tuple(sorted(arguments)), chosen, (), f"{kind}{cluster}"
    )


@st.composite
def answer(draw, who):
    name = f"n{who}"
    drawn = [draw(events(number)) for number in range(draw(st.integers(0, 4)))]
    own = [
        replace(
            e, event_id=f"{name}:{e.event_id}", cluster=None if "None" in e.cluster else e.cluster
        )
        for e in drawn
    ]
    for place, event in enumerate(own):
        targets = [o for o in own if (event.type, o.type) in LINKS and draw(st.booleans())]
        links = tuple(sorted(Link(LINKS[event.type, o.type], o.event_id) for o in targets))
        own[place] = replace(event, links=links)
    states = ["events", "events", "events", "unfinished", "skipped"] if own else ["empty"]
    flags = () if own else draw(st.sampled_from([("no_event",), ("not_an_article",)]))
    return Annotation(name, "d", f"A{who}", draw(st.sampled_from(states)), tuple(own), flags)


@st.composite
def panels(draw, most=4):
    return [draw(answer(who)) for who in range(draw(st.integers(1, most)))]

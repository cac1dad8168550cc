"""Who writes a format also reads it back: any events, through result items, unchanged."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.document import Span, text_sha256
from builder.event import Argument, Event, Link
from builder.labelstudio.decode import read_task
from builder.labelstudio.encode import result
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parent.parent.parent / "schemas")
TEXT = "Wi 😀 met\r\nRutte in 東京; שלום they agreed, said e\u0301lan 👨‍👩‍👧 of NATO."
WORDS = [
    Span(start, end)
    for start in range(len(TEXT))
    for end in range(start + 1, len(TEXT) + 1)
    if not TEXT[start].isspace() and not TEXT[end - 1].isspace()
]
spans = st.sampled_from(WORDS)


@st.composite
def arguments(draw, event_type):
    role = draw(st.sampled_from(list(event_type.roles.values())))
    most = 3 if role.many_parts else 1
    parts = draw(st.lists(spans, min_size=1, max_size=most, unique=True))
    return Argument(role.name, tuple(sorted(parts)))


@st.composite
def attributes(draw, name):
    known = SCHEMA.attributes(name)
    chosen = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=3))
    return {n: draw(st.sampled_from(sorted(known[n].values))) for n in sorted(chosen)}


@st.composite
def events(draw):
    kinds = st.sampled_from(sorted(SCHEMA.event_types))
    places = draw(st.lists(st.tuples(spans, kinds), unique=True, max_size=4))
    made = []
    for trigger, name in sorted(places):
        given_ = draw(st.lists(arguments(SCHEMA.event_types[name]), max_size=4, unique=True))
        event_id = f"{trigger.start}-{trigger.end}-{name}"
        made.append(Event(event_id, name, trigger, tuple(sorted(given_)), draw(attributes(name))))
    return tuple(_linked(event, made, draw) for event in made)


def _linked(event, others, draw):
    links = [
        Link(link.name, other.event_id)
        for other in others
        if (link := SCHEMA.link(event.type, other.type)) and draw(st.booleans())
    ]
    return Event(
        event.event_id, event.type, event.trigger, event.arguments, event.attributes, tuple(links)
    )


def without_ids(found):
    """Events with ids replaced by what they stand for, so that two readings compare."""
    names = {e.event_id: (e.type, e.trigger) for e in found}
    return sorted(
        (
            e.type,
            e.trigger,
            sorted(e.arguments),
            sorted((e.attributes or {}).items()),
            sorted((link.name, names[link.target]) for link in e.links),
            names[e.cluster] if e.cluster else None,
        )
        for e in found
    )


def read_back(items, text=TEXT):
    data = {"text": text, "doc_id": "d", "text_sha256": text_sha256(text)}
    annotation = {"id": 1, "unique_id": "u", "completed_by": 1, "result": items}
    reading = read_task({"id": 7, "data": data, "annotations": [annotation]}, SCHEMA, str)
    return reading.annotations[0], reading.findings


@given(events())
@settings(max_examples=300, deadline=None)
def test_events_come_back_as_they_were_written(written):
    flags = [] if written else ["no_event"]
    annotation, findings = read_back(result(written, TEXT, SCHEMA, flags=flags))
    assert without_ids(annotation.events) == without_ids(written)
    assert {f.kind for f in findings} <= {"cardinality"}


@given(events())
@settings(deadline=None)
def test_every_region_holds_the_slice_of_its_offsets(written):
    for item in result(written, TEXT, SCHEMA):
        value = item.get("value", {})
        if "start" in value:
            assert value["text"] == TEXT[value["start"] : value["end"]]


def test_coreferring_mentions_come_back_in_one_cluster():
    first = Event("x", "Meeting", Span(5, 8), (), {}, (), "x")
    second = Event("y", "Meeting", Span(10, 15), (), {}, (), "x")
    annotation, _ = read_back(result([first, second], TEXT, SCHEMA))
    assert without_ids(annotation.events) == without_ids([first, second])


def test_flags_and_note_come_back():
    items = result([], TEXT, SCHEMA, flags=["no_event"], note="only sport")
    annotation, _ = read_back(items)
    assert (annotation.state, annotation.flags, annotation.note) == (
        "empty",
        ("no_event",),
        "only sport",
    )


def test_an_implied_argument_is_written_without_an_arrow_and_read_as_implied():
    event = Event("x", "Agreement", Span(5, 8), (Argument("Party", (Span(0, 2),), implied=True),))
    items = result([event], TEXT, SCHEMA)
    assert not [item for item in items if item["type"] == "relation"]
    assert read_back(items)[0].events[0].arguments == event.arguments

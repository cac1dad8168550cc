from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.release.versions.difference import Change, apply, compare, difference
from builder.release.versions.entry import entry

SPAN = st.tuples(st.integers(0, 12), st.integers(1, 5)).map(
    lambda pair: {"start": pair[0], "end": sum(pair)}
)
ARGUMENT = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["Party", "Place"]),
        "parts": st.lists(SPAN, min_size=1, max_size=2),
        "support": st.fixed_dictionaries({"votes": st.integers(1, 2)}),
    }
)
NAMED = st.sampled_from(["stage", "form"])
ATTRIBUTES = st.dictionaries(NAMED, st.sampled_from(["a", "b", None]), max_size=2).map(
    lambda found: [{"name": name, "value": value} for name, value in found.items()]
)
LINKS = st.lists(
    st.fixed_dictionaries({"name": NAMED, "target": st.sampled_from(["e1", "e2"])}),
    max_size=3,
    unique_by=lambda link: (link["name"], link["target"]),
)
EVENT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Meeting", "Agreement"]),
        "trigger": SPAN,
        "arguments": st.lists(ARGUMENT, max_size=3),
        "attributes": ATTRIBUTES,
        "links": LINKS,
        "cluster": st.sampled_from([None, "c1", "c2"]),
    }
)
EVENTS = st.dictionaries(st.sampled_from(["e1", "e2", "e3", "e4"]), EVENT, max_size=4).map(
    lambda found: [{"event_id": name, **event} for name, event in found.items()]
)
COLUMNS = st.fixed_dictionaries(
    {
        "split": st.sampled_from(["train", "test"]),
        "license": st.sampled_from([None, "cc-by-4.0"]),
        "url": st.sampled_from([None, "https://example.org/1"]),
    }
)
STATES = st.dictionaries(st.sampled_from("abcd"), st.tuples(COLUMNS, EVENTS), max_size=4).map(
    lambda found: {key: entry(key, columns, events) for key, (columns, events) in found.items()}
)


class Held:
    def __init__(self, held):
        self.held = held

    def raw(self):
        for key, one in sorted(self.held.items()):
            yield key, one.columns, list(one.events)


@settings(max_examples=60, deadline=None)
@given(STATES, STATES)
def test_applied_to_the_old_state_a_difference_gives_the_new_one(old, new):
    found = difference(Held(old), Held(new))
    assert apply(old, found) == new
    assert bool(found) == (old != new)


@settings(max_examples=30, deadline=None)
@given(STATES)
def test_a_state_does_not_differ_from_itself(state):
    assert not difference(Held(state), Held(state))


@settings(max_examples=30, deadline=None)
@given(EVENTS, st.randoms())
def test_the_order_of_anything_in_an_entry_means_nothing(events, random):
    def mixed(values):
        return random.sample(values, len(values))

    other = [
        {name: mixed(v) if isinstance(v, list) else v for name, v in event.items()}
        for event in mixed(events)
    ]
    assert entry("a", {}, events) == entry("a", {}, other)


def event(name="Meeting-0-3", start=0, end=3, **fields):
    return {"event_id": name, "type": "Meeting", "trigger": {"start": start, "end": end}, **fields}


def test_an_event_whose_trigger_was_corrected_is_the_same_event():
    before = entry("d", {}, [event(), event("Meeting-20-23", 20, 23)])
    after = entry("d", {}, [event("Meeting-0-7", 0, 7), event("Meeting-20-23", 20, 23)])
    found = compare(before, after)
    assert not found.added
    assert not found.removed
    (changed,) = found.changed
    trigger = {"start": 0, "end": 3}, {"start": 0, "end": 7}
    assert changed.changes == (
        Change("event_id", "", "Meeting-0-3", "Meeting-0-7"),
        Change("trigger", "", *trigger),
    )


def test_events_that_share_no_character_are_one_lost_and_one_new():
    found = compare(entry("d", {}, [event()]), entry("d", {}, [event("Meeting-9-12", 9, 12)]))
    assert [e["event_id"] for e in found.removed] == ["Meeting-0-3"]
    assert [e["event_id"] for e in found.added] == ["Meeting-9-12"]


def test_an_argument_with_another_extent_is_changed_and_one_elsewhere_is_new():
    def argument(start, end, role="Host"):
        return {"role": role, "parts": [{"start": start, "end": end}]}

    before = entry("d", {}, [event(arguments=[argument(10, 15), argument(30, 35)])])
    after = entry("d", {}, [event(arguments=[argument(10, 18), argument(40, 45)])])
    (changed,) = compare(before, after).changed
    assert set(map(str, changed.changes)) == {
        str(Change("arguments", "Host", argument(10, 15), argument(10, 18))),
        str(Change("arguments", "Host", argument(30, 35), None)),
        str(Change("arguments", "Host", None, argument(40, 45))),
    }


def test_a_moved_document_is_told_from_other_changes():
    found = compare(entry("d", {"split": "train"}, []), entry("d", {"split": "test"}, []))
    assert found.moved == Change("split", "", "train", "test")


def test_a_document_of_the_same_source_replaces_the_one_that_is_gone():
    old = {"a": entry("a", {"url": "https://example.org/1"}, [])}
    new = {
        "b": entry("b", {"url": "https://example.org/1"}, []),
        "c": entry("c", {"source_file": "x.jsonl", "source_row": 1}, []),
    }
    assert difference(Held(old), Held(new)).replaced() == {"b": "a"}

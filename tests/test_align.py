from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.align import align_arguments, align_events
from builder.document import Span
from builder.event import Argument, Event


def event(start, end, kind="Meeting", arguments=(), name="e"):
    return Event(f"{name}{start}", kind, Span(start, end), arguments)


def test_overlapping_triggers_are_one_event():
    clusters = align_events({"a": [event(0, 5)], "b": [event(3, 5)], "c": [event(4, 9)]})
    assert [sorted(cluster) for cluster in clusters] == [["a", "b", "c"]]


def test_triggers_that_only_touch_are_two_events():
    assert len(align_events({"a": [event(0, 5)], "b": [event(5, 9)]})) == 2


def test_one_word_that_triggers_two_types_is_matched_by_type():
    both = [event(0, 5, "Agreement"), event(0, 5, "Statement")]
    clusters = align_events({"a": both, "b": both[::-1]})
    assert [{e.type for e in cluster.values()} for cluster in clusters] == [
        {"Agreement"},
        {"Statement"},
    ]


def test_a_type_disagreement_stays_one_event():
    clusters = align_events({"a": [event(0, 5, "Agreement")], "b": [event(0, 5, "Statement")]})
    assert len(clusters) == 1


def test_arguments_break_a_tie_between_equal_triggers():
    party = Argument("Party", (Span(10, 14),))
    place = Argument("Place", (Span(20, 24),))
    first = [event(0, 5, arguments=(party,), name="p"), event(0, 5, arguments=(place,), name="q")]
    clusters = align_events({"a": first, "b": first[::-1]})
    assert all(len({e.arguments for e in cluster.values()}) == 1 for cluster in clusters)


def test_a_cluster_never_holds_two_answers_of_one_annotator():
    clusters = align_events({"a": [event(0, 4), event(5, 9)], "b": [event(0, 9)]})
    assert sorted(len(cluster) for cluster in clusters) == [1, 2]


def test_an_argument_in_another_role_is_still_the_same_mention():
    clusters = align_arguments(
        {"a": [Argument("Party", (Span(0, 4),))], "b": [Argument("Mediator", (Span(0, 4),))]}
    )
    assert len(clusters) == 1


spans = st.tuples(st.integers(0, 12), st.integers(1, 4)).map(lambda p: Span(p[0], p[0] + p[1]))
events = st.builds(
    lambda span, kind: Event(f"{span}{kind}", kind, span), spans, st.sampled_from(["A", "B"])
)


@settings(deadline=None)
@given(st.lists(st.lists(events, max_size=4), min_size=2, max_size=3))
def test_the_order_of_annotators_and_events_changes_nothing(answers):
    named = {f"annotator{n}": answer for n, answer in enumerate(answers)}
    wanted = align_events(named)
    for order in permutations(named):
        shuffled = {who: named[who][::-1] for who in order}
        assert align_events(shuffled) == wanted


@settings(deadline=None)
@given(st.lists(st.lists(events, max_size=4), min_size=1, max_size=3))
def test_every_event_is_in_exactly_one_cluster(answers):
    named = {f"annotator{n}": answer for n, answer in enumerate(answers)}
    clusters = align_events(named)
    assert sum(map(len, clusters)) == sum(map(len, answers))


@settings(deadline=None)
@given(st.lists(events, max_size=6), st.lists(events, max_size=6))
def test_the_names_of_two_annotators_change_nothing(first, second):
    def met(one, other):
        clusters = align_events({one: first, other: second})
        return {(id(c.get(one)), id(c.get(other))) for c in clusters if len(c) == 2}

    assert met("a", "b") == met("b", "a")

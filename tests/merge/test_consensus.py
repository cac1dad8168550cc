from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from builder.document import Article, Document, Span, document_id
from builder.event import Annotation, Argument, Event, Link
from builder.merge.consensus import merge_document
from builder.merge.policy import Policy
from builder.schema import load_schema

TEXT = "Wi and Rutte met in The Hague. South Korea and NATO agreed to set up a body."


def at(words, occurrence=0):
    start = -1
    for _ in range(occurrence + 1):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def argument(role, *words):
    return Argument(role, tuple(at(word) for word in words))


@pytest.fixture(scope="module")
def schema():
    return load_schema(Path(__file__).parent.parent.parent / "schemas")


@pytest.fixture
def document():
    article = Article("a.txt", "0" * 64, "utf-8")
    return Document(document_id(TEXT), TEXT, (), (), article, document_id(TEXT))


AGREED = Event(
    "g",
    "Agreement",
    at("agreed"),
    (argument("Party", "South Korea"), argument("Party", "NATO")),
    {"stage": "agreed_in_principle"},
)
MET = Event("m", "Meeting", at("met"), (argument("Participant", "Wi"),), {})


def answers(*each):
    return [
        Annotation(
            f"n{number}",
            "d",
            f"A{number}",
            "events" if events else "empty",
            tuple(replace(e, event_id=f"n{number}:{e.event_id}") for e in events),
        )
        for number, events in enumerate(each)
    ]


def test_identical_answers_give_that_answer_and_no_conflict(document, schema):
    gold = merge_document(document, answers([AGREED, MET], [AGREED, MET]), schema)
    assert gold.state == "events"
    assert (gold.conflicts, gold.rejected) == ((), ())
    assert [e.type for e in gold.events] == ["Meeting", "Agreement"]
    assert {a.support.rule for e in gold.events for a in e.arguments} == {"unanimous"}


def test_one_annotator_alone_gives_that_answer_marked_single(document, schema):
    gold = merge_document(document, answers([AGREED]), schema)
    assert [(a.role, a.parts) for a in gold.events[0].arguments] == [
        ("Party", (at("South Korea"),)),
        ("Party", (at("NATO"),)),
    ]
    assert gold.events[0].support.rule == "single"


def test_an_event_that_half_the_annotators_see_is_a_conflict_not_gold(document, schema):
    gold = merge_document(document, answers([AGREED, MET], [AGREED]), schema)
    assert [e.type for e in gold.events] == ["Agreement"]
    assert [(c.kind, c.what) for c in gold.conflicts] == [("event", "Meeting at 'met'")]


def test_an_event_that_a_minority_sees_is_rejected_with_its_votes(document, schema):
    gold = merge_document(document, answers([AGREED, MET], [AGREED], [AGREED]), schema)
    assert [(r.what, r.support.votes, r.support.voters) for r in gold.rejected] == [
        ("Meeting at 'met'", 2, 3)
    ]


def test_an_empty_answer_is_a_vote_against_every_event(document, schema):
    gold = merge_document(document, answers([MET], []), schema)
    assert gold.events == ()
    assert [c.kind for c in gold.conflicts] == ["event"]
    assert gold.state == "unfinished"


def test_two_empty_answers_are_an_empty_document(document, schema):
    assert merge_document(document, answers([], []), schema).state == "empty"


def test_unfinished_and_skipped_answers_do_not_vote(document, schema):
    given = answers([MET], [], [])
    given[1] = replace(given[1], state="unfinished")
    given[2] = replace(given[2], state="skipped")
    gold = merge_document(document, given, schema)
    assert [e.support.voters for e in gold.events] == [1]


def test_below_the_quorum_a_document_stays_unfinished(document, schema):
    gold = merge_document(document, answers([MET]), schema, Policy(quorum=2))
    assert (gold.state, gold.events) == ("unfinished", ())


def test_a_tied_trigger_boundary_withholds_the_event(document, schema):
    other = replace(AGREED, trigger=at("agreed to"))
    gold = merge_document(document, answers([AGREED], [other]), schema)
    assert gold.events == ()
    assert [v.answer for c in gold.conflicts for v in c.versions] == [
        f"{at('agreed').start}..{at('agreed').end} 'agreed'",
        f"{at('agreed to').start}..{at('agreed to').end} 'agreed to'",
    ]


def test_swapped_roles_are_a_role_conflict_and_the_event_stays(document, schema):
    other = replace(
        AGREED, arguments=(argument("Party", "South Korea"), argument("Mediator", "NATO"))
    )
    gold = merge_document(document, answers([AGREED], [other]), schema)
    assert [a.role for a in gold.events[0].arguments] == ["Party"]
    assert [c.kind for c in gold.conflicts] == ["role"]


def test_an_argument_that_one_of_two_saw_is_a_conflict_of_that_event(document, schema):
    other = replace(AGREED, arguments=AGREED.arguments[:1])
    gold = merge_document(document, answers([AGREED], [other]), schema)
    assert [(c.kind, c.event_id) for c in gold.conflicts] == [("argument", gold.events[0].event_id)]


def test_a_majority_boundary_wins_and_says_so(document, schema):
    longer = replace(AGREED, arguments=(argument("Party", "South Korea and"), AGREED.arguments[1]))
    gold = merge_document(document, answers([AGREED], [AGREED], [longer]), schema)
    party = gold.events[0].arguments[0]
    assert (party.parts, party.support.rule, party.support.votes) == (
        (at("South Korea"),),
        "majority",
        2,
    )


def test_an_untouched_attribute_counts_as_its_default(document, schema):
    untouched = replace(AGREED, attributes={})
    gold = merge_document(document, answers([AGREED], [untouched]), schema)
    stage = next(a for a in gold.events[0].attributes if a.name == "stage")
    assert (stage.value, stage.support.rule) == ("agreed_in_principle", "unanimous")


def test_a_tied_attribute_has_no_value(document, schema):
    signed = replace(AGREED, attributes={"stage": "signed"})
    gold = merge_document(document, answers([AGREED], [signed]), schema)
    stage = next(a for a in gold.events[0].attributes if a.name == "stage")
    assert stage.value is None
    assert [c.kind for c in gold.conflicts] == ["attribute"]


def linked(outcome=True):
    meeting = replace(MET, links=(Link("Outcome", "g"),) if outcome else ())
    return [meeting, AGREED]


def link_answers(*each):
    given = answers(*each)
    return [
        replace(
            a,
            events=tuple(
                replace(
                    e,
                    links=tuple(
                        replace(x, target=f"{a.annotation_id}:{x.target}") for x in e.links
                    ),
                )
                for e in a.events
            ),
        )
        for a in given
    ]


def test_a_link_that_both_drew_is_in_the_gold(document, schema):
    gold = merge_document(document, link_answers(linked(), linked()), schema)
    assert [(x.name, x.target) for x in gold.events[0].links] == [
        ("Outcome", gold.events[1].event_id)
    ]


def test_a_link_that_one_of_two_drew_is_a_conflict(document, schema):
    gold = merge_document(document, link_answers(linked(), linked(outcome=False)), schema)
    assert [c.kind for c in gold.conflicts] == ["link"]


def test_a_link_to_an_event_that_is_not_gold_is_rejected_by_name(document, schema):
    gold = merge_document(document, link_answers(linked(), [MET], linked()[:1]), schema)
    lost = [r for r in gold.rejected if r.kind == "link"]
    assert {r.support.rule for r in lost} == {"other_event_not_in_gold"}


def corefering(*same):
    talks = Event("t", "Meeting", at("Hague"), (), {})
    return [
        [replace(MET, cluster="c"), replace(talks, cluster="c")] if joined else [MET, talks]
        for joined in same
    ]


def test_events_that_both_joined_share_a_cluster(document, schema):
    gold = merge_document(document, answers(*corefering(True, True)), schema)
    assert {e.cluster for e in gold.events} == {gold.events[0].event_id}


def test_events_that_one_of_two_joined_are_a_conflict(document, schema):
    gold = merge_document(document, answers(*corefering(True, False)), schema)
    assert [c.kind for c in gold.conflicts] == ["coreference"]
    assert {e.cluster for e in gold.events} == {None}


def test_the_order_of_annotations_changes_nothing(document, schema):
    given = answers([AGREED, MET], [replace(AGREED, trigger=at("agreed to"))], [MET])
    wanted = merge_document(document, given, schema)
    for order in permutations(given):
        assert merge_document(document, order, schema) == wanted


def test_one_annotators_event_can_be_brought_before_a_person(document, schema):
    gold = merge_document(document, answers([AGREED]), schema, Policy(alone="ask"))
    assert (gold.state, gold.events) == ("unfinished", ())
    (conflict,) = gold.conflicts
    assert {v.answer: v.annotations for v in conflict.versions} == {"yes": ("n0",), "no": ()}


def test_one_annotators_document_can_be_left_out(document, schema):
    gold = merge_document(document, answers([AGREED]), schema, Policy(alone="leave_out"))
    assert (gold.state, gold.events) == ("unfinished", ())


def test_what_too_few_saw_is_rejected_by_that_rule(document, schema):
    fewer = replace(AGREED, arguments=AGREED.arguments[:1])
    policy = Policy(minimum_support=3)
    gold = merge_document(document, answers([AGREED], [AGREED], [fewer]), schema, policy)
    assert len(gold.events[0].arguments) == 1
    assert {(r.kind, r.support.rule) for r in gold.rejected} == {("argument", "minimum_support")}


def test_a_lead_that_is_too_small_is_a_conflict(document, schema):
    given = answers([AGREED, MET], [AGREED, MET], [AGREED])
    gold = merge_document(document, given, schema, Policy(margin=0.5))
    assert [(c.kind, c.what) for c in gold.conflicts] == [("event", "Meeting at 'met'")]


def test_what_a_majority_overrules_is_listed_with_who_said_it(document, schema):
    signed = replace(AGREED, attributes={"stage": "signed"})
    gold = merge_document(document, answers([AGREED], [AGREED], [signed]), schema)
    assert [(r.kind, r.said) for r in gold.rejected] == [
        ("attribute", ("n2:g attribute:stage=signed",))
    ]
    stage = next(a for a in gold.events[0].attributes if a.name == "stage")
    assert stage.support.margin == pytest.approx(1 / 3, abs=1e-6)

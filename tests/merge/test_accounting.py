"""Nothing of the input is unaccounted for, and every gold element can be traced back."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_answers import SIZE, panels

from builder.merge.accounting import account, lost
from builder.merge.consensus import FINISHED, merge_document
from builder.merge.policy import Policy
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")
DOCUMENT = SimpleNamespace(doc_id="d", text="abcdefghijklmnopqrstuvwxyz"[:SIZE])
policies = st.builds(
    Policy,
    quorum=st.integers(1, 3),
    alone=st.sampled_from(["accept", "ask", "leave_out"]),
    minimum_support=st.integers(1, 2),
    margin=st.sampled_from([0.0, 0.4]),
)


@settings(deadline=None, max_examples=80)
@given(panels(), policies)
def test_every_element_is_in_gold_in_a_conflict_or_rejected_with_a_rule(given_answers, policy):
    gold = merge_document(DOCUMENT, given_answers, SCHEMA, policy)
    assert lost(given_answers, gold) == []


@settings(deadline=None, max_examples=40)
@given(panels(), policies)
def test_every_gold_element_is_somebodys(given_answers, policy):
    gold = merge_document(DOCUMENT, given_answers, SCHEMA, policy)
    said = {a.annotation_id: a for a in given_answers if a.state in FINISHED}
    sources = {e.event_id: e for a in said.values() for e in a.events}
    for event in gold.events:
        own = [sources[name] for name in event.sources]
        assert event.type in {e.type for e in own}
        assert event.trigger in {e.trigger for e in own}
        mentions = {(a.role, a.parts) for e in own if e.type == event.type for a in e.arguments}
        assert {(a.role, a.parts) for a in event.arguments} <= mentions
        supports = [event.support, event.type_support, event.trigger_support]
        supports += [a.support for a in event.arguments] + [x.support for x in event.links]
        assert all(s.annotations and set(s.annotations) <= said.keys() for s in supports)


@settings(deadline=None, max_examples=40)
@given(panels(most=1))
def test_one_annotator_alone_gives_exactly_that_annotators_answer(given_answers):
    (only,) = given_answers
    fates = account(given_answers, merge_document(DOCUMENT, given_answers, SCHEMA))
    if only.state in FINISHED:
        assert set(fates.values()) <= {"gold"}
    else:
        assert set(fates.values()) <= {f"rejected: {only.state}"}


@settings(deadline=None, max_examples=30)
@given(panels(), policies, st.randoms())
def test_no_order_of_annotations_or_events_changes_the_gold(given_answers, policy, chance):
    from dataclasses import replace  # noqa: PLC0415 - only here

    shuffled = [
        replace(a, events=tuple(chance.sample(a.events, len(a.events)))) for a in given_answers
    ]
    chance.shuffle(shuffled)
    wanted = merge_document(DOCUMENT, given_answers, SCHEMA, policy)
    assert merge_document(DOCUMENT, shuffled, SCHEMA, policy) == wanted


@settings(deadline=None, max_examples=30)
@given(panels(most=1), st.integers(2, 4))
def test_identical_answers_have_no_conflict_and_lose_nothing(given_answers, times):
    from dataclasses import replace  # noqa: PLC0415 - only here

    (only,) = given_answers
    copies = [replace(only, annotation_id=f"m{n}", annotator=f"A{n}") for n in range(times)]
    gold = merge_document(DOCUMENT, copies, SCHEMA)
    assert gold.conflicts == gold.rejected == ()


@pytest.mark.parametrize("state", ["unfinished", "skipped"])
def test_an_answer_that_did_not_vote_is_accounted_for_by_its_state(state):
    from builder.document import Span  # noqa: PLC0415 - only here
    from builder.event import Annotation, Event  # noqa: PLC0415 - only here

    answer = Annotation("n", "d", "A", state, (Event("n:1", "Meeting", Span(0, 3)),))
    fates = account([answer], merge_document(DOCUMENT, [answer], SCHEMA))
    assert set(fates.values()) == {f"rejected: {state}"}

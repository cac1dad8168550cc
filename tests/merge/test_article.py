"""Whether a text is an article is decided before anything in it, and nothing said is lost."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from builder.document import Span
from builder.event import Annotation, Event
from builder.merge.accounting import account, lost
from builder.merge.consensus import judge_document, merge_document
from builder.merge.decision import decision
from builder.merge.policy import Policy
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")
DOCUMENT = SimpleNamespace(doc_id="d", text="Wi met Rutte\n\nThey talked.")
FLAG = "not_an_article"


def marks(who):
    event = Event(f"n{who}:t", "Meeting", Span(3, 6), (), {})
    return Annotation(f"n{who}", "d", f"A{who}", "events", (event,))


def refuses(who):
    return Annotation(f"n{who}", "d", f"A{who}", "empty", (), (FLAG,))


def finds_nothing(who):
    return Annotation(f"n{who}", "d", f"A{who}", "empty", (), ("no_event",))


def decided(gold, choice):
    (conflict,) = gold.conflicts
    made = decision(conflict, "d", choice, reason="slip", adjudicator="A9", decided_at="t")
    return {conflict.conflict_id: made}


def test_what_the_majority_calls_no_article_leaves_the_gold_with_what_the_others_marked():
    answers = [refuses(1), marks(2), refuses(3)]
    gold = merge_document(DOCUMENT, answers, SCHEMA)
    assert (gold.state, gold.events, gold.conflicts) == (FLAG, (), ())
    (rejection,) = gold.rejected
    assert (rejection.kind, rejection.support.rule, rejection.said) == (
        "article",
        "majority",
        ("n2:t",),
    )
    assert set(account(answers, gold).values()) == {"gold", "rejected: majority"}


def test_all_agree_that_it_is_no_article():
    gold = merge_document(DOCUMENT, [refuses(1), refuses(2)], SCHEMA)
    assert (gold.state, gold.conflicts, gold.rejected) == (FLAG, (), ())


def test_a_split_vote_is_a_conflict_and_everything_waits_for_it():
    answers = [refuses(1), marks(2)]
    gold = merge_document(DOCUMENT, answers, SCHEMA)
    (conflict,) = gold.conflicts
    assert (gold.state, gold.events, conflict.kind) == ("unfinished", (), "article")
    assert conflict.span.of(DOCUMENT.text) == "Wi met Rutte"
    assert {version.answer for version in conflict.versions} == {"yes", "no"}
    assert set(account(answers, gold).values()) == {"conflict"}


def test_who_was_outvoted_has_no_say_on_the_events():
    answers = [refuses(1), marks(2), finds_nothing(3)]
    gold = merge_document(DOCUMENT, answers, SCHEMA)
    assert [conflict.kind for conflict in gold.conflicts] == ["event"]
    assert [(r.kind, r.said) for r in gold.rejected] == [("article", (f"n1 flag:{FLAG}",))]


@pytest.mark.parametrize(("choice", "state"), [("yes", "events"), ("no", FLAG)])
def test_a_person_decides_a_split_vote(choice, state):
    answers = [refuses(1), marks(2)]
    decisions = decided(merge_document(DOCUMENT, answers, SCHEMA), choice)
    judged = judge_document(DOCUMENT, answers, SCHEMA, decisions=decisions)
    assert (judged.gold.state, judged.gold.conflicts) == (state, ())
    assert judged.used == decisions.keys()
    assert lost(answers, judged.gold) == []


def test_an_article_needs_the_quorum_of_those_who_looked_for_events():
    answers, policy = [refuses(1), marks(2)], Policy(quorum=2)
    decisions = decided(merge_document(DOCUMENT, answers, SCHEMA, policy), "yes")
    gold = merge_document(DOCUMENT, answers, SCHEMA, policy, decisions=decisions)
    assert (gold.state, gold.events) == ("unfinished", ())
    assert account(answers, gold)["n2:t"] == "rejected: quorum"


def test_one_annotator_alone_is_asked_about_where_the_policy_asks():
    gold = merge_document(DOCUMENT, [refuses(1)], SCHEMA, Policy(alone="ask"))
    assert [conflict.kind for conflict in gold.conflicts] == ["article"]
    assert merge_document(DOCUMENT, [refuses(1)], SCHEMA).state == FLAG


def test_events_speak_louder_than_the_flag():
    both = Annotation("n1", "d", "A1", "events", marks(1).events, (FLAG,))
    assert merge_document(DOCUMENT, [both, marks(2)], SCHEMA).state == "events"

"""Conflicts as questions, answers as decisions, decisions in the next merge: no server needed."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from builder.document import Span
from builder.errors import DataError
from builder.event import Annotation, Argument, Event
from builder.merge.collect import Answered
from builder.merge.consensus import judge_document, merge_document
from builder.merge.decision import add_decisions, read_decisions, stale
from builder.merge.policy import Policy
from builder.merge.question import AGREED, Case, questions
from builder.merge.verdict import verdicts
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")
TEXT = "South Korea and NATO agreed to meet; Oslo mediated."
DOCUMENT = SimpleNamespace(doc_id="d", text=TEXT)
KOREA, NATO = Argument("Party", (Span(0, 11),)), Argument("Party", (Span(16, 20),))
AGREED_EVENT = Event("e", "Agreement", Span(21, 27), (KOREA, NATO), {})


def answers(*events):
    return [
        Annotation(
            f"n{n}",
            "d",
            f"A{n}",
            "events" if event else "empty",
            (replace(event, event_id=f"n{n}:e"),) if event else (),
        )
        for n, event in enumerate(events)
    ]


def case(given, decisions=None):
    gold = merge_document(DOCUMENT, given, SCHEMA, decisions=decisions)
    return Case(Answered("d", TEXT, tuple(given), ()), gold, SCHEMA, Policy(), decisions or {})


def answered(question, verdict, reason="slip", result=None):
    """The task as the server gives it back, with one person's answer."""
    marks = result if result is not None else question["predictions"][-1]["result"]
    picked = [
        {"id": name, "from_name": name, "to_name": "text", "type": "choices", "value": value}
        for name, value in (
            ("verdict", {"choices": [verdict] if verdict else []}),
            ("reason", {"choices": [reason] if reason else []}),
        )
    ]
    answer = {
        "id": 7,
        "completed_by": {"email": "third@example.org"},
        "updated_at": "2026-11-23T12:00:00Z",
        "result": marks + picked,
    }
    return {"id": 3, "annotations": [answer], **question}


def read(*tasks):
    return verdicts(tasks, SCHEMA, lambda _: "A9", "http://ls.example/projects/2/data")


def letter(question, answer):
    return "ABCDEF"[question["data"]["versions"].index(answer)]


def conflicting():
    other = replace(AGREED_EVENT, arguments=(KOREA, replace(NATO, role="Mediator")))
    return answers(AGREED_EVENT, other)


def test_a_question_hides_names_and_prefills_what_is_agreed():
    (question,) = questions(case(conflicting()))
    assert sorted(question["data"]["versions"]) == ["Mediator", "Party"]
    assert "A0" not in json.dumps(question)
    assert "n0" not in json.dumps(question)
    models = [p["model_version"] for p in question["predictions"]]
    assert models == ["A", "B", AGREED]
    roles = [
        sorted(r for i in p["result"] if i.get("from_name") == "role" for r in i["value"]["labels"])
        for p in question["predictions"]
    ]
    both = {"Party": ["Party", "Party"], "Mediator": ["Mediator", "Party"]}
    assert roles == [both[v] for v in question["data"]["versions"]] + [["Party"]]


def test_a_decision_settles_its_conflict_and_carries_its_reason():
    given = conflicting()
    (question,) = questions(case(given))
    (decided,) = read(answered(question, letter(question, "Mediator"))).decisions
    judged = judge_document(DOCUMENT, given, SCHEMA, decisions={decided.conflict: decided})
    assert judged.gold.conflicts == ()
    assert judged.used == {decided.conflict}
    mediator = next(a for a in judged.gold.events[0].arguments if a.role == "Mediator")
    assert (mediator.support.rule, mediator.support.reason) == ("adjudicated", "slip")
    assert mediator.support.annotations == ("n1",)


def test_a_decision_goes_before_a_later_majority():
    given = conflicting()
    (question,) = questions(case(given))
    (decided,) = read(answered(question, letter(question, "Mediator"))).decisions
    third = replace(given[0], annotation_id="n2", annotator="A2")
    gold = merge_document(DOCUMENT, [*given, third], SCHEMA, decisions={decided.conflict: decided})
    assert "Mediator" in {a.role for a in gold.events[0].arguments}


def test_a_decision_whose_versions_changed_is_stale_and_asked_again():
    given = conflicting()
    (question,) = questions(case(given))
    (decided,) = read(answered(question, "A")).decisions
    changed = replace(AGREED_EVENT, arguments=(KOREA, replace(NATO, role="Signatory")))
    judged = judge_document(
        DOCUMENT, answers(AGREED_EVENT, changed), SCHEMA, decisions={decided.conflict: decided}
    )
    assert stale({decided.conflict: decided}, judged.used) == [decided]
    assert [c.kind for c in judged.gold.conflicts] == ["role"]
    assert judged.gold.conflicts[0].conflict_id != decided.conflict


def test_an_answer_marked_in_the_text_is_taken_from_the_marks():
    longer = replace(AGREED_EVENT, trigger=Span(21, 30))
    given = answers(AGREED_EVENT, longer)
    (question,) = questions(case(given))
    assert question["data"]["kind"] == "trigger"
    own = {"start": 21, "end": 35, "text": "", "labels": ["Agreement"]}
    mark = {"id": "t", "from_name": "event", "to_name": "text", "type": "labels", "value": own}
    (decided,) = read(answered(question, "as_marked", result=[mark])).decisions
    gold = merge_document(DOCUMENT, given, SCHEMA, decisions={decided.conflict: decided})
    assert gold.events[0].trigger == Span(21, 35)


def test_no_version_is_right_takes_the_element_out():
    longer = replace(AGREED_EVENT, trigger=Span(21, 30))
    given = answers(AGREED_EVENT, longer)
    (question,) = questions(case(given))
    (decided,) = read(answered(question, "none")).decisions
    gold = merge_document(DOCUMENT, given, SCHEMA, decisions={decided.conflict: decided})
    assert (gold.events, gold.conflicts, gold.state) == ((), (), "empty")
    assert {r.support.rule for r in gold.rejected} == {"adjudicated"}


@pytest.mark.parametrize(
    ("verdict", "reason", "message"),
    [
        (None, "slip", "no version was chosen"),
        ("A", None, "no reason was chosen; allowed: guideline_gap, slip, two_readings"),
        ("F", "slip", "there is no version F; allowed: A, B"),
    ],
)
def test_an_answer_that_is_none_is_named_with_its_task(verdict, reason, message):
    (question,) = questions(case(conflicting()))
    found = read(answered(question, verdict, reason))
    assert found.decisions == []
    assert str(found.problems[0]).startswith("http://ls.example/projects/2/data?task=3: ")
    assert message in str(found.problems[0])


def test_unanswered_and_skipped_tasks_are_counted():
    (question,) = questions(case(conflicting()))
    skipped = {"id": 4, "annotations": [{"id": 1, "was_cancelled": True}], **question}
    assert read({"id": 3, "annotations": [], **question}, skipped).counts == {
        "waiting": 1,
        "skipped": 1,
    }


def test_decisions_are_only_added_and_the_latest_counts(tmp_path):
    (question,) = questions(case(conflicting()))
    (first,) = read(answered(question, "A")).decisions
    later = replace(first, choice=question["data"]["versions"][1], decided_at="2026-12-01")
    assert add_decisions(tmp_path, [first]) == 1
    assert add_decisions(tmp_path, [first]) == 0
    assert add_decisions(tmp_path, [later]) == 1
    assert len((tmp_path / "decisions.jsonl").read_text().splitlines()) == 2
    assert read_decisions(tmp_path) == {"d": {first.conflict: later}}


def test_every_broken_decision_is_named_by_its_line(tmp_path):
    (question,) = questions(case(conflicting()))
    (good,) = read(answered(question, "A")).decisions
    add_decisions(tmp_path, [good])
    line = json.loads((tmp_path / "decisions.jsonl").read_text())
    bad = [{**line, "reason": "slipp"}, {"conflict": "x"}]
    with (tmp_path / "decisions.jsonl").open("a") as stream:
        stream.writelines(json.dumps(each) + "\n" for each in bad)
    with pytest.raises(DataError) as caught:
        read_decisions(tmp_path)
    said = str(caught.value)
    assert "annotations/decisions/decisions.jsonl:2: unknown reason 'slipp'" in said
    assert "decisions.jsonl:3: is no decision" in said


@pytest.mark.parametrize(("answer", "state"), [("yes", "events"), ("no", "not_an_article")])
def test_whether_it_is_an_article_is_asked_alone_and_decided_by_its_version(answer, state):
    marked, refused = answers(AGREED_EVENT, None)
    given = [marked, replace(refused, flags=("not_an_article",))]
    (question,) = questions(case(given))
    assert question["data"]["question"].startswith("Is this a news article?")
    assert read(answered(question, "none")).counts == {"unclear": 1}
    (decided,) = read(answered(question, letter(question, answer))).decisions
    gold = merge_document(DOCUMENT, given, SCHEMA, decisions={decided.conflict: decided})
    assert (gold.state, gold.conflicts) == (state, ())

"""A day of two annotators, by mouse and keyboard only, and what pull and check say of it."""

import json

import pytest
from test_path import SCHEMA
from test_push_pull import prepare, run

from builder.commands.push import push_tasks
from builder.document import Span, document_id, text_sha256
from builder.event import Argument, Event
from builder.labelstudio.decode import read_task
from builder.labelstudio.encode import result
from builder.labelstudio.snapshot import current_snapshots, read_snapshot
from builder.labelstudio.studio_project import find_project

KEYS = SCHEMA.role_keys()
DEAL = "A deal\n\nOn Monday Seoul and Ulm signed a pact on trade in Bonn."
TWO = "Two deals\n\nUlm agreed with Kiel in Bonn on fish. Graz agreed with Rome in Linz on wine."
PACT = "A pact\n\nOn Friday Oslo and Riga signed a pact on trade in Bern."
NONE = "Rain\n\nIt rained in Ulm all day and the river rose by a metre."
ADVERT = "Buy\n\nBuy one and get one free, this week only, in all shops."
TALKS = "Talks\n\nRutte met Merz in Bonn. They were back home on Sunday."
ARTICLES = (DEAL, TWO, PACT, NONE, ADVERT, TALKS)


def task_of(text):
    data = {"text": text, "doc_id": document_id(text), "text_sha256": text_sha256(text)}
    return {"data": data | {"title": text.partition("\n")[0], "schema": SCHEMA.version}}


def suggestion():
    """A prediction with a right trigger and one party that should be two."""
    trigger, parties = PACT.index("signed"), PACT.index("Oslo and Riga")
    party = Argument("Party", (Span(parties, parties + len("Oslo and Riga")),), implied=True)
    event = Event("e", "Agreement", Span(trigger, trigger + len("signed")), (party,))
    return {"model_version": "rules", "result": result([event], PACT, SCHEMA)}


@pytest.fixture
def day(studio, project_on):
    project = prepare(project_on("A day"), ())
    path = project.build / "tasks.json"
    path.write_text(json.dumps([task_of(text) for text in ARTICLES]))
    push_tasks(project)
    client = studio.client()
    found = find_project(client, "A day")
    tasks = {t.data["text"]: t.id for t in client.sdk.tasks.list(project=found.project_id)}
    client.sdk.predictions.create(task=tasks[PACT], **suggestion())
    client.sdk.projects.update(found.project_id, model_version="rules")
    return project, found


def mark_all(person, trigger, arguments):
    """Label a trigger and its arguments, then choose one attribute of the trigger."""
    person.label("1", *trigger)
    for role, words, occurrence in arguments:
        person.label(KEYS[role], words, occurrence)
    person.click(*trigger)
    person.press("Shift+c")  # stage: signed


def draw_arrows(person, trigger, arguments):
    """Draw one arrow per argument; the trigger is selected already for the first one."""
    for number, (_, words, occurrence) in enumerate(arguments):
        if number:
            person.click(*trigger)
        person.press("Alt+r")
        person.click(words, occurrence)


def anns_day(person, counts):
    person.next_article("signed a pact")
    before = person.actions
    mark_all(
        person, ("signed", 0), [("Party", "Seoul", 0), ("Party", "Ulm", 0), ("Place", "Bonn", 0)]
    )
    counts["implied"] = person.actions - before
    person.submit()
    person.next_article("Two deals")
    before = person.actions
    arguments = [("Party", "Ulm", 0), ("Party", "Kiel", 0), ("Place", "Bonn", 0)]
    mark_all(person, ("agreed", 0), arguments)
    draw_arrows(person, ("agreed", 0), arguments)
    counts["arrows"] = person.actions - before
    person.press("Escape")
    person.label("1", "agreed", 1)
    arguments = [("Party", "Graz", 0), ("Place", "Linz", 0)]
    for role, words, occurrence in arguments:
        person.label(KEYS[role], words, occurrence)
    person.click("agreed", 1)
    draw_arrows(person, ("agreed", 1), arguments)
    person.submit()
    person.next_article("Oslo")
    person.click("signed", 0)
    person.press("Shift+c")  # changes the suggested trigger
    person.press("Escape")
    person.click("and", 0)
    person.press("Backspace")  # deletes the suggested party
    person.label(KEYS["Party"], "Oslo")
    person.label(KEYS["Party"], "Riga")
    person.submit()
    person.next_article("It rained")
    before = person.actions
    person.press("z")  # no event
    person.submit()
    counts["no event"] = person.actions - before
    person.next_article("Buy one")
    person.skip()
    person.next_article("Rutte met")
    person.label("2", "met")
    person.leave_a_draft()


def bobs_day(person):
    person.next_article("signed a pact")
    assert not person.marks()
    person.label("1", "signed")
    person.submit()
    person.next_article("Two deals")
    assert not person.marks()
    person.label("1", "agreed", 0)
    person.label("1", "agreed", 1)
    person.label(KEYS["Place"], "Linz")
    person.submit()
    person.next_article("Oslo")
    assert len(person.marks()) == 2
    person.submit()
    person.next_article("It rained")
    person.press("z")
    person.submit()
    person.next_article("Buy one")
    person.press("x")  # not an article
    person.submit()
    person.next_article("Rutte met")
    assert not person.marks()
    person.label("2", "met")
    person.submit()


@pytest.mark.slow
def test_two_annotators_work_through_a_day(studio, day):
    from browser import annotator  # noqa: PLC0415 - needs Playwright

    project, found = day
    counts = {}
    ann, bob = studio.add_user("day-ann"), studio.add_user("day-bob")
    for user, work in ((ann, lambda person: anns_day(person, counts)), (bob, bobs_day)):
        with annotator() as person:
            person.log_in(studio.url, user.email, user.password)
            person.open_stream(studio.url, found.project_id)
            person.press("Escape")
            work(person)
    print(f"actions for one event, three arguments, one attribute: {counts}")  # noqa: T201 - asked for
    assert counts["implied"] <= 10
    assert counts["arrows"] <= 18

    assert run(project, "pull").exit_code == 0
    (snapshot,) = current_snapshots(project.snapshots)
    readings = [read_task(t, SCHEMA, lambda who: who[4:7]) for t in read_snapshot(snapshot.path)]
    texts = {document_id(text): text for text in ARTICLES}
    given = {(texts[a.doc_id], a.annotator): a for r in readings for a in r.annotations}
    states = {key: annotation.state for key, annotation in given.items()}
    assert states == {
        **{(text, who): "events" for text in (DEAL, TWO, PACT) for who in ("ann", "bob")},
        (NONE, "ann"): "empty",
        (NONE, "bob"): "empty",
        (ADVERT, "ann"): "skipped",
        (ADVERT, "bob"): "empty",
        (TALKS, "ann"): "unfinished",
        (TALKS, "bob"): "events",
    }
    (deal,) = given[DEAL, "ann"].events
    assert deal.attributes == {"stage": "signed"}
    words = [(a.role, a.parts[0].of(DEAL), a.implied) for a in deal.arguments]
    assert words == [("Party", "Seoul", True), ("Party", "Ulm", True), ("Place", "Bonn", True)]
    two = [
        sorted((a.role, a.parts[0].of(TWO), a.implied) for a in event.arguments)
        for event in given[TWO, "ann"].events
    ]
    assert two == [
        [("Party", "Kiel", False), ("Party", "Ulm", False), ("Place", "Bonn", False)],
        [("Party", "Graz", False), ("Place", "Linz", False)],
    ]
    edits = {who: sorted(e.outcome for e in given[PACT, who].edits) for who in ("ann", "bob")}
    assert edits == {"ann": ["added", "added", "changed", "deleted"], "bob": ["kept", "kept"]}
    assert given[PACT, "ann"].shown_prediction == "rules"
    assert given[DEAL, "ann"].shown_prediction is None

    checked = json.loads(run(project, "check", "--json").stdout)
    named = {
        (texts[f["doc_id"]], f["kind"]) for f in checked["findings"] if f["kind"] != "cardinality"
    }
    assert named == {(TWO, "ambiguous_argument"), (TALKS, "unsubmitted_draft")}

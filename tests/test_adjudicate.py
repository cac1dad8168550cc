"""Two annotators disagree, a third decides in the browser, the next merge has it and why."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.document import Document, Span
from builder.errors import BuilderError
from builder.event import Argument, Event, GoldDocument
from builder.files import read_records
from builder.labelstudio.encode import result
from builder.labelstudio.studio_project import find_project
from builder.merge.adjudication import adjudication_title
from builder.merge.question import LETTERS
from builder.schema import load_schema

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "annotations" / "articles" / "000_040910965fea3b52.txt"
SCREENSHOT = ROOT / "build" / "screenshots" / "adjudicating.png"
SCHEMA = load_schema(ROOT / "schemas")
KOREA, NATO = "South Korea", "North Atlantic Treaty Organization"


def builder(project, *words, status=0):
    """Run a command in this process, which is quicker; return what it printed on stdout."""
    done = CliRunner().invoke(app, [*words, "-C", str(project.root)])
    error = done.exception
    code = error.exit_code if isinstance(error, BuilderError) else done.exit_code
    assert code == status, (done.output, error)
    return done.stdout


def span(text, words, occurrence=0):
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def agreed(text, second_role, trigger="agreed"):
    return Event(
        "e",
        "Agreement",
        span(text, trigger),
        (
            Argument("Party", (span(text, KOREA, 1),)),
            Argument(second_role, (span(text, NATO),)),
        ),
        {},
    )


def annotate(studio, name, title, events, text):
    sdk = studio.client(studio.add_user(name).token).sdk
    found = find_project(studio.client(), title)
    (task,) = sdk.tasks.list(project=found.project_id)
    sdk.annotations.create(id=task.id, result=result(events, text, SCHEMA), ground_truth=False)


@pytest.fixture
def disputed(studio, project_on):
    """A project in which two annotators gave one argument different roles."""
    project = project_on("Disputed", overlap=2)
    shutil.copytree(ROOT / "schemas", project.root / "schemas")
    project.raw_articles.mkdir(parents=True)
    shutil.copy(SAMPLE, project.raw_articles)
    for verb in ("ingest", "tasks", "push"):
        builder(project, verb)
    (document,) = read_records(project.documents, Document, made_by="builder ingest")
    title = project.text("studio.title")
    annotate(studio, "first-ann", title, [agreed(document.text, "Party")], document.text)
    annotate(studio, "second-ann", title, [agreed(document.text, "Mediator")], document.text)
    builder(project, "pull")
    builder(project, "merge")
    return project, document.text


def gold(project):
    (answer,) = read_records(project.gold, GoldDocument, made_by="builder merge")
    return answer


def decide_by_hand(studio, project_id, user, letter):
    """Choose a version and a reason by key, write a note by mouse and keyboard, submit."""
    from browser import annotator  # noqa: PLC0415 - needs Playwright

    with annotator() as person:
        person.log_in(studio.url, user.email, user.password)
        person.open_stream(studio.url, project_id)
        person.press("Escape")
        person.screenshot(SCREENSHOT.with_name("adjudicating-before.png"))
        person.press(f"Alt+{LETTERS.index(letter) + 1}")
        person.press("Alt+g")
        person.page.get_by_placeholder("note to the project lead").click()
        person.page.keyboard.type("NATO signs, it does not mediate")
        person.page.keyboard.press("Shift+Enter")
        person.page.wait_for_timeout(300)
        person.screenshot(SCREENSHOT)
        person.click("On the sidelines")
        person.submit()


@pytest.mark.slow
def test_a_conflict_decided_in_the_browser_is_in_the_next_gold_with_its_reason(studio, disputed):
    project, text = disputed
    assert [c.kind for c in gold(project).conflicts] == ["role"]
    builder(project, "merge", "--strict", status=4)
    builder(project, "adjudicate", "pull", status=4)
    first = json.loads(builder(project, "adjudicate", "push", "--json"))
    assert (first["open_conflicts"], first["sent"]) == (1, 1)
    assert json.loads(builder(project, "adjudicate", "push", "--json"))["sent"] == 0
    builder(project, "adjudicate", "pull", status=4)

    found = find_project(studio.client(), adjudication_title(project))
    (task,) = studio.client().sdk.tasks.list(project=found.project_id)
    letter = "AB"[task.data["versions"].index("Party")]
    decide_by_hand(studio, found.project_id, studio.add_user("third"), letter)

    assert json.loads(builder(project, "adjudicate", "pull", "--json"))["new"] == 1
    assert json.loads(builder(project, "adjudicate", "pull", "--json"))["new"] == 0
    (line,) = (project.decisions / "decisions.jsonl").read_text("utf-8").splitlines()
    decided = json.loads(line)
    assert (decided["kind"], decided["choice"], decided["reason"], decided["note"]) == (
        "role",
        "Party",
        "guideline_gap",
        "NATO signs, it does not mediate",
    )
    assert "@" not in line

    builder(project, "merge", "--strict")
    answer = gold(project)
    assert answer.conflicts == ()
    (event,) = answer.events
    second = next(a for a in event.arguments if a.parts == (span(text, NATO),))
    assert (second.role, second.support.rule, second.support.reason) == (
        "Party",
        "adjudicated",
        "guideline_gap",
    )
    assert second.support.decision == decided["conflict"]
    assert json.loads(builder(project, "adjudicate", "push", "--json"))["open_conflicts"] == 0

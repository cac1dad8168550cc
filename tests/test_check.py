"""`builder check`: every problem with its link, and the tab that holds the tasks."""

import json
from pathlib import Path

import pytest
from test_push_pull import SPAN, TEXTS, TRIGGER, prepare, pull, run

from builder.commands.push import push_tasks
from builder.document import document_id
from builder.event import Finding
from builder.labelstudio.checking import TAB, by_kind, check_tasks
from builder.labelstudio.studio_project import find_project
from builder.schema import load_schema

ORPHAN = {**TRIGGER, "id": "a1", "from_name": "role", "value": {**SPAN, "labels": ["Place"]}}
OUTSIDE = {**TRIGGER, "value": {"start": 0, "end": 9999, "labels": ["Agreement"]}}
FLAG = {"id": "f", "from_name": "document_flags", "to_name": "text", "type": "choices"}
NO_EVENT = {**FLAG, "value": {"choices": ["no_event"]}}


@pytest.fixture
def checked(studio, project_on, request):
    """A project whose five tasks hold one kind of problem each, pulled."""
    title = f"Checked {request.node.name[-30:]}"
    project = prepare(project_on(title))
    push_tasks(project)
    client = studio.client()
    found = find_project(client, title)
    tasks = {t.data["text"]: t.id for t in client.sdk.tasks.list(project=found.project_id)}
    numbers = [tasks[text] for text in TEXTS]
    create = client.sdk.annotations.create
    create(id=numbers[0], result=[OUTSIDE])
    create(id=numbers[1], result=[ORPHAN])
    create(id=numbers[2], result=[TRIGGER, NO_EVENT])
    create(id=numbers[3], result=[NO_EVENT])
    create(id=numbers[3], result=[TRIGGER])
    client.sdk.tasks.update(id=str(numbers[4]), data={"text": "other", "doc_id": "d"})
    create(id=numbers[4], result=[])
    pull(project)
    return project, client, found, numbers


def test_every_problem_is_listed_with_the_link_of_its_task(checked):
    project, _, found, numbers = checked
    result = run(project, "check", "--json")
    assert result.exit_code == 3
    said = json.loads(result.stdout)
    kinds = {(f["kind"], f["task_url"]) for f in said["findings"] if f["kind"] != "cardinality"}
    assert kinds == {
        (kind, f"{found.page}?task={numbers[n]}")
        for kind, n in (
            ("span_outside_text", 0),
            ("argument_without_event", 1),
            ("nothing_marked", 1),
            ("contradictory_flag", 2),
            ("double_annotation", 3),
            ("nothing_marked", 4),
        )
    }
    assert said["counts"]["error span_outside_text"] == 1
    assert said["counts"]["note double_annotation"] == 1


def test_the_tab_holds_exactly_the_tasks_with_problems_and_is_made_once(checked):
    project, client, found, numbers = checked
    for _ in range(2):
        said = json.loads(run(project, "check", "--view", "--json").stdout)
        views = client.sdk.views.list(project=found.project_id)
        named = [v for v in views if v.data["title"] == TAB]
        assert len(named) == 1
        assert said["view"].endswith(f"?tab={named[0].id}")
        shown = client.sdk.tasks.list(project=found.project_id, view=named[0].id)
        assert sorted(task.id for task in shown) == sorted([*numbers[:3], numbers[4]])


def test_the_tab_vanishes_with_the_last_problem(studio, project_on):
    project = prepare(project_on("Mended"), TEXTS[:1])
    push_tasks(project)
    client = studio.client()
    found = find_project(client, "Mended")
    (number,) = [t.id for t in client.sdk.tasks.list(project=found.project_id)]
    made = client.sdk.annotations.create(id=number, result=[])
    pull(project)
    assert run(project, "check", "--view").exit_code == 3
    client.sdk.annotations.update(id=made.id, result=[NO_EVENT])
    pull(project)
    assert run(project, "check", "--view").exit_code == 0
    assert client.sdk.views.list(project=found.project_id) == []


def test_without_a_snapshot_the_next_step_is_said(project_on):
    result = run(project_on("Unpulled"), "check")
    assert result.exit_code == 1
    assert "`builder pull` makes one" in str(result.exception)


def test_a_file_of_another_configuration_is_counted(project_on, tmp_path):
    path = tmp_path / "other.json"
    item = {"id": "r", "from_name": "label", "type": "labels", "value": {"start": 0, "end": 2}}
    answer = {"id": 1, "completed_by": 3, "was_cancelled": False, "result": [item]}
    path.write_text(json.dumps([{"id": 1, "data": {"body": "Ulm"}, "annotations": [answer]}]))
    result = run(project_on("Foreign"), "check", str(path), "--json")
    assert result.exit_code == 0
    (counts,) = json.loads(result.stdout).values()
    assert (counts["states"], counts["controls"]) == ({"events": 1}, {"label": 1})
    shown = run(project_on("Foreign shown"), "check", str(path))
    assert f"{path}: 1 tasks, 0 untouched, 1 spans, 0 arrows" in shown.stdout.splitlines()


def test_a_document_in_two_tasks_and_a_task_without_one_are_named():
    schema = load_schema(Path(__file__).parents[1] / "schemas")
    data = {"text": TEXTS[0], "doc_id": document_id(TEXTS[0])}
    tasks = [{"id": 1, "data": data}, {"id": 2, "data": data}, {"id": 3, "data": {"text": "x"}}]
    found = list(check_tasks(tasks, schema, str, "http://ls/projects/1/data"))
    assert [(f.kind, f.task_url[-1]) for f in found] == [
        ("repeated_task", "2"),
        ("nameless_task", "3"),
    ]


def test_counts_name_the_worst_first():
    found = [Finding(s, s[0], "", "", "", "") for s in ("note", "error", "warning", "note")]
    assert list(by_kind(found).items()) == [("error e", 1), ("warning w", 1), ("note n", 2)]

"""A snapshot restored into an empty project: a second pull differs only in what is listed."""

import json

import pytest
from test_check import NO_EVENT
from test_push_pull import TEXTS, TRIGGER, prepare, pull, run
from test_suggesting import suggested

from builder.labelstudio.snapshot import read_snapshot
from builder.labelstudio.studio_project import find_project

# What `restoring.LOST` says in words.
NEW = {
    *("id", "inner_id", "project", "task", "created_at", "updated_at", "updated_by", "annotation"),
    *("prediction", "parent_prediction", "draft_created_at", "import_id", "last_action"),
    *("bulk_created", "last_created_by", "created_username", "model", "model_run"),
    *("comment_authors", "completed_by", "user"),
}


def kept(node):
    """What a snapshot says, without what no server takes from anybody."""
    if isinstance(node, list):
        return [kept(each) for each in node]
    if isinstance(node, dict):
        people = {key: node[key]["email"] for key in ("completed_by",) if key in node}
        return {k: kept(v) for k, v in node.items() if k not in NEW} | people
    return node


def lines(path):
    return {t["data"]["doc_id"]: kept(t) for t in read_snapshot(path)}


@pytest.mark.slow
def test_a_restored_project_pulls_as_what_was_restored(studio, project_on):
    project = prepare(project_on("Restored"))
    suggested(project, "rules-1", 2)
    client = studio.client()
    found = find_project(client, "Restored")
    tasks = {t.data["text"]: t.id for t in client.sdk.tasks.list(project=found.project_id)}
    numbers = [tasks[text] for text in TEXTS]
    ann = studio.client(studio.add_user("restored-ann").token)
    bob = studio.client(studio.add_user("restored-bob").token)
    given = ann.sdk.annotations.create(id=numbers[0], result=[TRIGGER], lead_time=61.5)
    bob.sdk.annotations.create(id=numbers[0], result=[NO_EVENT], lead_time=5.0)
    bob.sdk.annotations.create(id=numbers[1], result=[], was_cancelled=True)
    for place, who in (
        (f"tasks/{numbers[2]}/drafts", bob),
        (f"tasks/{numbers[0]}/annotations/{given.id}/drafts", ann),
    ):
        headers = {"Authorization": f"Token {who.token}"}
        body = {"result": [TRIGGER, NO_EVENT], "lead_time": 3.0}
        page = f"{studio.url}/api/{place}"
        who.http.post(page, headers=headers, json=body).raise_for_status()
    before, _ = pull(project)
    there_still = run(project, "push", "--from-snapshot", str(before), "--json")
    assert there_still.exit_code == 0, there_still.exception
    said = json.loads(there_still.stdout)
    assert said["done"] == {
        "tasks": 5, "annotations there already": 3, "drafts there already": 2
    }  # fmt: skip

    client.sdk.projects.delete(id=found.project_id)
    said = json.loads(run(project, "push", "--from-snapshot", str(before), "--json").stdout)
    assert said["done"] == {"tasks": 5, "annotations": 3, "drafts": 2}
    assert (said["left"], len(said["lost"])) == ([], 4)
    after, new = pull(project)
    assert new
    assert lines(after) == lines(before)

    number = find_project(client, "Restored").project_id
    (task, *_) = client.sdk.tasks.list(project=number)
    client.sdk.annotations.create(id=task.id, result=[])
    refused = run(project, "push", "--from-snapshot", str(before))
    assert "holds 1 annotations that are not in" in str(refused.exception)


def test_a_dry_run_names_the_people_and_asks_no_server(tmp_path, project_on):
    project = prepare(project_on("Dry restore"))
    task = {"id": 1, "data": {"doc_id": "d", "text": "x"}, "annotations": [], "drafts": []}
    from builder.labelstudio.snapshot import Source, write_snapshot  # noqa: PLC0415 - only here

    source = Source("local", "http://127.0.0.1:1", 1, "E", "2026-01-01T00:00:00Z", "1", "0")
    path, _ = write_snapshot(tmp_path / "s", [task], source)
    shown = run(project, "push", "--from-snapshot", str(path), "--dry-run")
    assert shown.exit_code == 0
    assert "1 tasks, with work of nobody" in shown.stderr

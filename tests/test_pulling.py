"""Pulling what changed, what was deleted, and through a restart of the server."""

import pytest
from test_push_pull import SPAN, TEXTS, TRIGGER, prepare, pull

from builder.commands.push import push_tasks
from builder.document import document_id
from builder.labelstudio import pulling, server
from builder.labelstudio.client import connect
from builder.labelstudio.snapshot import (
    Tombstone,
    current_snapshots,
    read_lines,
    read_snapshot,
)
from builder.labelstudio.studio_project import find_project


@pytest.fixture
def there(studio, project_on, request):
    title = f"Pulling {request.node.name[-30:]}"
    project = prepare(project_on(title))
    push_tasks(project)
    client = studio.client()
    found = find_project(client, title)
    tasks = {t.data["text"]: t.id for t in client.sdk.tasks.list(project=found.project_id)}
    return project, client, found, [tasks[text] for text in TEXTS]


def draft(client, number):
    page = f"{client.url}/api/tasks/{number}/drafts"
    headers = {"Authorization": f"Token {client.token}"}
    made = client.http.post(page, headers=headers, json={"result": [TRIGGER], "lead_time": 2.0})
    return made.json()["id"]


def same_as_a_full_pull(project, path):
    again, new = pull(project, full=True)
    assert (again, new) == (path, False)


def test_what_changed_is_asked_for_and_the_snapshot_is_whole(there, monkeypatch):
    project, client, _, numbers = there
    monkeypatch.setattr(pulling, "_OVERLAP", pulling.timedelta(0))
    client.sdk.annotations.create(id=numbers[0], result=[TRIGGER])
    pull(project)
    changed = client.sdk.annotations.create(id=numbers[1], result=[TRIGGER])
    with connect(project) as own:
        asked = pulling.pull(own, project.text("studio.title"), project.snapshots).asked
    assert asked == 1
    path, new = pull(project)
    assert new
    same_as_a_full_pull(project, path)
    client.sdk.annotations.update(id=changed.id, result=[])
    same_as_a_full_pull(project, pull(project)[0])


def test_drafts_are_pulled_although_they_move_no_time_and_vanish_when_discarded(there, monkeypatch):
    project, client, _, numbers = there
    monkeypatch.setattr(pulling, "_OVERLAP", pulling.timedelta(0))
    pull(project)
    number = draft(client, numbers[2])
    path, new = pull(project)
    assert new
    assert current_snapshots(project.snapshots)[0].manifest.annotations["drafts"] == 1
    same_as_a_full_pull(project, path)
    headers = {"Authorization": f"Token {client.token}"}
    client.http.delete(f"{client.url}/api/drafts/{number}", headers=headers).raise_for_status()
    path, new = pull(project)
    assert new
    assert current_snapshots(project.snapshots)[0].manifest.annotations["drafts"] == 0
    same_as_a_full_pull(project, path)


def test_what_was_deleted_on_the_server_is_named_in_the_manifest(there):
    project, client, _, numbers = there
    given = client.sdk.annotations.create(id=numbers[0], result=[TRIGGER])
    client.sdk.annotations.create(id=numbers[3], result=[TRIGGER])
    before, _ = pull(project)
    lines = {t["id"]: t for t in read_snapshot(before)}
    client.sdk.annotations.delete(id=given.id)
    client.sdk.tasks.delete(id=str(numbers[3]))
    after, new = pull(project)
    assert new
    manifest = current_snapshots(project.snapshots)[0].manifest
    assert manifest.before == before.name
    names = [lines[numbers[n]]["annotations"][0]["unique_id"] for n in (3, 0)]
    ids = [document_id(TEXTS[n]) for n in (3, 0)]
    assert set(manifest.gone) == {
        Tombstone("task", ids[0], str(numbers[3])),
        Tombstone("annotation", ids[0], names[0]),
        Tombstone("annotation", ids[1], names[1]),
    }
    assert len(list(read_lines(before))) == 5
    same_as_a_full_pull(project, after)


@pytest.mark.slow
def test_a_server_that_is_restarted_while_it_is_asked_is_waited_for(there, studio, monkeypatch):
    project, client, _, numbers = there
    client.sdk.annotations.create(id=numbers[0], result=[TRIGGER])
    exports = type(client.sdk.projects.exports)
    whole, calls = exports.create, []

    def restarted(self, **request):
        calls.append(request)
        if len(calls) == 1:
            server.stop(studio.folder)
            try:
                whole(self, **request)
            finally:
                server.start(studio.folder, lambda _: None)
        return whole(self, **request)

    monkeypatch.setattr(exports, "create", restarted)
    path, new = pull(project)
    assert new
    assert len(calls) == 2
    (given,) = [t for t in read_snapshot(path) if t["annotations"]]
    assert given["annotations"][0]["result"][0]["value"]["start"] == SPAN["start"]
    tabs = client.sdk.views.list(
        project=find_project(client, project.text("studio.title")).project_id
    )
    assert tabs == []

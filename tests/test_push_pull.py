from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.commands.push import push_tasks
from builder.document import document_id, text_sha256
from builder.errors import (
    ChangedError,
    DataError,
    NotReadyError,
    ServerError,
    UsageError,
)
from builder.files import write_text
from builder.guidelines import guidelines
from builder.labelstudio import pulling, pushing
from builder.labelstudio.client import RefusedError, connect
from builder.labelstudio.config import label_config
from builder.labelstudio.instruction import same_instruction
from builder.labelstudio.snapshot import current_snapshots, read_snapshot, write_snapshot
from builder.labelstudio.studio_project import Wanted, find_project
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[1] / "schemas")
TEXTS = [f"Headline {n} 🙂\n\nSeoul — agreed with Ulm on point {n}." for n in range(5)]
SPAN = {"start": 22, "end": 28, "text": "agreed", "labels": ["Agreement"]}
TRIGGER = {"id": "t1", "from_name": "event", "to_name": "text", "type": "labels", "value": SPAN}


def task_of(text: str) -> dict:
    data = {"text": text, "doc_id": document_id(text), "text_sha256": text_sha256(text)}
    return {"data": data | {"title": text.partition("\n")[0], "schema": SCHEMA.version}}


def prepare(project, texts=TEXTS):
    write_text(project.build / "tasks.json", json.dumps([task_of(text) for text in texts]))
    write_text(project.build / "label_config.xml", label_config(SCHEMA))
    if not (project.root / "schemas").exists():
        shutil.copytree(Path(__file__).parents[1] / "schemas", project.root / "schemas")
    return project


@pytest.fixture
def on_server(studio, project_on):
    """A project that was pushed, with what is needed to look at it on the server."""

    def make(title: str, texts=TEXTS):
        project = prepare(project_on(title), texts)
        pushed = push_tasks(project)
        client = studio.client()
        found = find_project(client, title)
        tasks = {t.data["text"]: t.id for t in client.sdk.tasks.list(project=found.project_id)}
        return SimpleNamespace(
            project=project, pushed=pushed, client=client, found=found, tasks=tasks
        )

    return make


def pull(project, *, full=False):
    folder = project.snapshots
    with connect(project) as client:
        pulled = pulling.pull(client, project.text("studio.title"), None if full else folder)
        return write_snapshot(folder, pulled.tasks, pulled.source, pulled.unchanged)


def run(project, *words: str):
    return CliRunner().invoke(app, [words[0], "-C", str(project.root), *words[1:]])


def test_pushing_twice_creates_no_second_task_and_changes_nothing(on_server):
    first = on_server("Twice")
    assert (first.pushed.created, first.pushed.sent, first.pushed.already) == (True, 5, 0)
    second = push_tasks(first.project)
    assert (second.created, second.updated, second.sent, second.already) == (False, (), 0, 5)
    assert find_project(first.client, "Twice").page == first.pushed.page
    assert len(list(first.client.sdk.tasks.list(project=first.found.project_id))) == 5


def test_the_project_is_made_as_the_settings_say(on_server):
    there = on_server("Settings").client.sdk.projects
    project = there.get(next(p.id for p in there.list(title="Settings")))
    assert project.maximum_annotations == 2
    assert project.sampling == "Sequential sampling"
    assert project.show_instruction
    assert project.enable_empty_annotation
    assert project.show_skip_button
    assert "Agreement" in project.expert_instruction


def test_a_push_after_a_partial_one_sends_the_rest(on_server):
    there = on_server("Partial", TEXTS[:2])
    prepare(there.project)
    again = push_tasks(there.project)
    assert (again.sent, again.already) == (3, 2)
    assert len(pushing.look(there.client, there.found).hashes) == 5


def test_a_dry_run_says_what_would_happen_and_does_nothing(studio, project_on):
    project = prepare(project_on("Dry"))
    result = run(project, "push", "--dry-run", "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["created"], said["sent"], said["already"]) == (True, 5, 0)
    with studio.client() as client:
        assert find_project(client, "Dry") is None


def test_a_batch_that_was_saved_although_the_server_failed_is_not_sent_again(
    on_server, monkeypatch
):
    there = on_server("Fails after saving", TEXTS[:1])
    projects = type(there.client.sdk.projects)
    whole, calls = projects.import_tasks, []

    def saved_then_broken(self, **request):
        whole(self, **request)
        calls.append(len(request["request"]))
        from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 - slow to import

        raise ApiError(status_code=500, body={"detail": "too late"})

    monkeypatch.setattr(projects, "import_tasks", saved_then_broken)
    monkeypatch.setattr(pushing, "_SETTLE", 0)
    prepare(there.project)
    push_tasks(there.project)
    assert calls == [4]
    assert pushing.look(there.client, there.found).repeated == ()


def test_a_server_that_keeps_failing_is_given_up_with_what_arrived(on_server, monkeypatch):
    there = on_server("Keeps failing", TEXTS[:1])
    calls = []

    def broken(*_: object, **__: object):
        calls.append(1)
        from label_studio_sdk.core.api_error import ApiError  # noqa: PLC0415 - slow to import

        raise ApiError(status_code=500, body="<html>")

    monkeypatch.setattr(type(there.client.sdk.projects), "import_tasks", broken)
    monkeypatch.setattr(pushing, "_SETTLE", 0)
    prepare(there.project)
    with pytest.raises(ServerError, match="1 of 5 tasks are on the server"):
        push_tasks(there.project)
    assert len(calls) == 3


def test_a_refused_batch_is_not_tried_again(on_server):
    there = on_server("Refused", TEXTS[:1])
    wanted = Wanted("Refused", there.found.label_config, there.found.expert_instruction, 2)
    bad = {"data": {"doc_id": "x", "text_sha256": "y"}}
    with pytest.raises(RefusedError, match='"text" key is expected'):
        pushing.push(there.client, wanted, [bad], lambda *_: None)


def test_a_text_that_was_changed_on_the_server_stops_the_push(on_server):
    there = on_server("Edited", TEXTS[:2])
    number = there.tasks[TEXTS[0]]
    data = task_of(TEXTS[0])["data"] | {"text": "other"}
    there.client.sdk.tasks.update(id=str(number), data=data)
    prepare(there.project)
    with pytest.raises(ChangedError, match=rf"\?task={number}: document .* has another text"):
        push_tasks(there.project)
    assert len(pushing.look(there.client, there.found).hashes) == 2


def test_several_projects_of_one_title_are_listed_by_number(on_server):
    there = on_server("Same title", TEXTS[:1])
    other = there.client.sdk.projects.create(title="Same title", label_config="<View></View>")
    with pytest.raises(UsageError, match=f"numbers {there.found.project_id}, {other.id}"):
        push_tasks(there.project)


def test_a_label_in_use_cannot_vanish(on_server):
    there = on_server("Vanishing", TEXTS[:1])
    there.client.sdk.annotations.create(id=there.tasks[TEXTS[0]], result=[TRIGGER])
    fewer = there.found.label_config.replace('value="Agreement"', 'value="Pact"')
    wanted = Wanted("Vanishing", fewer, "", 3)
    with pytest.raises(ChangedError, match=r"Agreement \(1 annotation\)"):
        pushing.push(there.client, wanted, [], lambda *_: None)
    assert find_project(there.client, "Vanishing") == there.found.__class__(
        **{name: getattr(there.found, name) for name in there.found.__slots__} | {"annotations": 1}
    )


def test_a_wanted_change_is_made_and_named(on_server):
    there = on_server("Changing", TEXTS[:1])
    more = there.found.label_config.replace('value="Agreement"', 'value="Pact"')
    pushed = pushing.push(there.client, Wanted("Changing", more, "<p>x</p>", 3), [], lambda *_: 0)
    assert pushed.updated == ("expert_instruction", "label_config", "maximum_annotations")
    assert "Pact" in find_project(there.client, "Changing").label_config


def test_documents_and_tasks_that_are_not_ours_are_counted(on_server):
    there = on_server("Others", TEXTS[:2])
    foreign = [{"data": {"text": "x"}}, task_of(TEXTS[1])]
    there.client.sdk.projects.import_tasks(id=there.found.project_id, request=foreign)
    prepare(there.project, TEXTS[1:2])
    again = push_tasks(there.project)
    assert (again.others, again.nameless) == (1, 1)
    assert again.repeated == (document_id(TEXTS[1]),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "cannot be read"),
        ('[{"data": {"text": "x"}}, 3]', "task 1: has no doc_id, text, text_sha256"),
        ('[{"data": {"doc_id": "a", "text": "x", "text_sha256": "0"}}]', "changed by hand"),
    ],
)
def test_broken_tasks_are_named_before_any_server_is_asked(project_on, content, expected):
    project = prepare(project_on("Broken"))
    write_text(project.build / "tasks.json", content)
    with pytest.raises(DataError, match=expected):
        push_tasks(project)


def test_tasks_older_than_the_schemas_are_refused(project_on):
    project = prepare(project_on("Older"))
    write_text(project.build / "label_config.xml", "<View/>")
    with pytest.raises(DataError, match="is not what the schemas say now; run `builder tasks`"):
        push_tasks(project)


def test_pulling_twice_writes_one_snapshot_and_work_makes_a_second(studio, on_server):
    there = on_server("Pulled")
    first = pull(there.project)
    assert pull(there.project) == (first[0], False)
    with studio.client(studio.add_user("pulled-ann").token) as ann:
        numbers = [there.tasks[text] for text in TEXTS]
        ann.sdk.annotations.create(id=numbers[0], result=[TRIGGER], lead_time=3.5)
        ann.sdk.annotations.create(id=numbers[1], result=[], was_cancelled=True)
        ann.http.post(
            f"{studio.url}/api/tasks/{numbers[2]}/drafts",
            headers={"Authorization": f"Token {ann.token}"},
            json={"result": [TRIGGER], "lead_time": 2.0},
        ).raise_for_status()
    second = pull(there.project)
    assert (second[1], pull(there.project)) == (True, (second[0], False))
    read = {task["data"]["text"]: task for task in read_snapshot(second[0])}
    (given,) = read[TEXTS[0]]["annotations"]
    assert given["completed_by"]["email"] == "pulled-ann@builder.invalid"
    assert given["result"][0]["value"]["start"] == SPAN["start"]
    assert read[TEXTS[1]]["annotations"][0]["was_cancelled"]
    assert read[TEXTS[2]]["drafts"][0]["result"]
    assert read[TEXTS[3]]["annotations"] == read[TEXTS[3]]["drafts"] == []
    manifest = current_snapshots(there.project.snapshots)[0].manifest
    assert manifest.annotations == {"submitted": 1, "skipped": 1, "drafts": 1}
    exports = there.client.sdk.projects.exports.list(id=there.found.project_id)
    assert list(exports) == []


def test_looking_at_tasks_and_changing_settings_is_no_work(studio, on_server):
    there = on_server("Looked at")
    there.client.sdk.annotations.create(id=there.tasks[TEXTS[0]], result=[TRIGGER])
    first = pull(there.project)
    with studio.client(studio.add_user("looking-ann").token) as ann:
        headers = {"Authorization": f"Token {ann.token}"}
        page = f"{studio.url}/api/projects/{there.found.project_id}/next"
        assert ann.http.get(page, headers=headers).status_code == 200
    there.client.sdk.projects.update(there.found.project_id, maximum_annotations=3)
    assert pull(there.project) == (first[0], False)


def test_a_task_without_a_document_is_kept_and_reported(on_server):
    there = on_server("Nameless", TEXTS[:1])
    foreign = [{"data": {"text": "x"}}]
    there.client.sdk.projects.import_tasks(id=there.found.project_id, request=foreign)
    result = run(there.project, "pull", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["tasks"], len(said["nameless"]), said["new"]) == (2, 1, True)
    assert len(list(read_snapshot(Path(said["path"])))) == 2


def test_a_project_that_is_not_there_is_not_ready(project_on):
    with pytest.raises(NotReadyError, match=r"(?s)no project titled 'Never pushed'.*builder push"):
        pull(project_on("Never pushed"))


def test_one_command_brings_a_project_up_and_says_how_to_log_in(project_on, studio):
    project = prepare(project_on("One command"))
    result = run(project, "studio", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["url"], said["login"], said["sent"]) == (studio.url, "admin@builder.invalid", 5)
    assert studio.token not in result.output
    again = json.loads(run(project, "studio", "--json").stdout)
    assert (again["sent"], again["already"]) == (0, 5)
    assert json.loads(run(project, "studio", "--status", "--json").stdout)["url"] == studio.url
    added = CliRunner().invoke(
        app, ["studio", "-C", str(project.root), "user", "add", "command-ann", "--json"]
    )
    assert json.loads(added.stdout)["login"] == "command-ann@builder.invalid"


def test_without_documents_the_next_step_is_said(project_on):
    result = run(project_on("Empty"), "studio")
    assert result.exit_code == 0
    assert "builder ingest" in result.stderr


def test_a_server_that_is_down_ends_with_its_exit_code(tmp_path):
    words = [sys.executable, "-m", "builder", "pull", "-C", str(tmp_path), "--json"]
    root = Path(__file__).parents[1]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 5
    assert json.loads(done.stdout)["error"] == "ServerError"
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_the_servers_cleaning_does_to_the_guidelines_is_no_difference(on_server):
    there = on_server("Cleaned", TEXTS[:1])
    ours = guidelines(SCHEMA)
    assert there.found.expert_instruction != ours
    assert same_instruction(ours, there.found.expert_instruction)
    assert not same_instruction(ours.replace("Agreement", "Pact", 1), ours)

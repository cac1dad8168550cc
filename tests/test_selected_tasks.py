"""From a choice of documents to tasks: only what was chosen, blind without predictions, said."""

import json
import os
import shutil
from pathlib import Path

import pytest
from test_push_pull import run

from builder.config import load_project
from builder.errors import DataError
from builder.labelstudio.studio_project import find_project

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path):
    """Return a project that has no server."""
    (tmp_path / "builder.toml").write_text("[studio]\n")
    return load_project(tmp_path)


def ingested(project, share="0.0"):
    for name in ("schemas", "annotations/articles"):
        shutil.copytree(ROOT / name, project.root / name)
    path = project.root / "builder.toml"
    path.write_text(path.read_text() + f"blind_share = {share}\n")
    assert run(project, "ingest", "--select", "4", "--blind", "0.5").exit_code == 0
    lines = (project.root / "build" / "selection.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def made(project, *words):
    result = run(project, "tasks", *words)
    assert result.exit_code == 0, result.output
    return json.loads((project.root / "build" / "tasks.json").read_text()), result.stderr


def test_only_chosen_documents_become_tasks_in_the_order_of_the_choice(project):
    chosen = ingested(project)
    tasks, said = made(project)
    assert [task["data"]["doc_id"] for task in tasks] == [each["doc_id"] for each in chosen]
    assert [task["data"]["blind"] for task in tasks] == [each["blind"] for each in chosen]
    assert ["predictions" in task for task in tasks] == [not each["blind"] for each in chosen]
    assert "4 of 9 documents, those of build/selection.jsonl; 2 without suggestions" in said
    again = run(project, "ingest").stderr
    assert "`builder tasks` takes only what it names" in again


def test_all_takes_all_and_leaves_the_blind_ones_blind(project):
    chosen = ingested(project)
    tasks, said = made(project, "--all")
    blind = {each["doc_id"] for each in chosen if each["blind"]}
    assert len(tasks) == 9
    assert {t["data"]["doc_id"] for t in tasks if "predictions" not in t} == blind
    assert "all 9 documents; 2 without suggestions" in said


def test_a_project_without_suggestions_gets_none(project):
    ingested(project, share="1.0")
    tasks, said = made(project)
    assert not any("predictions" in task for task in tasks)
    assert "4 without suggestions" in said


def test_chosen_documents_that_are_gone_are_named(project):
    chosen = ingested(project)
    path = project.root / "build" / "selection.jsonl"
    path.write_text(
        "".join(json.dumps(each) + "\n" for each in [{**chosen[0], "doc_id": "x"}, chosen[1]])
    )
    tasks, said = made(project)
    assert [task["data"]["doc_id"] for task in tasks] == [chosen[1]["doc_id"]]
    assert "1 chosen documents are no longer there; choose again" in said
    path.write_text(json.dumps({**chosen[0], "doc_id": "x"}) + "\n")
    result = run(project, "tasks")
    assert isinstance(result.exception, DataError)
    assert "none of its 1 documents is there" in str(result.exception)


def test_tasks_that_are_older_than_the_choice_are_not_sent(project):
    ingested(project)
    made(project)
    path = project.root / "build" / "selection.jsonl"
    os.utime(path, ns=(2**62, 2**62))
    result = run(project, "push", "--dry-run")
    assert "is older than the choice in build/selection.jsonl" in str(result.exception)


@pytest.mark.slow
def test_what_was_pushed_stays_when_the_choice_grows_or_changes(studio, project_on):
    project = project_on("Grows")
    first = [each["doc_id"] for each in ingested(project)]
    made(project)
    assert json.loads(run(project, "push", "--json").stdout)["sent"] == 4
    run(project, "ingest", "--select", "6", "--blind", "0.5")
    made(project)
    assert json.loads(run(project, "push", "--json").stdout)["sent"] == 2
    run(project, "ingest", "--select", "2", "--seed", "5")
    made(project)
    done = json.loads(run(project, "push", "--json").stdout)
    assert done["others"] >= 4
    client = studio.client()
    found = find_project(client, "Grows")
    listed = [task.data for task in client.sdk.tasks.list(project=found.project_id)]
    assert [data["doc_id"] for data in listed][:4] == first
    assert len({data["doc_id"] for data in listed}) == len(listed) == 6 + done["sent"]

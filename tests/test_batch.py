"""Batches: what is sent first, how much, for how many people, and with which suggestions."""

import json
import shutil
from pathlib import Path

import pytest
from test_push_pull import TEXTS, prepare, run

from builder.document import document_id
from builder.labelstudio.batch import Batch
from builder.labelstudio.studio_project import find_project
from builder.labelstudio.tasks import is_blind

ROOT = Path(__file__).parents[1]


def on_server(client, title):
    found = find_project(client, title)
    listed = list(client.sdk.tasks.list(project=found.project_id))
    return [(t.data["doc_id"], t.data.get("batch"), t.overlap) for t in listed]


@pytest.mark.slow
def test_a_batch_has_its_own_name_order_size_and_overlap(studio, project_on, tmp_path):
    project = prepare(project_on("Batches"))
    ids = [document_id(text) for text in TEXTS]
    first = tmp_path / "first.txt"
    first.write_text(f"{ids[3]}\n{ids[1]}\n")
    words = ("--batch", "pilot", "--overlap", "3", "--limit", "3", "--first", str(first))
    said = json.loads(run(project, "push", *words, "--json").stdout)
    assert (said["sent"], said["already"]) == (3, 0)
    client = studio.client()
    pilot = [(ids[n], "pilot", 3) for n in (3, 1, 0)]
    assert on_server(client, "Batches") == pilot
    assert json.loads(run(project, "push", "--batch", "main", "--json").stdout)["sent"] == 2
    assert on_server(client, "Batches") == [*pilot, (ids[2], "main", 2), (ids[4], "main", 2)]
    assert json.loads(run(project, "push", "--json").stdout)["sent"] == 0


def test_an_overlap_without_a_batch_is_refused(project_on):
    result = run(prepare(project_on("No batch")), "push", "--overlap", "3")
    assert "--overlap is for a batch" in str(result.exception)


def test_without_a_wish_nothing_is_copied():
    tasks = [{"data": {"doc_id": "a"}}]
    assert Batch().chosen(tasks, {"a"}) is tasks


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_blind_share_is_about_what_was_asked_for_and_only_grows(share):
    ids = [document_id(str(n)) for n in range(2000)]
    blind = {name for name in ids if is_blind(name, share)}
    assert abs(len(blind) / len(ids) - share) < 0.04
    assert blind <= {name for name in ids if is_blind(name, min(1, share + 0.1))}


def test_suggestions_are_made_only_where_the_settings_ask_for_them(tmp_path):
    for name in ("schemas", "annotations/articles"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "builder.toml").write_text("")
    project = type("P", (), {"root": tmp_path})
    assert run(project, "ingest").exit_code == 0
    for share, suggested in ((1.0, 0), (0.0, 9)):
        (tmp_path / "builder.toml").write_text(f"[studio]\nblind_share = {share}\n")
        assert run(project, "tasks").exit_code == 0
        tasks = json.loads((tmp_path / "build" / "tasks.json").read_text())
        assert sum("predictions" in task for task in tasks) == suggested
        assert all(task["data"]["blind"] == ("predictions" not in task) for task in tasks)

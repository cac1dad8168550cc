"""`builder diff` on the shipped annotations and on releases made from them."""

from __future__ import annotations

import copy
import json
import shutil

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.config import load_project, shipped_project
from builder.errors import UsageError
from builder.labelstudio.snapshot import current_snapshots, read_snapshot, write_snapshot
from builder.pseudonym import pseudonym
from builder.release.versions.difference import Change, Difference, EntryChange, EventChange, apply
from builder.release.versions.entry import Entry, entry
from builder.release.versions.state import SnapshotState
from builder.schema import load_schema


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """A project with the shipped snapshot, and one after somebody changed an attribute."""
    root = tmp_path_factory.mktemp("diff")
    for name in ("schemas", "annotations"):
        shutil.copytree(shipped_project() / name, root / name)
    shutil.copy(shipped_project() / "builder.toml", root)
    project = load_project(root)
    (known,) = current_snapshots(project.snapshots)
    tasks = copy.deepcopy(list(read_snapshot(known.path)))
    answers = [answer for task in tasks for answer in task["annotations"]]
    answer, chosen = next((a, r) for a in answers for r in a["result"] if _is_stage(r))
    chosen["value"]["choices"] = ["violated"]
    other = next(task for task in tasks if answer not in task["annotations"])
    other["annotations"].pop()
    path, new = write_snapshot(project.snapshots, tasks, known.manifest.source)
    assert new
    return project, known.path, path, answer["completed_by"]["email"]


def _is_stage(result):
    return result.get("from_name", "").endswith("stage")


def run(project, *words):
    return CliRunner().invoke(app, ["diff", *map(str, words), "-C", str(project.root)])


def test_a_changed_attribute_and_a_lost_answer_are_told_with_pseudonyms(snapshots, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    project, old, new, email = snapshots
    result = run(project, old.name.removesuffix(".jsonl.zst"), new)
    assert result.exit_code == 0
    gone, changed, counts = result.stdout.strip().splitlines()
    assert changed.startswith("~ ")
    assert f" {pseudonym(email, project.text('project.name'))} " in changed
    assert "attribute stage " in changed
    assert changed.endswith("violated")
    assert gone.startswith("- ")
    assert counts.startswith("entries removed 1; entries changed 1; events removed")
    assert email not in result.stdout


def test_the_json_applied_to_the_older_snapshot_gives_the_newer(snapshots):
    project, old, new, _ = snapshots
    found = json.loads(run(project, old, new, "--json").stdout)
    schema, name = load_schema(project.schemas), project.text("project.name")
    states = [SnapshotState(path, schema, name) for path in (old, new)]
    before, after = ({one[0]: entry(*one) for one in state.raw()} for state in states)
    assert apply(before, _read(found, before)) == after


def _read(found, before):
    def entries(kind):
        return tuple(Entry(e["key"], e["columns"], tuple(e["events"])) for e in found[kind])

    def changes(values):
        return tuple(Change(**value) for value in values)

    return Difference(
        added=entries("added"),
        removed=entries("removed"),
        changed=tuple(
            EntryChange(
                before[one["key"]],
                changes(one["columns"]),
                tuple(one["added"]),
                tuple(one["removed"]),
                tuple(
                    EventChange(e["before"], e["after"], changes(e["changes"]))
                    for e in one["changed"]
                ),
            )
            for one in found["changed"]
        ),
    )


def test_a_snapshot_does_not_differ_from_itself(snapshots):
    project, old, _, _ = snapshots
    assert run(project, old, old).stdout == "no difference\n"


def test_what_is_neither_release_nor_snapshot_is_named_with_all_there_are(snapshots):
    project, old, *_ = snapshots
    result = run(project, "0.1.0", old)
    assert isinstance(result.exception, UsageError)
    assert "0.1.0: is no release and no snapshot; allowed: 2026" in str(result.exception)


def test_a_release_and_a_snapshot_do_not_compare(snapshots, tmp_path):
    project, old, *_ = snapshots
    (tmp_path / "manifest.json").write_text("{}")
    result = run(project, tmp_path, old)
    assert "compare two alike" in str(result.exception)

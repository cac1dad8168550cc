from __future__ import annotations

import copy
import json
import shutil
from dataclasses import replace

import pytest

from builder.errors import DataError
from builder.labelstudio import snapshot
from builder.labelstudio.snapshot import Source, current_snapshots, read_snapshot, write_snapshot

SOURCE = Source("local", "http://127.0.0.1:1", 1, "Events", "2026-01-01T00:00:00Z", "1", "0" * 64)
SKIPPED = {"id": 7, "was_cancelled": True, "result": []}
SUBMITTED = {"id": 5, "was_cancelled": False, "result": [{"id": "t1"}], "lead_time": 3.25}
DRAFT = {"id": 3, "result": [], "created_ago": "3 minutes", "created_at": "2026-01-01"}
TASKS = [
    {"id": 2, "data": {"doc_id": "b", "text": "Seoul 🙂"}, "annotations": [SKIPPED, SUBMITTED]},
    {"id": 1, "data": {"text": "somebody's own"}, "annotations": []},
    {"id": 3, "data": {"doc_id": "a", "text": "Ulm"}, "annotations": [], "drafts": [DRAFT]},
]


@pytest.fixture
def written(tmp_path):
    return write_snapshot(tmp_path, TASKS, SOURCE)[0]


def test_what_was_written_is_read_back_by_document_and_annotation_number(written):
    tasks = list(read_snapshot(written))
    assert [task["data"].get("doc_id") for task in tasks] == [None, "a", "b"]
    assert tasks[2]["annotations"] == [SUBMITTED, SKIPPED]
    assert tasks[2]["data"]["text"] == "Seoul 🙂"


def test_the_manifest_counts_what_is_inside_and_what_was_left_out(written, tmp_path):
    manifest = current_snapshots(tmp_path)[0].manifest
    assert written.name.startswith(f"{manifest.time[:4]}")
    assert written.name.endswith(f"-{manifest.sha256[:8]}.jsonl.zst")
    assert manifest.tasks == 3
    assert manifest.annotations == {"submitted": 1, "skipped": 1, "drafts": 1}
    assert list(manifest.dropped.values()) == [1]
    assert manifest.source == SOURCE


def test_the_same_work_is_not_written_again_whatever_the_order_and_the_clock(written, tmp_path):
    later = copy.deepcopy(TASKS)[::-1]
    later[0]["drafts"][0]["created_ago"] = "1 hour"
    assert write_snapshot(tmp_path, later, SOURCE) == (written, False)
    assert len(list(tmp_path.iterdir())) == 2


def test_changed_work_is_a_second_snapshot_and_the_first_stays_as_it_was(written, tmp_path):
    before = written.read_bytes()
    second, new = write_snapshot(tmp_path, TASKS[:2], SOURCE)
    assert (new, written.read_bytes()) == (True, before)
    assert [each.path for each in current_snapshots(tmp_path)] == [second]


def test_work_that_returns_to_an_earlier_state_is_the_newest_again(written, tmp_path):
    write_snapshot(tmp_path, TASKS[:2], SOURCE)
    third, new = write_snapshot(tmp_path, TASKS, SOURCE)
    assert new
    assert third != written
    assert list(read_snapshot(current_snapshots(tmp_path)[0].path)) == list(read_snapshot(third))


def test_each_project_has_its_own_newest_snapshot_in_order_of_creation(written, tmp_path):
    younger = replace(SOURCE, project_created_at="2026-02-01T00:00:00Z")
    second, new = write_snapshot(tmp_path, TASKS, younger)
    assert new
    assert [each.path for each in current_snapshots(tmp_path)] == [written, second]


def test_a_renamed_or_moved_project_is_still_the_same(written, tmp_path):
    moved = replace(SOURCE, url="http://127.0.0.1:2", project_title="Other")
    assert write_snapshot(tmp_path, TASKS, moved) == (written, False)


@pytest.mark.parametrize("size", [0, 10, 60, -1])
def test_a_cut_snapshot_is_refused_before_the_first_task(written, size):
    content = written.read_bytes()
    written.write_bytes(content[:size])
    with pytest.raises(DataError, match=r"restore both files"):
        read_snapshot(written)


def test_an_altered_snapshot_is_refused(written, tmp_path):
    other, _ = write_snapshot(tmp_path / "other", TASKS[:2], SOURCE)
    shutil.copy(other, written)
    with pytest.raises(DataError, match=r"holds 2 tasks .* its manifest says 3"):
        read_snapshot(written)


def test_files_without_their_other_half_are_all_named(written, tmp_path):
    second, _ = write_snapshot(tmp_path, TASKS[:2], SOURCE)
    written.unlink()
    second.with_name(second.name.replace(".jsonl.zst", ".json")).unlink()
    with pytest.raises(DataError) as caught:
        current_snapshots(tmp_path)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("content", ["", "{}", "[", '{"format": 9}'])
@pytest.mark.usefixtures("written")
def test_a_broken_manifest_is_named(tmp_path, content):
    manifest = next(tmp_path.glob("*.json"))
    manifest.write_text(content)
    with pytest.raises(DataError, match=manifest.name):
        current_snapshots(tmp_path)


def test_a_manifest_of_a_later_format_is_refused(written, tmp_path):
    manifest = next(tmp_path.glob("*.json"))
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 2}))
    with pytest.raises(DataError, match="install a newer builder"):
        read_snapshot(written)


def test_a_folder_that_is_not_there_has_no_snapshots(tmp_path):
    assert current_snapshots(tmp_path / "none") == []


def test_a_failure_while_writing_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot.pa, "CompressedOutputStream", full)
    with pytest.raises(OSError, match="No space"):
        write_snapshot(tmp_path, TASKS, SOURCE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("written")
def test_a_snapshot_from_the_future_stops_a_pull(tmp_path):
    manifest = next(tmp_path.glob("*.json"))
    facts = json.loads(manifest.read_text()) | {"time": "2999-01-01T00:00:00.000000Z"}
    manifest.write_text(json.dumps(facts))
    with pytest.raises(DataError, match="set the clock right"):
        write_snapshot(tmp_path, TASKS[:1], SOURCE)

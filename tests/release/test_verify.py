"""The shipped project, built once; `builder verify` rebuilds it elsewhere, on another day."""

from __future__ import annotations

import json
import shutil

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.commands.ingest import ingest_files
from builder.commands.init import copy_starter
from builder.config import load_project
from builder.errors import DataError, UsageError
from builder.merge.project import merge_project
from builder.release.build import build_release
from builder.release.manifest import read_manifest
from builder.release.verify import differences

FILE = "data/agreements/test-00000-of-00001.parquet"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("starter")
    copy_starter(root, "schemas", "annotations", "builder.toml")
    project = load_project(root)
    ingest_files(project)
    merge_project(project)
    build_release(project, "0.1.0")
    shutil.rmtree(project.build)
    return project


@pytest.fixture
def copy(built, tmp_path):
    shutil.copytree(built.root, tmp_path / "copy")
    return tmp_path / "copy"


def verify(root, *words):
    release = str(root / "releases" / "0.1.0")
    return CliRunner().invoke(app, ["verify", release, "-C", str(root), *words])


def relabel(release):
    table = pq.read_table(release / FILE)
    rows = table.to_pylist()
    rows[4]["stage"] = "violated"
    pq.write_table(table.from_pylist(rows, schema=table.schema), release / FILE)
    return rows[4]["event_id"]


def test_a_release_is_rebuilt_from_what_it_records_on_another_day(built, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    result = verify(built.root)
    assert result.exit_code == 0, result.exception
    assert "are byte for byte a rebuild from the recorded inputs" in " ".join(result.stdout.split())
    assert not built.build.exists()


def test_an_altered_label_is_named_by_file_row_and_column(copy):
    event = relabel(copy / "releases" / "0.1.0")
    result = verify(copy)
    assert isinstance(result.exception, DataError)
    said = str(result.exception).splitlines()
    assert said[0] == f"{FILE}: was altered: its SHA-256 is not the manifest's"
    assert said[1].startswith(f"{FILE}, row 5: event_id {event}: stage is 'violated', rebuilt '")


def test_files_alone_are_compared_with_the_manifest(copy):
    assert verify(copy, "--files-only").exit_code == 0
    release = copy / "releases" / "0.1.0"
    (release / "README.md").write_text("mine")
    (release / "more.txt").write_text("mine")
    (release / FILE).unlink()
    result = verify(copy, "--files-only")
    assert [problem.where for problem in result.exception.problems] == [
        "README.md",
        FILE,
        "more.txt",
    ]


def test_inputs_that_changed_since_are_named_and_nothing_is_rebuilt(copy):
    with (copy / "builder.toml").open("a") as stream:
        stream.write("\n")
    (copy / "annotations" / "articles" / "000_040910965fea3b52.txt").unlink()
    result = verify(copy)
    assert [problem.where for problem in result.exception.problems] == [
        "annotations/articles/000_040910965fea3b52.txt",
        "builder.toml",
    ]


def test_another_key_for_pseudonyms_is_said_before_anything_differs(built, monkeypatch):
    monkeypatch.setenv("BUILDER_PSEUDONYM_KEY", "secret")
    result = verify(built.root)
    assert isinstance(result.exception, UsageError)
    assert "was made without a key" in str(result.exception)


def test_of_another_version_rows_are_compared_and_not_bytes(copy):
    release = copy / "releases" / "0.1.0"
    rewritten = copy / "rewritten"
    shutil.copytree(release, rewritten)
    pq.write_table(pq.read_table(release / FILE), rewritten / FILE, compression="snappy")
    assert [str(p) for p in differences(rewritten, release)] == [
        f"{FILE}: has the rows of the rebuild in other bytes"
    ]
    assert differences(rewritten, release, rows_only=True) == []


def test_a_second_release_is_rebuilt_from_the_splits_of_the_first(copy):
    project = load_project(copy)
    ingest_files(project)
    merge_project(project)
    build_release(project, "0.1.1")
    second = str(copy / "releases" / "0.1.1")
    assert CliRunner().invoke(app, ["verify", second, "-C", str(copy)]).exit_code == 0
    (copy / "releases" / "0.1.0" / "manifest.json").write_text("{}")
    result = CliRunner().invoke(app, ["verify", second, "-C", str(copy)])
    assert [p.where for p in result.exception.problems] == ["0.1.0/manifest.json"]


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    with pytest.raises(DataError, match="give the folder of a release"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"name": "x"}))
    with pytest.raises(DataError, match="cannot be read"):
        read_manifest(tmp_path)

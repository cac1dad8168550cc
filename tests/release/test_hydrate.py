"""A stand-off release of the shipped project, hydrated from copies in another folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.commands.ingest import ingest_files
from builder.commands.init import copy_starter
from builder.config import load_project
from builder.errors import DataError, UsageError
from builder.files import file_sha256
from builder.merge.project import merge_project
from builder.release.build import build_release
from builder.release.manifest import read_manifest
from builder.release.tables import shards

SAMPLE = "000_040910965fea3b52.txt"
FORMS = ("full", "quotes", "standoff")


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    root = tmp_path_factory.mktemp("starter")
    copy_starter(root, "schemas", "annotations", "builder.toml")
    project = load_project(root)
    ingest_files(project)
    merge_project(project)
    for form in FORMS:
        told = {**project.values, "release.text": form, "release.text_why": "A test."}
        asked = replace(project, values=told, articles=())
        build_release(asked, "0.1.0", root / form)
    return {form: root / form / "0.1.0" for form in FORMS} | {
        "copies": project.raw_articles,
        "project": project,
    }


@pytest.fixture
def copies(releases, tmp_path):
    shutil.copytree(releases["copies"], tmp_path / "my articles")
    return tmp_path / "my articles"


def hydrate(tmp_path, *words):
    (tmp_path / "user").mkdir()
    command = ["hydrate", *map(str, words), "--out", str(tmp_path / "out"), "-C", tmp_path / "user"]
    return CliRunner().invoke(app, [str(word) for word in command])


def data(folder):
    files = sorted(folder.rglob("*.parquet"))
    return {file.relative_to(folder).as_posix(): file_sha256(file) for file in files}


def rows(folder, config="documents"):
    files = sorted((folder / "data" / config).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def words_of(releases):
    """Every text of the full release that is long enough not to be there by chance."""
    return {row["title"] for row in rows(releases["full"])}


def test_a_standoff_release_has_offsets_hashes_and_no_text(releases):
    for config in ("documents", "statements", "annotations", "sentences"):
        told = str(rows(releases["standoff"], config))
        assert not [title for title in words_of(releases) if title in told]
        assert "'start': 19" in told or config != "statements"
    for row in rows(releases["standoff"]):
        assert row["text"] is row["title"] is None
        assert len(row["text_sha256"]) == 64
        assert row["source_file"]


def test_texts_beyond_their_licence_are_counted_with_the_stated_reason(releases):
    told = {form: read_manifest(releases[form]).told for form in FORMS}
    assert told == {"full": {"A test.": 1}, "quotes": {"A test.": 1}, "standoff": {}}


def test_files_are_cut_by_the_texts_that_they_get_back(releases, copies, tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "GROUP", 2)
    monkeypatch.setattr(shards, "LIMIT", 20_000)
    project = releases["project"]
    for form in ("full", "standoff"):
        told = {**project.values, "release.text": form, "release.text_why": "A test."}
        asked = replace(project, values=told, articles=())
        build_release(asked, "0.1.0", tmp_path / form)
    assert hydrate(tmp_path, tmp_path / "standoff" / "0.1.0", copies).exit_code == 0
    full = data(tmp_path / "full" / "0.1.0")
    assert data(tmp_path / "out") == full != data(tmp_path / "standoff" / "0.1.0")
    assert len(full) > len(data(releases["full"]))


def test_quotes_are_the_marked_words_alone(releases):
    quoted, full = rows(releases["quotes"], "meetings"), rows(releases["full"], "meetings")
    assert [row["trigger"] for row in quoted] == [row["trigger"] for row in full]
    assert {row["context"]["text"] for row in quoted} == {None}
    assert {row["text"] for row in rows(releases["quotes"], "sentences")} == {None}


@pytest.mark.parametrize("form", ["standoff", "quotes"])
def test_hydrated_data_is_the_full_release_byte_for_byte(releases, copies, tmp_path, load, form):
    result = hydrate(tmp_path, releases[form], copies)
    assert result.exit_code == 0, result.exception
    assert data(tmp_path / "out") == data(releases["full"])
    loaded = load(tmp_path / "out", "statements")
    assert sum(part.num_rows for part in loaded.values()) == len(
        rows(releases["full"], "statements")
    )
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["hydrated"] == {"filled": 9, "left_out": []}


def test_an_article_that_changed_by_a_character_is_reported_and_left_out(
    releases, copies, tmp_path, load
):
    changed = (copies / SAMPLE).read_text("utf-8").replace("Korea", "Corea", 1)
    (copies / SAMPLE).write_text(changed, "utf-8")
    result = hydrate(tmp_path, releases["standoff"], copies)
    assert isinstance(result.exception, DataError)
    (problem,) = result.exception.problems
    assert problem.where == f"annotations/articles/{SAMPLE}"
    assert problem.what.startswith("gives another text than the one annotated")
    (lost,) = [r["doc_id"] for r in rows(releases["full"]) if r["source_file"].endswith(SAMPLE)]
    for config in ("documents", "agreements", "annotations", "sentences"):
        expected = [row for row in rows(releases["full"], config) if row["doc_id"] != lost]
        assert rows(tmp_path / "out", config) == expected
    assert sum(part.num_rows for part in load(tmp_path / "out").values()) == 8


def test_an_article_that_is_not_given_is_named_with_its_address(releases, copies, tmp_path):
    result = hydrate(tmp_path, releases["standoff"], copies / SAMPLE)
    assert len(result.exception.problems) == 8
    assert {p.what.split(";")[0] for p in result.exception.problems if "http" in p.what}
    assert "left out, not_given: 8" in result.stdout


def test_a_full_release_needs_no_articles_to_stay_what_it_is(releases, copies, tmp_path):
    result = hydrate(tmp_path, releases["full"], copies / SAMPLE)
    assert result.exit_code == 0
    assert "0 documents have their text again, 9 had it all along" in result.stdout
    assert data(tmp_path / "out") == data(releases["full"])


def test_nothing_is_written_when_no_article_fits(releases, tmp_path):
    (tmp_path / "other.jsonl").write_text('{"id": "1", "title": "Other", "text": "Words."}\n')
    result = hydrate(tmp_path, releases["standoff"], tmp_path / "other.jsonl")
    assert "no article fits this release" in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_an_altered_release_is_refused(releases, copies, tmp_path):
    altered = tmp_path / "altered"
    shutil.copytree(releases["standoff"], altered)
    (altered / "README.md").write_text("mine")
    result = hydrate(tmp_path, altered, copies)
    assert "README.md: was altered" in str(result.exception)


def test_a_folder_that_is_there_is_not_written_over(releases, copies, tmp_path):
    (tmp_path / "out").mkdir()
    result = hydrate(tmp_path, releases["standoff"], copies)
    assert isinstance(result.exception, UsageError)

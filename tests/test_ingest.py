"""`builder ingest`: what it writes, what it says, and the messages for bad input."""

import json
import re
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner
from web_archive import web_page

from builder.commands import ingest
from builder.document import Document
from builder.errors import BuilderError, DataError, UsageError
from builder.files import read_records

ROOT = Path(__file__).parent.parent
BROKEN = Path(__file__).parent / "broken" / "ingest"


@pytest.fixture
def project(tmp_path):
    shutil.copy(ROOT / "builder.toml", tmp_path)
    shutil.copytree(ROOT / "annotations" / "articles", tmp_path / "annotations" / "articles")
    return tmp_path


def run(project, *words, code=0, stdin=None):
    app = typer.Typer()
    ingest.register(app)
    result = CliRunner().invoke(app, ["-C", str(project), *map(str, words)], input=stdin)
    if isinstance(result.exception, BuilderError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def documents(project):
    path = project / "build" / "documents.parquet"
    return read_records(path, Document, made_by="builder ingest")


def test_the_shipped_articles_become_documents_in_order(project):
    result = run(project)
    found = documents(project)
    places = [(d.article.file, d.article.row) for d in found]
    assert places[0] == ("annotations/articles/000_040910965fea3b52.txt", None)
    assert places[1:] == [("annotations/articles/starter.jsonl", n) for n in range(1, 9)]
    assert found[0].article.license == "agency-copy"
    assert all(d.article.license for d in found)
    assert "read 9 articles in 2 files" in result.stderr
    assert re.search(r"documents +9 ", result.stderr)
    assert re.search(r"related_stories +12 +\d", result.stderr)
    assert not (project / "build" / "rejected.jsonl").exists()


def test_the_same_input_gives_the_same_bytes_in_any_order(project):
    run(project)
    path = project / "build" / "documents.parquet"
    first = path.read_bytes()
    files = sorted((project / "annotations" / "articles").iterdir(), reverse=True)
    run(project, *(f for f in files if f.suffix != ".md"), project / "annotations/articles/*.txt")
    assert path.read_bytes() == first


def test_good_articles_are_written_although_others_are_refused(project):
    bad = project / "annotations" / "articles" / "more.jsonl"
    bad.write_text('{"id": "x", "title": "T", "text": "Body."}\n{"id": "y"}\n')
    with pytest.raises(DataError) as caught:
        run(project)
    assert caught.value.exit_code == 3
    assert "annotations/articles/more.jsonl:2: field 'title' is missing" in str(caught.value)
    assert len(documents(project)) == 10
    (row,) = (project / "build" / "rejected.jsonl").read_text().splitlines()
    assert json.loads(row)["reason"] == "missing_field"
    bad.unlink()
    run(project)
    assert not (project / "build" / "rejected.jsonl").exists()


def test_nothing_good_leaves_the_older_documents(project):
    run(project)
    bad = project / "bad.txt"
    bad.write_text("")
    with pytest.raises(DataError, match=r"bad\.txt: has no text"):
        run(project, bad)
    assert len(documents(project)) == 9


def test_equal_text_is_one_document_and_the_second_is_reported(project):
    copy = project / "annotations" / "articles" / "000_again.txt"
    shutil.copy(project / "annotations/articles/000_040910965fea3b52.txt", copy)
    report = json.loads(run(project, "--json").stdout)
    assert report["documents"] == 9
    (duplicate,) = report["duplicates"]
    assert duplicate["file"] == "annotations/articles/000_again.txt"
    assert duplicate["same_as"] == "annotations/articles/000_040910965fea3b52.txt"
    assert duplicate["reason"] == "exact_duplicate"


def test_what_was_read_is_what_was_kept_repeated_or_refused(project):
    folder = project / "annotations" / "articles"
    shutil.copy(folder / "000_040910965fea3b52.txt", folder / "000_again.txt")
    (folder / "page.pdf.html").write_bytes(b"%PDF-1.7")
    (folder / "more.jsonl").write_text('{"title": "T", "text": ""}\n{"title": "T", "text": "B."}\n')
    report = json.loads(run(project, "--json", code=3).stdout)
    counts = [report[name] for name in ("documents", "exact_duplicates", "refused_articles")]
    assert counts == [10, 1, 2]
    assert report["articles"] == sum(counts)
    assert sum(report["refused"].values()) == report["refused_articles"] == len(report["rejected"])


def test_other_formats_in_a_folder_are_skipped_by_name_and_readmes_passed_over(project):
    (project / "annotations" / "articles" / "page.pdf").write_bytes(b"%PDF")
    report = json.loads(run(project, "--json").stdout)
    (skipped,) = report["skipped"]
    assert skipped["file"] == "annotations/articles/page.pdf"
    assert skipped["what"].startswith("format '.pdf' is not read; read are .txt, .jsonl, .html")


def test_another_format_that_is_named_is_refused(project):
    page = project / "page.pdf"
    page.write_bytes(b"%PDF")
    with pytest.raises(DataError, match=r"page\.pdf: is a PDF"):
        run(project, page)


def test_paths_that_name_nothing_are_refused_together(project):
    with pytest.raises(UsageError) as caught:
        run(project, "none.txt", "no/*.jsonl")
    assert len(caught.value.problems) == 2


def test_an_article_outside_the_project_has_no_path_of_this_machine(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("elsewhere") / "rows.jsonl"
    outside.write_text('{"id": "x", "title": "T", "text": "Body."}\n')
    run(project, outside)
    assert [d.article.file for d in documents(project)] == ["rows.jsonl"]


def test_a_dry_run_writes_nothing(project):
    result = run(project, "--dry-run")
    assert "nothing written" in result.stderr
    assert not (project / "build").exists()


def test_json_with_refusals_stays_one_report_on_stdout(project):
    bad = project / "bad.txt"
    bad.write_text("")
    result = run(project, bad, "--json", code=3)
    assert json.loads(result.stdout)["rejected"][0]["reason"] == "empty_file"
    assert "bad.txt: has no text" in result.stderr


def test_explain_shows_kept_and_dropped_lines(project, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    page = project / "annotations/articles/000_040910965fea3b52.txt"
    lines = run(project, "--explain", page).stdout.splitlines()
    assert lines[0] == "    1 - navigation         City"
    assert lines[2].startswith("    4 + headline           South Korea, NATO agree")
    assert len(lines) == 31
    assert not (project / "build").exists()


def test_standard_input_is_an_article_like_any_other(project):
    page = (project / "annotations/articles/000_040910965fea3b52.txt").read_bytes()
    result = run(project, "-", stdin=page)
    (found,) = documents(project)
    assert found.article.file.startswith("annotations/articles/stdin-")
    assert (project / found.article.file).read_bytes() == page
    assert f"kept standard input as {found.article.file}" in result.stderr
    explained = run(project, "--explain", "-", stdin=page).stdout
    assert "headline           South Korea, NATO agree" in explained


def test_standard_input_that_is_no_article_is_refused_by_name(project):
    with pytest.raises(DataError, match=r"^stdin: is a PDF"):
        run(project, "-", stdin=b"%PDF-1.7")
    with pytest.raises(DataError, match=r"^stdin: has no text"):
        run(project, "-", "--dry-run", stdin=b"")


def test_a_page_is_explained_whatever_its_name(project):
    page = project / "page.php"
    page.write_bytes(web_page("Talks end"))
    assert "headline           Talks end" in run(project, "--explain", page).stdout
    page.write_text("Talks end")
    with pytest.raises(DataError, match=r"page\.php: format '\.php' is not read"):
        run(project, "--explain", page)
    with pytest.raises(UsageError, match=r"none\.html: is no file"):
        run(project, "--explain", "none.html")


def test_many_refusals_of_one_reason_are_counted_and_some_shown(project):
    rows = [f'{{"title": "T{n}", "text": ""}}' for n in range(50)]
    (project / "bad.jsonl").write_text("\n".join(rows))
    with pytest.raises(DataError) as caught:
        run(project, project / "bad.jsonl")
    assert len(caught.value.problems) == 20
    assert str(caught.value).endswith("20 are shown, build/rejected.jsonl has all")
    assert len((project / "build" / "rejected.jsonl").read_text().splitlines()) == 50


@pytest.mark.parametrize("defect", sorted(p.name for p in BROKEN.iterdir()))
def test_bad_input_gives_the_golden_message(project, defect):
    (given,) = (BROKEN / defect).glob("input.*")
    shutil.copy(given, project)
    with pytest.raises(DataError) as caught:
        run(project, project / given.name)
    expected = (BROKEN / defect / "expected.txt").read_text("utf-8")
    assert f"{caught.value}\n" == expected

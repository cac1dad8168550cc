from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.errors import DataError, NotReadyError, UsageError

MAY_BE_UNDATED = "[gates.dates]\nmax_undated = 2\nwhy = 'Two of these say nothing.'\n"


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    def _run(*words: object):
        return CliRunner().invoke(app, ["release", *map(str, words)])

    return _run


def test_the_result_is_a_table_and_the_line_that_loads_it(make, run, load):
    project = make()
    result = run("0.1.0", "-C", project.root)
    assert result.exit_code == 0
    assert re.search(r"documents\W+2\W+0\W+1\W", result.stdout)
    line = next(x for x in result.stdout.splitlines() if x.startswith("datasets.load_dataset("))
    assert load(line.split('"')[1])["train"].num_rows == 2
    assert "passed  conflicts: 0 open, 0 allowed" in result.stderr
    assert "left out, unfinished: 1 (" in result.stderr


def test_a_dry_run_says_what_goes_where_and_writes_nothing(make, run):
    project = make()
    result = run("0.1.0", "-C", project.root, "--dry-run")
    assert result.exit_code == 0
    assert "nothing was written" in result.stdout
    assert "  data/meetings/test-00000-of-00001.parquet\n" in result.stdout
    assert not (project.root / "releases").exists()


def test_json_says_the_same(make, run, tmp_path):
    out = tmp_path / "elsewhere"
    result = run("0.1.0", "-C", make().root, "--out", out, "--json")
    said = json.loads(result.stdout)
    assert said["path"] == str(out / "0.1.0")
    assert said["counts"]["documents"] == {"train": 2, "validation": 0, "test": 1}
    assert (out / "0.1.0" / "README.md").exists()


def test_a_wrong_version_is_a_usage_error(make, run):
    result = run("1", "-C", make().root)
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 2


def test_splits_by_date_can_be_asked_for(make, run):
    project = make()
    result = run("0.1.0", "-C", project.root, "--by-date")
    assert isinstance(result.exception, NotReadyError)
    assert "no document is ready for a release (1 unfinished, 3 undated)" in str(result.exception)


@pytest.mark.parametrize(("gate", "made"), [("", False), (MAY_BE_UNDATED, True)])
def test_undated_documents_are_named_before_days_are_fixed_for_good(make, run, sample, gate, made):
    first, *others = sample.documents
    dated = replace(first, article=replace(first.article, published_at="2016-09-22"))
    project = make([dated, *others], settings=gate)
    result = run("0.1.0", "-C", project.root, "--by-date")
    assert (project.root / "releases" / "0.1.0").exists() == made
    assert f"dates: 2 undated documents left out, {2 * made} allowed" in result.stderr
    if not made:
        assert isinstance(result.exception, DataError)
        assert str(result.exception).count("states no date, so no split by date has a place") == 1
        assert "[gates.dates]" in str(result.exception)


def test_without_a_version_the_next_one_is_proposed_and_nothing_is_written(make, run):
    project = make()
    result = run("-C", project.root)
    assert result.exit_code == 0
    assert result.stdout.endswith("the next version is 0.1.0: builder release 0.1.0\n")
    assert not (project.root / "releases").exists()


def test_the_card_tells_how_far_annotators_agree_with_signatures(make, run):
    project = make()
    run("0.1.0", "-C", project.root)
    card = (project.root / "releases/0.1.0/README.md").read_text("utf-8")
    assert "## Agreement between annotators" in card
    assert "| `trigger` | 0.000 (" in card
    assert card.count("`f1|layer:<layer>|match:<match>|") == 1
    assert "(IAA) was not measured" not in card


def test_an_allowance_without_a_reason_is_a_usage_error(make, run):
    result = run("0.1.0", "-C", make().root, "--allow", "leak")
    assert isinstance(result.exception, UsageError)
    assert "'leak' should be GATE=" in str(result.exception)

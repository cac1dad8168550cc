"""What `builder ingest` shows of its work on a terminal after the files are read."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from builder.articles.duplicates.cluster import Dated, groups
from builder.commands import app

NUMBER = 200
WORDS = 60


@pytest.fixture
def texts():
    """Return texts with nothing in common, and a longer copy of each third."""
    made = {}
    for number in range(NUMBER):
        words = [f"w{number}x{place}" for place in range(WORDS)]
        made[f"{number:03}"] = " ".join(words)
        if number % 3 == 0:
            made[f"{number:03}c"] = " ".join([*words, "and", "one", "more"])
    return made


def test_linking_tells_how_many_of_how_many_twice_from_none_on(texts):
    dated = [Dated(name, None) for name in texts]
    told = []
    found = groups(
        dated, texts.items, None, stories=False, tell=lambda *numbers: told.append(numbers)
    )
    assert len(set(found.clusters.values())) == NUMBER
    assert {total for _, total in told} == {len(texts)}
    starts = [at for at, (done, _) in enumerate(told) if done == 0]
    assert len(starts) == 2
    for some in (told[: starts[1]], told[starts[1] :]):
        assert [done for done, _ in some] == sorted({done for done, _ in some})
        assert some[-1][0] < len(texts)


def test_a_terminal_shows_counts_and_rates_of_every_phase(texts, tmp_path, monkeypatch):
    rows = (json.dumps({"title": f"A title {name}", "text": text}) for name, text in texts.items())
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "160", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["ingest", str(tmp_path / "rows.jsonl"), "-C", str(tmp_path)])
    assert result.exit_code == 0, result.output
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", result.stderr)
    for phase, count in {
        "counting articles, by part": r"(\d+)/\1",
        "comparing documents": f"{len(texts)}/{len(texts)}",
        "linking documents": rf"\d+/{len(texts)}",
        "writing documents, by part": r"(\d+)/\1",
    }.items():
        assert re.search(rf"{phase} +\S+ +{count} ", shown), (phase, shown[-2000:])

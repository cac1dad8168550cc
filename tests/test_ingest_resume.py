"""A run over 5,000 articles that is killed: the same command finishes, with the same bytes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FILES, ROWS = 200, 25
WORDS = (
    "council",
    "treaty",
    "minister",
    "signed",
    "river",
    "budget",
    "port",
    "army",
    "vote",
    "law",
)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for file in range(FILES):
        rows = []
        for row in range(ROWS):
            # Every tenth article is a longer copy of the one before it.
            base = file * ROWS + row - (row % 10 == 9)
            body = [" ".join(f"{w}{base * n % 9973}" for w in WORDS) + "." for n in range(2, 9)]
            title = f"Headline {base} of {file} row {row}"
            text = "\n\n".join([*body, *(["Later more was added."] if row % 10 == 9 else [])])
            rows.append(json.dumps({"id": f"{file}-{row}", "title": title, "text": text}))
        (folder / f"{file:03d}.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def command(project: Path, articles: Path) -> list[str]:
    return [sys.executable, "-m", "builder", "ingest", "-C", str(project), str(articles), "--json"]


def start(project: Path, articles: Path) -> subprocess.Popen:
    return subprocess.Popen(
        command(project, articles), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def finish(project: Path, articles: Path) -> tuple[bytes, dict]:
    done = subprocess.run(command(project, articles), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (project / "build" / "documents.parquet").read_bytes(), json.loads(done.stdout)


@pytest.fixture(scope="module")
def one_file(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("one") / "all.jsonl"
    path.write_bytes(b"".join(file.read_bytes() for file in sorted(articles.iterdir())))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("given", ["articles", "one_file"])
def test_a_killed_run_is_finished_with_the_bytes_of_an_undisturbed_one(given, request, tmp_path):
    articles = request.getfixturevalue(given)
    wanted, report = finish(tmp_path / "calm", articles)
    assert report["documents"] == FILES * ROWS
    assert report["duplicate_clusters"] < report["documents"]
    killed = tmp_path / "killed"
    shards = killed / "build" / "ingest"
    process = start(killed, articles)
    while process.poll() is None and len(list(shards.glob("*.parquet"))) < 2:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in shards.glob("[!.]*.parquet")}
    assert before
    assert not (killed / "build" / "documents.parquet").exists()
    found, again = finish(killed, articles)
    assert (found, again) == (wanted, report)
    after = {path.name: path.stat().st_mtime_ns for path in shards.glob("*.parquet")}
    assert before.items() <= after.items()


def test_an_id_of_another_part_of_the_file_is_taken_and_counted_once(tmp_path):
    rows = [{"id": str(n), "title": f"T {n}", "text": f"Body {n}. " * 40} for n in range(1100)]
    rows[1050] |= {"id": "7", "mood": "x"}
    rows[3] |= {"mood": "y"}
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = subprocess.run(
        command(tmp_path / "p", path), capture_output=True, text=True, check=False
    )
    report = json.loads(done.stdout)
    assert len(list((tmp_path / "p" / "build" / "ingest").glob("*.parquet"))) == 3
    assert (report["documents"], report["refused"]) == (1099, {"duplicate_id": 1})
    assert report["rejected"][0]["what"] == "id '7' is taken by row 8; give this row another id"
    (note,) = report["notes"]
    assert (note["what"].split(";")[0], note["records"]) == ("field 'mood' is not read", 2)


def test_new_files_change_no_shard_but_their_own(articles, tmp_path):
    some, project, fresh = (tmp_path / name for name in ("some", "project", "fresh"))
    for folder in (some, project, fresh):
        folder.mkdir()
    for path in sorted(articles.iterdir())[:40]:
        shutil.copy(path, some)
    finish(project, some)
    before = {path.name for path in (project / "build" / "ingest").iterdir()}
    (some / "030b.jsonl").write_text('{"id": "x", "title": "New", "text": "Body."}\n', "utf-8")
    found, report = finish(project, some)
    assert report["documents"] == 40 * ROWS + 1
    assert len(before - {path.name for path in (project / "build" / "ingest").iterdir()}) <= 2
    assert finish(fresh, some)[0] == found

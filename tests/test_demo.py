"""The demo as its user sees it: one command, no server."""

import json
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "here"
    done = subprocess.run(
        [sys.executable, "-m", "builder", "demo", "--into", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_the_demo_shows_the_sample_article_and_one_event_in_full(demo):
    _, shown = demo
    assert "South Korea, NATO agree to establish consultative body on defence industry" in shown
    assert "one event in full" in shown
    assert "unanimous 2/2" in shown


def test_the_demo_leaves_a_release_that_says_what_it_holds(demo):
    folder, _ = demo
    manifest = json.loads((folder / "releases" / "0.1.0" / "manifest.json").read_text("utf-8"))
    events = {"agreements", "meetings", "statements"}
    assert set(manifest["configs"]) == {"documents", "annotations", "sentences", *events}
    assert all(sum(config["rows"].values()) > 0 for config in manifest["configs"].values())


def test_the_demo_refuses_a_folder_that_holds_something(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "builder", "demo", "--into", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]

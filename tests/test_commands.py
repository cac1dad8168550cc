"""The command line as people meet it."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from builder.commands import VERBS, app

HEAVY = ("pandas", "pyarrow", "datasets", "label_studio_sdk", "scipy", "requests", "rich.progress")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb):
    shown = CliRunner().invoke(app, [verb, "--help"])
    assert shown.exit_code == 0
    assert "Example: " in shown.output


def test_help_imports_nothing_heavy():
    script = (
        "import sys\nsys.argv = ['builder', '--help']\nfrom builder.commands import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_expected_failure_is_a_message_and_a_code_not_a_traceback(tmp_path):
    done = run(tmp_path, "merge")
    assert done.returncode == 3
    assert done.stderr == "build/documents.parquet: is not there yet; run `builder ingest` first\n"


def test_a_failure_is_json_too_when_json_was_asked_for(tmp_path):
    done = run(tmp_path, "merge", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["problems"] == [
        {
            "where": "build/documents.parquet",
            "what": "is not there yet; run `builder ingest` first",
        }
    ]


def test_wrong_settings_are_all_named_with_their_lines(tmp_path):
    (tmp_path / "builder.toml").write_text(
        '[project]\nnam = "x"\n[studio]\noverlap = "two"\napi_key = "0123"\n[splits]\ntrain = 0.9\n'
    )
    done = run(tmp_path, "config")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "builder.toml:2: unknown setting 'project.nam'; did you mean 'project.name'?",
        "builder.toml:4: studio.overlap is 'two'; it should be a whole number",
        (
            "builder.toml:5: 'api_key' is a secret; put it into the environment as "
            "LABEL_STUDIO_API_KEY and delete this line"
        ),
        "builder.toml:7: splits are [0.9, 0.1, 0.1]; they should not be negative and add up to 1",
    ]


def test_each_setting_says_where_it_came_from(tmp_path, monkeypatch):
    (tmp_path / "builder.toml").write_text('[studio]\ntitle = "Mine"\n')
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:1")
    shown = json.loads(run(tmp_path, "config", "--json").stdout)
    assert shown["studio.title"] == {"value": "Mine", "origin": "builder.toml:2"}
    assert shown["studio.url"]["origin"] == "environment LABEL_STUDIO_URL"
    assert shown["studio.overlap"] == {"value": 2, "origin": "default"}


def test_a_new_project_has_settings_schemas_and_a_place_for_articles(tmp_path):
    assert run(tmp_path, "init", "mine").returncode == 0
    made = tmp_path / "mine"
    assert (made / "schemas" / "agreement.yaml").exists()
    assert (made / "annotations" / "articles").is_dir()
    assert run(made, "config").returncode == 0


def test_a_new_project_never_overwrites_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    done = run(tmp_path, "init", "mine")
    assert done.returncode == 2
    assert done.stderr.startswith("mine: is not empty; name a new folder")


def run(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "builder", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

"""Every command of the README is typed, in its order, as a newcomer would."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from builder.commands import VERBS
from builder.document import Span
from builder.event import Event
from builder.labelstudio.encode import result
from builder.schema import load_schema

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_every_verb_is_in_the_table_of_commands():
    named = set(re.findall(r"^\| `builder ([a-z]+)", README, re.MULTILINE))
    assert named == set(VERBS)


def test_every_relative_link_leads_somewhere():
    links = re.findall(r"\]\((?!http)([^)]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.slow
def test_every_command_of_the_readme_runs(tmp_path):
    """In a folder that has what a checkout has; the annotators work before `builder pull`."""
    for name in ("schemas", "annotations", "builder.toml", "Makefile", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HF_DATASETS_CACHE": str(tmp_path / "cache"),
    }
    # `make` finds the environment that these tests run in, and that it is up to date.
    (tmp_path / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    here = tmp_path
    try:
        for line in "".join(blocks("sh")).splitlines():
            if line.startswith("cd "):
                here = here / line.removeprefix("cd ")
                continue
            if line == "builder pull":
                annotate_everything(here)
            if line.startswith("make"):
                line += " --assume-old=.venv/core.stamp --assume-old=pyproject.toml"  # noqa: PLW2901
            run(line, here, environment)
        for script in blocks("python"):
            run([sys.executable, "-c", script], here, environment)
    finally:
        run("builder studio --stop", here, environment)


def run(command, folder, environment):
    words = command.split() if isinstance(command, str) else command
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def annotate_everything(project):
    """Both annotators mark the headline's first word as an agreement in every document."""
    server = json.loads((project / ".studio" / "server.json").read_text("utf-8"))
    people = json.loads((project / ".studio" / "credentials.json").read_text("utf-8"))
    schema = load_schema(project / "schemas")
    for name in ("ann", "ben"):
        session = requests.Session()
        session.headers["Authorization"] = f"Token {people[name]['token']}"
        tasks = session.get(f"{server['url']}/api/tasks?project=1&fields=all", timeout=60).json()
        for task in tasks["tasks"]:
            text = task["data"]["text"]
            event = Event("e", "Agreement", Span(0, len(text.split()[0])))
            answer = {"result": result([event], text, schema), "ground_truth": False}
            url = f"{server['url']}/api/tasks/{task['id']}/annotations/"
            session.post(url, json=answer, timeout=60).raise_for_status()
        session.close()

"""Ten thousand tasks to a real Label Studio and back: time, memory, and two kills on the way.

Run it with the environment of a Label Studio in BUILDER_STUDIO_ENV:

    .venv/bin/python benchmarks/labelstudio.py --tasks 10000

It starts a server of its own in a temporary folder. `builder push` is killed
once, the server is killed once while the second push runs, and the third has
to end with each document on the server once. Then everything is pulled, seven
annotations are added, and pulled again. Memory is the peak of each command's
own process (ru_maxrss of the child).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from builder.document import Span, document_id, text_sha256
from builder.errors import ServerError
from builder.event import Event
from builder.labelstudio import server
from builder.labelstudio.client import connect_to
from builder.labelstudio.config import label_config
from builder.labelstudio.encode import result
from builder.labelstudio.studio_project import find_project
from builder.schema import load_schema

ROOT = Path(__file__).parent.parent
TITLE = "Benchmark"
SPANS = 10
CHARACTERS = 3000
WORDS = ("Seoul", "Ulm", "agreed", "met", "said", "trade", "pact", "in", "on", "of", "the", "and")


def main() -> None:
    """Run the benchmark and print one line of JSON per step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--answers", type=int, default=2, help="annotations per task")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="builder-benchmark-") as folder:
        project = Path(folder)
        if template := os.environ.get("BUILDER_STUDIO_TEMPLATE"):
            shutil.copytree(template, project / ".studio")
        started = server.start(project / ".studio", lambda _: None)
        try:
            people = [server.add_user(project / ".studio", name).email for name in ("ann", "bob")]
            write_project(project, options.tasks, people[: options.answers])
            push_with_kills(project, options.tasks)
            check(project, started.url, options.tasks)
            pull_twice(project, started.url)
        finally:
            server.stop(project / ".studio")


def write_project(project: Path, number: int, people: list[str]) -> None:
    """Write the settings, the configuration, and tasks with a prediction and answers each."""
    schema = load_schema(ROOT / "schemas")
    (project / "builder.toml").write_text(f'[studio]\ntitle = "{TITLE}"\n')
    (project / "schemas").symlink_to(ROOT / "schemas")
    (project / "build").mkdir()
    (project / "build" / "label_config.xml").write_text(label_config(schema))
    path = project / "build" / "tasks.json"
    with path.open("w") as stream:
        for n in range(number):
            stream.write("[" if n == 0 else ",\n")
            stream.write(json.dumps(made_task(n, people, schema), ensure_ascii=False))
        stream.write("]\n")
    say("written", tasks=number, answers=len(people) * number, bytes=path.stat().st_size)


def made_task(n: int, people: list[str], schema: Any) -> dict[str, Any]:  # noqa: ANN401 - a Schema
    """Return one task of 3,000 characters with 10 suggested spans, all of them accepted."""
    chance = random.Random(n)
    words = " ".join(chance.choices(WORDS, k=CHARACTERS))
    text = f"Article {n} 🙂\n\n{words[:CHARACTERS]}".rstrip()
    starts = [i for i in range(len(text)) if text.startswith("agreed", i)][:SPANS]
    events = [Event(f"e{i}", "Agreement", Span(i, i + 6)) for i in starts]
    items = result(events, text, schema)
    data = {"text": text, "doc_id": document_id(text), "text_sha256": text_sha256(text)}
    answer = {"result": items, "ground_truth": False, "was_cancelled": False, "lead_time": 9.5}
    return {
        "data": data | {"title": f"Article {n}", "schema": schema.version},
        "predictions": [{"model_version": "benchmark-1", "result": items}],
        "annotations": [{**answer, "completed_by": {"email": person}} for person in people],
    }


def push_with_kills(project: Path, number: int) -> None:
    """Push; kill the client at a quarter, the server at a half, and push once more."""
    begin = time.monotonic()
    first = command(project, "push")
    wait_for(project, number // 4)
    first.send_signal(signal.SIGKILL)
    finish("push, killed", first, begin)
    begin = time.monotonic()
    second = command(project, "push")
    wait_for(project, number // 2)
    state = json.loads((project / ".studio" / "server.json").read_text())
    os.kill(state["pid"], signal.SIGKILL)
    finish("push, its server killed", second, begin)
    server.start(project / ".studio", lambda _: None)
    begin = time.monotonic()
    finish("push, to the end", command(project, "push"), begin)
    begin = time.monotonic()
    finish("push again, nothing to do", command(project, "push"), begin)


def check(project: Path, url: str, number: int) -> None:
    """Count what is on the server: every document once, every prediction and answer there."""
    client = connect_to(url, server.admin(project / ".studio").token, kind="local")
    found = find_project(client, TITLE)
    if found is None:
        raise SystemExit("the project is not there")
    listed = client.sdk.tasks.list(
        project=found.project_id, fields="task_only", include="id,data", page_size=1000
    )
    times = Counter(Counter(task.data["doc_id"] for task in listed).values())
    there = client.sdk.projects.get(found.project_id)
    say(
        "on the server",
        documents_by_times_there=dict(times),
        wanted=number,
        annotations=there.total_annotations_number,
        predictions=there.total_predictions_number,
    )


def pull_twice(project: Path, url: str) -> None:
    """Pull everything, add seven annotations, pull what changed."""
    # Past the margin in which an earlier change may still be under way; people need longer.
    time.sleep(121)
    begin = time.monotonic()
    finish("pull, all", command(project, "pull"), begin)
    client = connect_to(url, server.admin(project / ".studio").token, kind="local")
    found = find_project(client, TITLE)
    if found is None:
        raise SystemExit("the project is not there")
    ids = []
    for task in client.sdk.tasks.list(
        project=found.project_id, fields="task_only", include="id", page_size=7
    ):
        ids.append(task.id)
        if len(ids) == 7:  # noqa: PLR2004 - the seven changed tasks
            break
    for task_id in ids:
        client.sdk.annotations.create(id=task_id, result=[])
    begin = time.monotonic()
    finish("pull, seven changed", command(project, "pull"), begin)
    begin = time.monotonic()
    finish("pull, nothing changed", command(project, "pull"), begin)


def command(project: Path, verb: str) -> subprocess.Popen[bytes]:
    """Start a command of ours on the project."""
    words = [sys.executable, "-m", "builder", verb, "-C", str(project), "--json"]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(name: str, process: subprocess.Popen[bytes], begin: float) -> None:
    """Wait for a command; print its time, its own peak memory and how it ended."""
    errors: list[bytes] = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))  # type: ignore[union-attr]
    reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    reader.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    last = b"".join(errors).decode().strip().splitlines()
    say(
        name,
        seconds=round(time.monotonic() - begin, 1),
        peak_mb=usage.ru_maxrss // 1024,
        exit_code=process.returncode,
        said=last[-1][:160] if last and process.returncode else "",
    )


def wait_for(project: Path, number: int) -> None:
    """Wait until the server has so many tasks."""
    running = server.running(project / ".studio")
    if running is None:
        raise SystemExit("no server runs")
    client = connect_to(running.url, server.admin(project / ".studio").token, kind="local")
    while True:
        # While it imports, the server may answer others with an error.
        with contextlib.suppress(ServerError), client.answering():
            found = find_project(client, TITLE)
            if found and (client.sdk.projects.get(found.project_id).task_number or 0) >= number:
                return
        time.sleep(2)


def say(step: str, **facts: object) -> None:
    """Print one step."""
    sys.stdout.write(json.dumps({"step": step, **facts}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""Reading and merging at scale: `python benchmarks/merge.py --only read`, then `--only merge`.

`read`: an export with two annotations a task (of the most `--tasks`, 20,000)
becomes validated Parquet tables; the converter of label_studio_sdk makes its
JSON_MIN and its CSV of the same file in the same run. `merge`: projects of
2,000, 8,000 and 20,000 tasks with five annotators are merged from their
snapshot to gold.parquet, with the annotators' reliability, on one core; the CPU
of merging alone is told apart from that of reading the snapshot and writing.

Every step runs in a process of its own. CPU is user and system time of that
process, memory the highest anonymous resident memory seen every 20 ms. The
texts are 2,000 different simulated documents, repeated under other ids.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builder.document import Span
    from builder.event import Event

ROOT = Path(__file__).parents[1]
DISTINCT = 2000
PEOPLE = 5
VERSIONS = ("event-dataset-builder", "msgspec", "pyarrow", "scipy", "label-studio-sdk")
SCENES = 2
"""Simulated scenes in one document: together about as many events as a news article has."""


def documents(people: int, number: int) -> Iterator[tuple[str, list[list[Event]]]]:
    """Yield texts with one list of events for each annotator."""
    from simulation import PANELS, simulate  # noqa: PLC0415 - only the process that makes them

    from builder.schema import load_schema  # noqa: PLC0415 - as above

    schema = load_schema(ROOT / "schemas")
    panel = PANELS[max(3, people)][:people]
    scenes = simulate(schema, panel, documents=number * SCENES, seed=1)
    for first in range(0, number * SCENES, SCENES):
        together = scenes[first : first + SCENES]
        text, answers = "", [[] for _ in panel]  # type: ignore[var-annotated]
        for scene in together:
            for own, answer in zip(answers, scene.answers, strict=True):
                own += [_moved(event, len(text), f"{first}") for event in answer.events]
            text += scene.document.text + "\n\n"
        yield text, answers


def _moved(event: Event, by: int, name: str) -> Event:
    def moved(span: Span) -> Span:
        return replace(span, start=span.start + by, end=span.end + by)

    return replace(
        event,
        event_id=f"{event.event_id}-{by}-{name}",
        trigger=moved(event.trigger),
        arguments=tuple(replace(a, parts=tuple(map(moved, a.parts))) for a in event.arguments),
    )


def make(export: Path, tasks: int) -> None:
    """Write an export as the server would, two annotations a task."""
    from builder.labelstudio.encode import result  # noqa: PLC0415 - as above
    from builder.schema import load_schema  # noqa: PLC0415 - as above

    schema = load_schema(ROOT / "schemas")
    defaults = {
        t: {n: a.default for n, a in schema.attributes(t).items()} for t in schema.event_types
    }
    rows = []
    for text, answers in documents(2, min(DISTINCT, tasks)):
        chosen = [[_chosen(event, defaults[event.type]) for event in own] for own in answers]
        items = [[i | {"origin": "manual"} for i in result(e, text, schema)] for e in chosen]
        rows.append((json.dumps(text), [json.dumps(each) for each in items]))
    when = '"2026-11-23T10:00:00.000000Z"'
    with export.open("w", encoding="utf-8") as stream:
        stream.write("[")
        for number in range(tasks):
            text, items = rows[number % len(rows)]
            given = ",".join(
                f'{{"id":{2 * number + n},"completed_by":{n + 1},"result":{each},'
                f'"was_cancelled":false,"ground_truth":false,"created_at":{when},'
                f'"updated_at":{when},"lead_time":61.5,"prediction":{{}},"result_count":0,'
                f'"unique_id":"{number:08d}-0000-4000-8000-{n:012d}","task":{number},"project":1}}'
                for n, each in enumerate(items)
            )
            stream.write("," if number else "")
            stream.write(
                f'{{"id":{number},"annotations":[{given}],"drafts":[],"predictions":[],'
                f'"data":{{"text":{text},"doc_id":"{number:016x}"}},"meta":{{}},'
                f'"created_at":{when},"updated_at":{when},"inner_id":{number}}}'
            )
        stream.write("]")


def _chosen(event: Event, defaults: dict[str, str]) -> Event:
    """Leave out attributes at their default, as annotators do."""
    own = {n: v for n, v in (event.attributes or {}).items() if v != defaults[n]}
    return replace(event, attributes=own)


def tables(export: Path, folder: Path) -> dict[str, Any]:
    """Export to validated Parquet tables."""
    from builder.labelstudio.export import write_tables  # noqa: PLC0415 - as above

    found = write_tables(export, folder)
    return {"tasks": found.tasks, **found.rows, "problems": found.problems.total()}


def converted(export: Path, folder: Path, form: str) -> dict[str, Any]:
    """Let label_studio_sdk convert the same file."""
    from label_studio_sdk.converter import Converter  # noqa: PLC0415 - as above

    from builder.labelstudio.config import label_config  # noqa: PLC0415 - as above
    from builder.schema import load_schema  # noqa: PLC0415 - as above

    config = label_config(load_schema(ROOT / "schemas"))
    converter = Converter(config, str(folder), download_resources=False)
    converter.convert(str(export), str(folder / form), form, is_dir=False)
    return {"bytes": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())}


def prepare(root: Path, tasks: int, people: int) -> None:
    """Make a project with documents and one snapshot of so many annotators."""
    from builder.document import (  # noqa: PLC0415 - as above
        Article,
        Document,
        document_id,
        text_sha256,
    )
    from builder.files import record_stream  # noqa: PLC0415 - as above
    from builder.labelstudio.encode import result  # noqa: PLC0415 - as above
    from builder.labelstudio.snapshot import Source, write_snapshot  # noqa: PLC0415 - as above
    from builder.schema import load_schema  # noqa: PLC0415 - as above

    schema = load_schema(ROOT / "schemas")
    made = [
        (text, [result(events, text, schema) for events in answers])
        for text, answers in documents(people, min(DISTINCT, tasks))
    ]

    def rows() -> Iterator[dict[str, Any]]:
        article = Article("simulated.txt", "0" * 64, "utf-8")
        with record_stream(root / "build" / "documents.parquet", Document) as add:
            for number in range(tasks):
                words, answers = made[number % len(made)]
                # The number comes last, so that the spans stay where they are.
                text = f"{words}{number}"
                doc_id = document_id(text)
                add(Document(doc_id, text, (), (), article, doc_id))
                given = [
                    {"id": people * number + n, "completed_by": n}
                    | {"unique_id": f"{number}-{n}"}
                    | {"result": items}
                    for n, items in enumerate(answers)
                ]
                data = {"text": text, "doc_id": doc_id, "text_sha256": text_sha256(text)}
                yield {"id": number, "annotations": given, "drafts": [], "data": data}

    source = Source("server", "http://ls.example", 1, "Events", "2026-01-01T00:00:00Z", "1", "0")
    write_snapshot(root / "annotations" / "snapshots", rows(), source)


def streamed(root: Path) -> dict[str, Any]:
    """Merge the whole project from its snapshot to gold.parquet; time the merging in it."""
    from builder.config import load_project  # noqa: PLC0415 - as above
    from builder.merge import project  # noqa: PLC0415 - as above

    spent: Counter[str] = Counter()
    for name in ("judge_document", "_reliability"):
        setattr(project, name, _timed(getattr(project, name), spent))
    counts = project.merge_project(load_project(root)).counts()
    merging = spent["judge_document"]
    return {
        "merging_cpu_s": round(merging, 1),
        "learning_reliability_cpu_s": round(spent["_reliability"], 1),
        "ms_a_document": round(1000 * merging / sum(counts["documents"].values()), 2),
        "gold_events": sum(counts["events"].values()),
        "conflicts": sum(counts["conflicts"].values()),
        "weighted": counts["decided"].get("weighted_majority", 0),
    }


def _timed(function: Callable[..., Any], spent: Counter[str]) -> Callable[..., Any]:
    """Return the same function, with the CPU seconds inside it counted under its name."""

    def timed(*given: object, **named: object) -> object:
        begun = time.process_time()
        found = function(*given, **named)
        spent[function.__name__] += time.process_time() - begun
        return found

    return timed


STEPS = {
    "prepare": prepare,
    "streamed": streamed,
    "make": make,
    "tables": tables,
    "converted": converted,
}


def measured(step: str, *words: object) -> dict[str, Any]:
    """Run one step in a process of its own; return its result with CPU and memory."""
    command = [sys.executable, __file__, "--step", step, *map(str, words)]
    before = os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:
        highest = 0
        while running.poll() is None:
            highest = max(highest, _anonymous(running.pid))
            time.sleep(0.02)
        out = running.stdout.read() if running.stdout else ""
    after = os.times()
    if running.returncode:
        raise SystemExit(f"{step} {words} ended with {running.returncode}")
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    found = json.loads(out.splitlines()[-1]) if out.strip() else {}
    return {"cpu_s": round(cpu, 1), "anonymous_mb": round(highest / 1000), **(found or {})}


def _anonymous(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    kib = re.search(r"RssAnon:\s+(\d+)", status)
    return int(kib[1]) if kib else 0


def main() -> None:
    """Run everything and print one line a step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--tasks", type=int, nargs="+", default=[2_000, 8_000, 20_000])
    parser.add_argument("--only", choices=["read", "merge"])
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        name, *words = options.step
        values = [int(w) if w.isdigit() else Path(w) if "/" in w else w for w in words]
        print(json.dumps(STEPS[name](*values)))  # type: ignore[operator]
        return
    print(machine(), flush=True)
    if options.only in {None, "read"}:
        read(max(options.tasks))
    if options.only in {None, "merge"}:
        for tasks in options.tasks:
            merge(tasks)


def machine() -> str:
    """Name what a number was measured on, and with which versions."""
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text("ascii", "replace"))
    named = cpu[1].strip() if cpu else platform.processor()
    versions = [f"{name} {version(name)}" for name in VERSIONS]
    load = f"load {os.getloadavg()[0]:.1f}"
    return ", ".join(
        [
            f"{os.cpu_count()} cores of {named}",
            load,
            f"Python {platform.python_version()}",
            *versions,
        ]
    )


def read(tasks: int) -> None:
    """Print what it takes to read an export, us and the peers, and the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export = folder / "export.json"
        measured("make", export, tasks)
        size = export.stat().st_size / 1e6
        print(f"{tasks} tasks x 2 annotations, {size:.0f} MB", flush=True)
        ours = measured("tables", export, folder / "tables")
        print("tables:", ours, f"{size / ours['cpu_s']:.0f} MB per CPU second")
        for form in ("JSON_MIN", "CSV"):
            theirs = measured("converted", export, folder / form, form)
            print(f"{form}:", theirs, f"{theirs['cpu_s'] / ours['cpu_s']:.1f} times our CPU")


def merge(tasks: int) -> None:
    """Print what merging a project of so many tasks takes."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "project"
        measured("prepare", root, tasks, PEOPLE)
        print(f"{tasks} tasks x {PEOPLE} annotators:", measured("streamed", root), flush=True)


if __name__ == "__main__":
    main()

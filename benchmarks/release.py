"""A release of many documents: `builder release` beside `datasets` writing the same rows.

    python benchmarks/release.py 50000 200000 --repeat 3
    python benchmarks/release.py --repeat 1 --only "builder release" --only datasets,tuned

For each number of documents a project is made (five events a document, two
annotators, nine sentences), and released as `builder release` does it: read
from the project's files, sorted, split, written in all configs, every gate,
card, manifest. The other arm is `datasets.Dataset.from_generator(rows).to_parquet()`
for each config, with the rows of our release ready in Parquet; `rows alone`
is what reading them costs it. `builder diff` compares our release with a copy
in which one document in a hundred is changed. Each arm runs in a process of its own.
`datasets` is the library as it comes; `datasets,tuned` has Python look for cycles as
seldom as our build does, which it has no setting for.

Prints, for each size and arm, rows a second, seconds of wall and of CPU, and
peak anonymous memory in MB, workers included, as median (least - most); then
the ratios, and by how many bytes a document the memory of each arm grew from the
smallest to the largest size: ours is flat when it grew by no more than theirs. Not in
it: the agreement between annotators, measured from the same stream.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.config import load_project, shipped_project
from builder.document import Article, Document, Span, Zone, document_id
from builder.engines.collector import seldom_collected
from builder.event import (
    Annotation,
    Argument,
    Event,
    GoldArgument,
    GoldAttribute,
    GoldDocument,
    GoldEvent,
    Support,
)
from builder.files import arrow_schema
from builder.release.tables.decode import plain
from builder.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS, SENTENCES, LENGTH = 5, 9, 110
WORDS = sorted(
    {
        word.strip(".,;:()\"'")
        for t in load_schema(shipped_project() / "schemas").event_types.values()
        for word in t.definition.split()
        if word.strip(".,;:()\"'").isalpha()
    }
)
TEMPLATES = 500
OURS, PEERS = "builder release", ("datasets", "datasets,tuned")
ARMS = (OURS, *PEERS, "rows alone", "builder diff")
CHANGED = 100
"""Of so many documents one is another in the copy that our release is compared with."""
GROWTH = 256
"""Bytes a document by which our memory may grow where that of `datasets` grows by less."""


def text(number: int) -> str:
    """Return a headline and three paragraphs, all of one length whatever the words are."""
    rng = random.Random(number)
    sentences = []
    for _ in range(SENTENCES):
        words = " ".join(rng.choices(WORDS, k=30)).capitalize()
        sentences.append(words[: LENGTH - 2].strip().ljust(LENGTH - 2, "x") + ".")
    paragraphs = [" ".join(sentences[i : i + 3]) for i in range(0, SENTENCES, 3)]
    return "\n\n".join([f"Talks number {number:08}", *paragraphs])


def template(number: int) -> tuple[Document, GoldDocument, list[Annotation]]:
    """Return a document with its gold and two answers, all without names."""
    body, rng = text(number), random.Random(number)
    zones, at = [], 0
    for part in body.split("\n\n"):
        zones.append(Zone("body" if at else "headline", Span(at, at + len(part)), ()))
        at += len(part) + 2
    both = Support("unanimous", 2, 2, ("1", "2"))

    def span() -> Span:
        start = rng.randrange(len(body) - 20)
        return Span(start, start + rng.randrange(3, 20))

    kinds = [("Meeting", "Participant"), ("Agreement", "Party"), ("Statement", "Speaker")]
    events = []
    for n in range(EVENTS):
        kind, role = kinds[n % len(kinds)]
        arguments = tuple(GoldArgument(role, (span(),), both) for _ in range(3))
        chosen = (GoldAttribute("polarity", "negative", both),)
        made = GoldEvent(str(n), kind, span(), arguments, chosen, (), None, *[both] * 3)
        events.append(made)
    said = tuple(
        Event(
            e.event_id,
            e.type,
            e.trigger,
            tuple(Argument(a.role, a.parts) for a in e.arguments),
            {"polarity": "negative"},
        )
        for e in events
    )
    facts = {"language": "en", "license": "public-domain", "publisher": "Nobody"}
    article = Article("annotations/articles/a.jsonl", "0" * 64, "utf-8", row=number, **facts)
    gold = GoldDocument("", "events", ("A1", "A2"), tuple(events), ())
    answers = [Annotation(who, "", f"A{who}", "events", said) for who in "12"]
    return Document("", body, tuple(zones), (), article, ""), gold, answers


def make_project(root: Path, count: int) -> None:
    """Write a project of many documents; documents by number, the rest by id as the merge does."""
    shutil.copytree(shipped_project() / "schemas", root / "schemas")
    (root / "builder.toml").write_text('[project]\nname = "bench"\n')
    (root / "annotations" / "snapshots").mkdir(parents=True)
    project = load_project(root)
    project.build.mkdir()
    made = [template(number) for number in range(min(count, TEMPLATES))]
    documents, gold = (pa.Table.from_pylist([_plain(m[k]) for m in made], s) for k, s in _shapes())
    answers = pa.Table.from_pylist(
        [_plain(a) for m in made for a in m[2]], arrow_schema(Annotation)
    )
    ids = []
    with pq.ParquetWriter(project.documents, documents.schema, compression="zstd") as writer:
        for start in range(0, count, TEMPLATES):
            numbers = range(start, min(start + TEMPLATES, count))
            texts = [text(number) for number in numbers]
            names = [document_id(body) for body in texts]
            ids += names
            some = _with(documents.slice(0, len(names)), doc_id=names, text=texts)
            some = _with(some, duplicate_cluster=names)
            article = some.column("article").combine_chunks()
            fields = dict(zip((f.name for f in article.type), article.flatten(), strict=True))
            fields["row"] = pa.array(numbers, pa.int64())
            built = pa.StructArray.from_arrays(list(fields.values()), fields=list(article.type))
            writer.write_table(_with(some, article=built))
    ids.sort()
    with (
        pq.ParquetWriter(project.gold, gold.schema, compression="zstd") as gold_writer,
        pq.ParquetWriter(project.annotations, answers.schema, compression="zstd") as writer,
    ):
        for start in range(0, count, TEMPLATES):
            names = ids[start : start + TEMPLATES]
            some = _with(gold.slice(0, len(names)), doc_id=names)
            gold_writer.write_table(_with(some, events=_named(some, names)))
            twice = [name for name in names for _ in range(2)]
            numbers = [f"{name}-{n % 2}" for n, name in enumerate(twice)]
            some = answers.slice(0, len(twice))
            writer.write_table(_with(some, doc_id=twice, annotation_id=numbers))


def _shapes() -> list[tuple[int, pa.Schema]]:
    return [(0, arrow_schema(Document)), (1, arrow_schema(GoldDocument))]


def _plain(record: object) -> dict[str, Any]:
    import msgspec  # noqa: PLC0415 - only for making the project

    return msgspec.to_builtins(record)


def _with(table: pa.Table, **columns: object) -> pa.Table:
    for name, values in columns.items():
        at = table.column_names.index(name)
        field = table.schema.field(name)
        table = table.set_column(at, field, pa.array(values, field.type))
    return table


def _named(gold: pa.Table, names: list[str]) -> pa.Array:
    """Return the events of some gold with ids that begin with their documents' ids."""
    events = gold.column("events").combine_chunks()
    inner = events.flatten()
    fields = dict(zip((f.name for f in inner.type), inner.flatten(), strict=True))
    fields["event_id"] = pa.array([f"{name}-{n}" for name in names for n in range(EVENTS)])
    built = pa.StructArray.from_arrays(list(fields.values()), fields=list(inner.type))
    offsets = pa.array(range(0, EVENTS * len(names) + 1, EVENTS), pa.int32())
    return pa.ListArray.from_arrays(offsets, built, type=events.type)


def ours(root: Path) -> None:
    """Build the release."""
    from builder.release.build import build_release  # noqa: PLC0415 - its imports are its own
    from builder.release.conditions import Conditions  # noqa: PLC0415

    os.environ["HF_HUB_OFFLINE"] = "1"
    shutil.rmtree(root / "releases", ignore_errors=True)
    build_release(
        load_project(root), "0.1.0", conditions=Conditions(allow={"card": "A benchmark."})
    )


def rows(paths: list[str]) -> Iterator[dict[str, Any]]:
    """Give the rows of Parquet files."""
    for path in paths:
        with pq.ParquetFile(path) as parquet:
            for batch in parquet.iter_batches(1000):
                yield from plain(pa.Table.from_batches([batch]))


def peer(root: Path) -> None:
    """Write every config as the library's users do, with the same columns stated."""
    import datasets  # noqa: PLC0415 - what it weighs belongs to its own arm

    from builder.release.tables.features import arrow_schemas  # noqa: PLC0415

    datasets.disable_progress_bars()
    schemas = arrow_schemas(load_schema(root / "schemas"))
    with tempfile.TemporaryDirectory(dir=root) as folder:
        for config, paths in files(root).items():
            made = datasets.Dataset.from_generator(
                rows,
                gen_kwargs={"paths": paths},
                features=datasets.Features.from_arrow_schema(schemas[config]),
                cache_dir=f"{folder}/cache",
            )
            made.to_parquet(f"{folder}/{config}.parquet")
            shutil.rmtree(f"{folder}/cache")


def nothing(root: Path) -> None:
    """Read the rows and write none of them: what the other arm pays before it begins."""
    for paths in files(root).values():
        for _ in rows(paths):
            pass


def diff(root: Path) -> None:
    """Compare our release with a copy of which every hundredth document has another licence."""
    from builder.release.versions.difference import difference  # noqa: PLC0415 - its imports are its own
    from builder.release.versions.state import ReleaseState  # noqa: PLC0415
    from builder.release.versions.wording import counts, lines  # noqa: PLC0415

    found = difference(ReleaseState(root / "releases" / "0.1.0"), ReleaseState(root / "other"))
    told = sum(1 for _ in lines(found))
    if not counts(found)["entries"]["changed"] == told > 0:
        raise SystemExit(f"{told} lines for {counts(found)}")


def make_other(root: Path) -> None:
    """Write the copy that our release is compared with; only documents are looked at."""
    for path in files(root)["documents"]:
        table = pq.read_table(path)
        licences = table.column("license").to_pylist()
        licences[::CHANGED] = ["cc-by-4.0"] * len(licences[::CHANGED])
        target = root / "other" / Path(path).relative_to(root / "releases" / "0.1.0")
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(_with(table, license=licences), target, compression="zstd")


def files(root: Path) -> dict[str, list[str]]:
    """Return the files of our release by config."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "releases" / "0.1.0" / "data").glob("*/*.parquet")):
        found.setdefault(path.parent.name, []).append(str(path))
    return found


class Memory(threading.Thread):
    """Looks at the anonymous memory of this process and its workers ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.done = 0, threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self.done.wait(0.1):
            self.peak = max(self.peak, sum(anonymous(pid) for pid in family()))


def family() -> list[str]:
    """Return the ids of this process and of its children."""
    children = ""
    tasks = Path("/proc/self/task").glob("*/children")
    with contextlib.suppress(OSError):
        children = " ".join(task.read_text("utf-8") for task in tasks)
    return ["self", *children.split()]


def anonymous(pid: str) -> int:
    """Return the anonymous memory of a process in KB, 0 for one that has just ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0


def used() -> float:
    """Return the CPU seconds of this process and of its workers that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def measure(arm: str, root: Path) -> None:
    """Run one arm in this process and print what it took."""
    run = {
        "builder release": ours,
        "datasets": peer,
        "datasets,tuned": seldom_collected()(peer),
        "rows alone": nothing,
        "builder diff": diff,
    }[arm]
    memory = Memory()
    memory.start()
    began, cpu = time.perf_counter(), used()
    run(root)
    took = time.perf_counter() - began
    memory.done.set()
    told = {"wall": took, "cpu": used() - cpu, "anonymous": memory.peak / 1024}
    print(json.dumps(told))


def main() -> None:
    """Run all arms for all sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, default=[50_000, 200_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=ARMS, action="append", help="run this arm only")
    parser.add_argument("--at", type=Path, help="make projects here, or use those that are here")
    parser.add_argument("--arm", choices=ARMS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.arm:
        measure(given.arm, given.at)
        return
    tools = ", ".join(f"{name} {version(name)}" for name in ("datasets", "pyarrow"))
    print(
        f"{tools}, Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores; n = {given.repeat} of each"
    )
    peaks = {}
    with contextlib.ExitStack() as stack:
        home = given.at or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count in given.counts:
            peaks[count] = compare(home / str(count), count, given.only or list(ARMS), given.repeat)
    if len(peaks) > 1:
        tell_growth(peaks)


def tell_growth(peaks: dict[int, dict[str, float]]) -> None:
    """Print by how much the memory of each arm grew, and whether ours is flat."""
    least, most = min(peaks), max(peaks)
    grown = {
        arm: (peaks[most][arm] - peaks[least][arm]) * 1024**2 / (most - least)
        for arm in (OURS, *PEERS)
        if arm in peaks[most]
    }
    for arm, bytes_each in grown.items():
        both = f"{peaks[least][arm]:,.0f} MB at {least:,}, {peaks[most][arm]:,.0f} MB at {most:,}"
        print(f"anonymous memory, {arm:<15} {both}: {bytes_each:+,.0f} bytes a document")
    mine, theirs = grown.get(OURS, 0), max((grown.get(arm, 0) for arm in PEERS), default=0)
    if len(grown) > 1:
        verdict = "is flat" if mine <= max(theirs, 0) else "is not flat"
        print(f"our memory {verdict} beside that of datasets")
    if mine > max(GROWTH, theirs):
        raise SystemExit(f"our memory grew by more than {GROWTH:,} bytes a document")


def compare(root: Path, count: int, arms: list[str], repeat: int) -> dict[str, float]:
    """Run arms on a project of this size; print what they took; return the peak of each."""
    if not root.exists():
        make_project(root, count)
    found: dict[str, list[dict[str, float]]] = {}
    for arm in arms:
        if arm == "builder diff":
            make_other(root)
        found[arm] = [once(arm, root) for _ in range(repeat)]
        total = sum(
            pq.read_metadata(path).num_rows
            for config, paths in files(root).items()
            for path in paths
            if config == "documents" or arm != "builder diff"
        )
        rate = total / statistics.median(run["wall"] for run in found[arm])
        cells = (f"{name} {spread([run[name] for run in found[arm]])}" for name in found[arm][0])
        print(
            f"{count:>8,} documents, {total:,} rows, {arm:<15} {rate:>7,.0f} rows/s  "
            f"{'  '.join(cells)}",
            flush=True,
        )
    median = {
        arm: {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        for arm, runs in found.items()
    }
    for arm in PEERS if OURS in median else ():
        if arm in median:
            tell_ratios(count, median[OURS], arm, median[arm], median.get("rows alone"))
    return {arm: one["anonymous"] for arm, one in median.items()}


def tell_ratios(
    count: int,
    mine: dict[str, float],
    peer: str,
    theirs: dict[str, float],
    reading: dict[str, float] | None,
) -> None:
    """Print what we took of what a peer did; also of what it did beside reading its rows."""
    for name, value in mine.items():
        line = f"{count:>8,} ours / {peer}, {name}: {value / theirs[name]:.2f}"
        if reading and name in ("wall", "cpu"):
            line += f"; without its reading: {value / (theirs[name] - reading[name]):.2f}"
        print(line, flush=True)


def once(arm: str, root: Path) -> dict[str, float]:
    """Run an arm in a process of its own."""
    command = [sys.executable, __file__, "--arm", arm, "--at", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def spread(values: list[float]) -> str:
    """Return median, least and most."""
    return f"{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


if __name__ == "__main__":
    main()

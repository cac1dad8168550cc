"""Writing a release's rows: ours beside `datasets.Dataset.from_generator(...).to_parquet()`.

Both write the same rows of `documents` (five events a document), made by the
same generator while they write. Each arm runs in a process of its own, one
after the other, so that its peak memory is its own:

    python benchmarks/release.py 50000 200000 --repeat 3

Prints, for each size and arm, seconds of wall and of CPU, rows per second and
peak resident memory in MB, as median (least - most); then the ratios.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from builder.config import shipped_project
from builder.document import Article, Document, Span, Zone, document_id
from builder.event import GoldArgument, GoldAttribute, GoldDocument, GoldEvent, Support
from builder.release.contents import Labelled
from builder.release.features import DOCUMENTS, arrow_schemas
from builder.release.rows import document_rows
from builder.release.shards import write_shard
from builder.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = 5
WORDS = sorted(
    {
        word
        for t in load_schema(shipped_project() / "schemas").event_types.values()
        for word in t.definition.split()
    }
)
PARAGRAPHS = 5
SENTENCES = 4
ARMS = ("ours", "datasets")


def labelled(number: int) -> Labelled:
    """Return a document of some 1,900 characters with five events, each with three arguments."""
    rng = random.Random(number)
    sentences = [" ".join(rng.choices(WORDS, k=16)) + "." for _ in range(PARAGRAPHS * SENTENCES)]
    paragraphs = [" ".join(sentences[i : i + SENTENCES]) for i in range(0, len(sentences), 4)]
    text = "\n\n".join([f"Talks number {number}", *paragraphs])
    doc_id = document_id(text)
    zones, at = [], 0
    for part in text.split("\n\n"):
        kind = "body" if at else "headline"
        zones.append(Zone(kind, Span(at, at + len(part)), ()))
        at += len(part) + 2
    both = Support("unanimous", 2, 2, ("1", "2"))

    def span() -> Span:
        start = rng.randrange(len(text) - 20)
        return Span(start, start + rng.randrange(3, 20))

    events = tuple(
        GoldEvent(
            event_id=f"{doc_id}-{n}",
            type="Meeting",
            trigger=span(),
            arguments=tuple(GoldArgument("Participant", (span(),), both) for _ in range(3)),
            attributes=(GoldAttribute("status", "scheduled", both),),
            links=(),
            cluster=None,
            support=both,
            type_support=both,
            trigger_support=both,
        )
        for n in range(EVENTS)
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    article = Article("a.jsonl", digest, "utf-8", row=number, license="public-domain")
    document = Document(doc_id, text, tuple(zones), (), article, doc_id)
    return Labelled(document, GoldDocument(doc_id, "events", ("A1", "A2"), events, ()))


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Give the rows of `documents`, made one at a time."""
    schema = load_schema(shipped_project() / "schemas")
    return document_rows((labelled(number) for number in range(count)), schema)


def ours(count: int, folder: Path) -> None:
    """Write with the release's own writer."""
    columns = arrow_schemas(load_schema(shipped_project() / "schemas"))[DOCUMENTS]
    check(write_shard(folder, "ours.parquet", columns, rows(count)).rows, count)


def peer(count: int, folder: Path) -> None:
    """Write as the library's users do, with the same columns stated."""
    import datasets  # noqa: PLC0415 - what it weighs belongs to its own arm

    datasets.disable_progress_bars()
    columns = arrow_schemas(load_schema(shipped_project() / "schemas"))[DOCUMENTS]
    made = datasets.Dataset.from_generator(
        rows,
        gen_kwargs={"count": count},
        features=datasets.Features.from_arrow_schema(columns),
        cache_dir=str(folder / "cache"),
    )
    made.to_parquet(str(folder / "peer.parquet"))
    check(made.num_rows, count)


def nothing(count: int, _folder: Path) -> None:
    """Make the rows and write none of them: what both arms pay before they begin."""
    check(sum(1 for _ in rows(count)), count)


def check(written: int, wanted: int) -> None:
    """Stop when an arm did not do what it is timed for."""
    if written != wanted:
        raise SystemExit(f"{written} rows instead of {wanted}")


def measure(arm: str, count: int) -> None:
    """Run one arm in this process and print what it took."""
    write = {"ours": ours, "datasets": peer, "rows alone": nothing}[arm]
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), time.process_time()
        write(count, Path(folder))
        took, used = time.perf_counter() - began, time.process_time() - cpu
        size = sum(path.stat().st_size for path in Path(folder).glob("*.parquet"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": took, "cpu": used, "peak": peak, "size": size / 1e6}))


def main() -> None:
    """Run all arms for all sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, default=[50_000, 200_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--arm", choices=[*ARMS, "rows alone"])
    given = parser.parse_args()
    if given.arm:
        measure(given.arm, given.counts[0])
        return
    print(f"datasets {version('datasets')}, pyarrow {pa.__version__}, {os.cpu_count()} cores")
    for count in given.counts:
        arms = {arm: runs(arm, count, given.repeat) for arm in ("rows alone", *ARMS)}
        for arm, found in arms.items():
            cells = (f"{name} {spread([run[name] for run in found])}" for name in found[0])
            rate = count / statistics.median(run["wall"] for run in found)
            print(f"{count:>8,} {arm:<10} {rate:>7,.0f} rows/s  {'  '.join(cells)}")
        for name in ("wall", "cpu", "peak"):
            a, b = (statistics.median(run[name] for run in arms[arm]) for arm in ARMS)
            print(f"{count:>8,} ours / datasets, {name}: {a / b:.2f}")


def runs(arm: str, count: int, repeat: int) -> list[dict[str, float]]:
    """Run an arm several times, each in a process of its own."""
    command = [sys.executable, __file__, str(count), "--arm", arm]
    done = [
        subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(repeat)
    ]
    return [json.loads(run.stdout.splitlines()[-1]) for run in done]


def spread(values: list[float]) -> str:
    """Return median, least and most."""
    return f"{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


if __name__ == "__main__":
    main()

"""What is written has to be what was meant: read the files back, and load them as users will."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from builder.document import Span
from builder.errors import Problems
from builder.release.gates.rules import Gate
from builder.release.tables.order import BATCH
from builder.release.tables.quotation import Texts, passages, quotations
from builder.release.tables.rows import mention_text
from builder.release.tables.shards import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from datasets import IterableDataset

    from builder.release.tables.data import Counts
    from builder.release.tables.shards import Part, Parts

LOADED = 100_000
"""Of a config with more rows only the first of every file are loaded by the library."""


def check_spans(
    folder: Path,
    parts: Parts,
    bundles: Iterable[tuple[Mapping[str, str], Mapping[str, str], Counts]],
) -> Gate:
    """Read the written files back; refuse a stored text that is not the text at its span.

    Also refuses a text that may not be passed on, wherever it is stored.
    `bundles` give texts and forms by id of the documents in the order in which
    they were written, and how many rows they have.
    """
    problems = Problems()
    checked = 0
    files = {
        (config, split): Rows(_batches(folder, part))
        for config, splits in parts.items()
        for split, part in splits.items()
    }
    for bodies, forms, counts in bundles:
        texts = Texts(bodies, forms)
        for (config, split), count in counts.items():
            table = files[config, split].take(count) if count else None
            if table is None or len(table) != count:
                if count:
                    problems.add(f"{config}, {split}", "has fewer rows than were written")
                continue
            where = f"{config}/{split}"
            checked += _check(table, texts, where, problems)
    problems.raise_if_any()
    return Gate("spans", f"{checked} stored texts equal the text at their span")


class Rows:
    """Batches that are read from their beginning, as many rows at a time as are wanted."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._left: list[pa.RecordBatch] = []

    def take(self, count: int) -> pa.Table | None:
        """Return the next rows, fewer where they end; None when nothing was ever there."""
        held = sum(batch.num_rows for batch in self._left)
        while held < count and (batch := next(self._batches, None)) is not None:
            self._left.append(batch)
            held += batch.num_rows
        if not self._left:
            return None
        together = pa.Table.from_batches(self._left)
        # An empty batch stays, so that the columns are known after the last row too.
        self._left = together.slice(count).to_batches() or [self._left[0].slice(0, 0)]
        return together.slice(0, count)


def _check(table: pa.Table, texts: Texts, where: str, problems: Problems) -> int:
    """Check some rows of one config and split; return how many stored texts they have."""
    checked = 0
    owners = texts.owners(table.column("doc_id").to_pylist())
    found = list(quotations(table, owners))
    hidden = [(array, own, True) for array, own in passages(table, owners)]
    hidden += [(one.stored, one.owners, False) for one in found]
    for array, own, passage in hidden:
        for at in texts.withheld(array, own, passage=passage):
            owner = own[at]
            what = f"holds more text than {texts.form(owner)!r} allows"
            problems.add(f"{where}, document {texts.ids[owner]}", what)
    for one in found:
        checked += len(one.stored) - one.stored.null_count
        for at in texts.wrong(one):
            owner, stored = int(one.owners[at]), one.stored[at].as_py()
            span = Span(int(one.starts[at]), int(one.ends[at]))
            said = mention_text(one.parts.get(at, [span]), texts.bodies[owner])
            what = f"stored is {stored!r}, the text says {said!r}"
            problems.add(f"{where}, document {texts.ids[owner]}, {span.start}-{span.end}", what)
    return checked


def _batches(folder: Path, part: Part) -> Iterator[pa.RecordBatch]:
    for shard in part.shards:
        with pq.ParquetFile(folder / shard.path, memory_map=True) as parquet:
            yield from parquet.iter_batches(BATCH, use_threads=False)


def check_loads(
    folder: Path, parts: Parts, schemas: Mapping[str, pa.Schema], scratch: Path
) -> Gate:
    """Load every config the way its users will; refuse other columns or other counts.

    A large config is streamed, and of each of its files the first row is read:
    the library would copy all of it to disk otherwise. `scratch` is for what it copies.
    """
    import datasets  # noqa: PLC0415 - takes a second, and only this gate needs it

    problems = Problems()
    noisy = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    large = [c for c, splits in filled(parts).items() if _rows(splits) > LOADED]
    try:
        for config, splits in filled(parts).items():
            with tempfile.TemporaryDirectory(dir=scratch) as cache:
                loaded = datasets.load_dataset(
                    str(folder), config, cache_dir=cache, streaming=config in large
                )
                for split, part in splits.items():
                    columns = loaded[split].features.arrow_schema.remove_metadata()
                    if columns != schemas[config]:
                        problems.add(f"config {config}, {split}", f"loads as {columns}")
                    rows = _begun(loaded[split]) if config in large else loaded[split].num_rows
                    if rows != (len(part.shards) if config in large else part.rows):
                        problems.add(f"config {config}, {split}", f"loads as {rows} rows")
    finally:
        if noisy:
            datasets.enable_progress_bars()
    problems.raise_if_any()
    only = f"; of {', '.join(large)} the first row of every file" if large else ""
    said = f"{', '.join(filled(parts))} load with datasets {datasets.__version__}{only}"
    return Gate("loads", said)


def _rows(splits: Mapping[str, Part]) -> int:
    return sum(part.rows for part in splits.values())


def _begun(stream: IterableDataset) -> int:
    """Return how many files of a stream give a row."""
    files = (stream.shard(stream.num_shards, number) for number in range(stream.num_shards))
    return sum(1 for file in files for _ in file.take(1))

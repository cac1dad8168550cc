"""A Parquet file's rows in another order, in bounded memory: sorted runs on disk, then merged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ranks = NDArray[np.int32]

RUN = 16 << 20
"""Bytes that are sorted in memory at once."""
BATCH = 100


class InOrder:
    """The rows of a file by the rank that each has; rows of the rank -1 are passed over.

    A file in order is read as it is. Any other is cut into sorted runs in
    `folder`, which are mapped, not held, when they are merged.
    """

    def __init__(self, file: Path, ranks: Ranks, folder: Path) -> None:
        self._file, self._ranks = file, ranks
        ordered = bool(np.all(ranks[1:] >= ranks[:-1])) and not (ranks < 0).any()
        self._runs = () if ordered else tuple(_runs(file, ranks, folder))

    def pieces(
        self, bounds: Sequence[int], columns: list[str] | None = None
    ) -> Iterator[tuple[pa.Table, Ranks]]:
        """Give for every bound the rows below it that no bound before it has, and their ranks."""
        if not self._runs:
            yield from self._straight(bounds, columns)
            return
        runs = [_Run(path, ranks, columns) for path, ranks in self._runs]
        for bound in bounds:
            found = [run.below(bound) for run in runs]
            ranks = np.concatenate([ranks for _, ranks in found])
            order = np.argsort(ranks, kind="stable")
            yield pa.concat_tables([table for table, _ in found]).take(order), ranks[order]

    def _straight(
        self, bounds: Sequence[int], columns: list[str] | None
    ) -> Iterator[tuple[pa.Table, Ranks]]:
        done = 0
        with pq.ParquetFile(self._file, memory_map=True) as parquet:
            rows = Rows(parquet.iter_batches(BATCH, columns=columns, use_threads=False))
            for bound in bounds:
                end = int(np.searchsorted(self._ranks, bound))
                table = rows.take(end - done)
                empty = parquet.schema_arrow.empty_table()
                yield empty if table is None else _own(table), self._ranks[done:end]
                done = end


def _own(table: pa.Table) -> pa.Table:
    """Return a slice as a table of its own: pickled, a slice takes all that it was cut from."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return pa.ipc.open_stream(sink.getvalue()).read_all()


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


@dataclass
class _Run:
    """A sorted run on disk and how far it was read."""

    path: Path
    ranks: Ranks
    columns: list[str] | None
    _at: int = 0

    def __post_init__(self) -> None:
        table = pa.ipc.open_file(pa.memory_map(str(self.path))).read_all()
        self._table = table.select(self.columns) if self.columns else table

    def below(self, bound: int) -> tuple[pa.Table, Ranks]:
        start, self._at = self._at, int(np.searchsorted(self.ranks, bound))
        return self._table.slice(start, self._at - start), self.ranks[start : self._at]


def _runs(file: Path, ranks: Ranks, folder: Path) -> Iterator[tuple[Path, Ranks]]:
    with pq.ParquetFile(file, memory_map=True) as parquet:
        waiting: list[pa.RecordBatch] = []
        size = start = number = 0
        batches = parquet.iter_batches(BATCH, use_threads=False)
        batch = next(batches, None)
        while batch is not None:
            waiting.append(batch)
            size += batch.nbytes
            batch = next(batches, None)
            if size < RUN and batch is not None:
                continue
            table = pa.Table.from_batches(waiting)
            own = ranks[start : start + len(table)]
            order = np.argsort(own, kind="stable")
            order = order[np.searchsorted(own[order], 0) :]
            path = folder / f"{file.stem}-{number}.arrow"
            with pa.ipc.new_file(str(path), table.schema) as writer:
                writer.write_table(table.take(order).combine_chunks())
            yield path, own[order]
            waiting, size, start, number = [], 0, start + len(table), number + 1

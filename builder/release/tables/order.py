"""A Parquet file's rows in another order, in bounded memory: sorted runs on disk, then merged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from builder.release.tables.arrays import mapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ranks = NDArray[np.int32]

RUN = 16 << 20
"""Bytes that are sorted in memory at once."""
BATCH = 100
_NONE = np.zeros(0, np.int32)


class InOrder:
    """The rows of a file by the rank that each has; rows of the rank -1 are passed over.

    The file is cut into sorted runs in `folder`, which are mapped, not held, when
    they are merged. Read where it lies it would keep the footer of all its row groups
    in memory, and be decoded again each time.
    """

    def __init__(self, file: Path, ranks: Ranks, folder: Path) -> None:
        self._columns = pq.read_schema(file)
        self._runs = tuple(_runs(file, ranks, folder))

    def pieces(
        self, bounds: Sequence[int], columns: list[str] | None = None
    ) -> Iterator[tuple[pa.Table, Ranks]]:
        """Give for every bound the rows below it that no bound before it has, and their ranks."""
        nothing = self._columns.empty_table()
        empty = nothing.select(columns) if columns else nothing
        runs = [_Run(path, ranks, columns) for path, ranks in self._runs]
        for bound in bounds:
            found = [some for run in runs if len((some := run.below(bound))[1])]
            ranks = np.concatenate([_NONE, *(ranks for _, ranks in found)])
            order = np.argsort(ranks, kind="stable")
            together = pa.concat_tables([table for table, _ in found]) if found else empty
            yield together.take(order), ranks[order]


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
            yield path, mapped(own[order], folder)
            waiting, size, start, number = [], 0, start + len(table), number + 1

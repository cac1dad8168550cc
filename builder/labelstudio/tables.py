"""Three Parquet tables of what an export says, each filled a few rows at a time."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_WHO = [("task_id", pa.int64()), ("doc_id", pa.string()), ("annotation_id", pa.string())]
_WHO += [("annotator", pa.string()), ("skipped", pa.bool_()), ("region_id", pa.string())]
TABLES = {
    "spans": pa.schema(
        [
            *_WHO,
            ("control", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("label", pa.string()),
            ("origin", pa.string()),
            ("problem", pa.string()),
        ]
    ),
    "attributes": pa.schema(
        [*_WHO, ("control", pa.string()), ("value", pa.string()), ("problem", pa.string())]
    ),
    "relations": pa.schema(
        [*_WHO, ("target_id", pa.string()), ("label", pa.string()), ("problem", pa.string())]
    ),
}
"""One row per label of a span, per value, per label of an arrow. `problem` is null where all is
well; a value of the whole document has no region. `region_id` of a relation is where it starts."""
SHARED = 5
"""Columns that all rows of an answer have in common."""
ROW_GROUP = 50_000
"""Rows of one table that are written together."""
_REPEATED = {"task_id", "doc_id", "annotation_id", "annotator"}
_REPEATED |= {"control", "label", "origin", "value", "problem"}
"""Columns whose values come again and again; ids of regions do not, so no dictionary is kept."""


@contextlib.contextmanager
def open_table(folder: Path, kind: str) -> Iterator[Table]:
    """Give a table to fill; its file is there, whole, when the block succeeds."""
    schema = TABLES[kind]
    with (
        whole_file(folder / f"{kind}.parquet") as path,
        pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            use_dictionary=[name for name in schema.names if name in _REPEATED],
            write_statistics=["task_id"],
        ) as writer,
    ):
        table = Table(schema, writer)
        yield table
        table.write()


class Table:
    """Rows of one table on their way to its file.

    They wait by column, each with the number of its answer, become Arrow while
    they are still in the processor's cache, and are written many at a time.
    """

    def __init__(self, schema: pa.Schema, writer: pq.ParquetWriter) -> None:
        self.schema = schema
        self.writer = writer
        self.numbers: list[int] = []
        self.columns: list[list[Any]] = [[] for _ in range(len(self.schema) - SHARED)]
        self.batches: list[pa.RecordBatch] = []

    def add(self, answer: int, *columns: Sequence[object]) -> None:
        """Add rows of one answer; the columns are in the table's order and equally long."""
        self.numbers += [answer] * len(columns[0])
        for waiting, new in zip(self.columns, columns, strict=True):
            waiting.extend(new)

    def convert(self, shared: Sequence[pa.Array]) -> int:
        """Turn what waits into Arrow, the shared columns of each row's answer first; count it."""
        converted = len(self.numbers)
        if converted:
            numbers = pa.array(self.numbers, pa.int64())
            columns = [column.take(numbers) for column in shared]
            own = list(self.schema)[SHARED:]
            columns += [pa.array(c, f.type) for c, f in zip(self.columns, own, strict=True)]
            self.batches.append(pa.record_batch(columns, schema=self.schema))
            for waiting in (self.numbers, *self.columns):
                waiting.clear()
        return converted

    def write(self, at_least: int = 1) -> None:
        """Write what was converted as one row group, when it is long enough."""
        if sum(batch.num_rows for batch in self.batches) >= at_least:
            self.writer.write_table(pa.Table.from_batches(self.batches, self.schema))
            self.batches.clear()

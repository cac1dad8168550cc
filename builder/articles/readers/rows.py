"""The rows of CSV, TSV, Parquet and Arrow files, from any row on, and where they stand."""

from __future__ import annotations

import csv
import io
from itertools import count, zip_longest
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from builder.articles.part import RECORDS, Part, Place
from builder.articles.readers.encoding import MARK, encoding_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from builder.articles.reading import Limits

    Cells = Mapping[str, Any]

_HEAD = 64 * 1024
_BATCH = 256
_PIECES = 32
"""Parts of a row group: to get to one, the rows of its group before it are unpacked again."""


class Table(Protocol):
    """Named columns and rows."""

    columns: list[str]

    def rows(self, part: Part, columns: Collection[str]) -> Iterator[Cells]:
        """Yield the rows of a part, with the columns that are wanted."""

    def places(self) -> Iterator[Place]:
        """Yield where rows stand; a part may begin at each."""


def open_table(path: Path, limits: Limits) -> Table:
    """Open a table by what its first bytes say. Raises what its format's library raises."""
    with path.open("rb") as stream:
        head = stream.read(6)
    if head.startswith(b"PAR1"):
        return _Parquet(path)
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return _Arrow(path)
    return _Separated(path, limits)


class _Parquet:
    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path)
        self._size = path.stat().st_size
        self.columns: list[str] = self._file.schema_arrow.names

    def rows(self, part: Part, columns: Collection[str]) -> Iterator[Cells]:
        start = 1
        # The reader takes a dot in a name for a way into a nested column.
        wanted = None if any("." in column for column in columns) else [*columns]
        for group, size in enumerate(self._sizes()):
            if start + size > part.first and part.holds(start):
                batches = self._file.iter_batches(_BATCH, row_groups=[group], columns=wanted)
                yield from _cut(batches, start, part)
            start += size

    def places(self) -> Iterator[Place]:
        sizes = self._sizes()
        share = self._size / max(1, sum(sizes))
        start = 1
        for size in sizes:
            for number in range(start, start + size, max(1, size // (_PIECES * RECORDS))):
                yield Place(number, int(share * (number - 1)))
            start += size

    def _sizes(self) -> list[int]:
        meta = self._file.metadata
        return [meta.row_group(n).num_rows for n in range(meta.num_row_groups)]


class _Arrow:
    def __init__(self, path: Path) -> None:
        self._path = path
        source = pa.memory_map(str(path))
        try:
            self._file = pa.ipc.open_stream(source)
        except pa.ArrowInvalid:  # the other of Arrow's two file formats
            self._file = pa.ipc.open_file(source)
        self.columns: list[str] = self._file.schema.names

    def rows(self, part: Part, columns: Collection[str]) -> Iterator[Cells]:
        return _cut((batch.select([*columns]) for batch in self._batches()), 1, part)

    def places(self) -> Iterator[Place]:
        total = sum(batch.num_rows for batch in self._batches())
        share = self._path.stat().st_size / max(1, total)
        return (Place(number, int(share * (number - 1))) for number in range(1, total + 1))

    def _batches(self) -> Iterator[pa.RecordBatch]:
        opened = _Arrow(self._path)._file  # noqa: SLF001 - a stream is read once
        if isinstance(opened, pa.ipc.RecordBatchFileReader):
            return (opened.get_batch(n) for n in range(opened.num_record_batches))
        return iter(opened)


class _Separated:
    """CSV or TSV; a part begins at the byte at which its first row does."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        self._encoding = encoding_of(head)
        first = head.decode(self._encoding, "replace").removeprefix(MARK).partition("\n")[0]
        self._delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(first)
        csv.field_size_limit(limits.article)
        self.columns: list[str] = next(self._read(0), (0, []))[1]

    def rows(self, part: Part, columns: Collection[str]) -> Iterator[Cells]:
        del columns  # all are read anyway
        found = self._read(part.data)
        if not part.data:
            next(found, None)  # the header
        for number, (_, cells) in enumerate(found, start=part.first):
            if not part.holds(number):
                return
            yield dict(zip_longest(self.columns, cells[: len(self.columns)]))

    def places(self) -> Iterator[Place]:
        rows = self._read(0)
        end = next(rows, (0, []))[0]
        for number, (following, _) in enumerate(rows, start=1):
            yield Place(number, end)
            end = following

    def _read(self, start: int) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the byte at which the next begins."""
        at = start

        def lines() -> Iterator[str]:
            nonlocal at
            for line in self._lines(start):
                first = not at
                at += len(line.encode(self._encoding))
                yield line.removeprefix(MARK) if first else line

        for cells in csv.reader(lines(), delimiter=self._delimiter, strict=True):
            if cells:
                yield at, cells

    def _lines(self, start: int) -> Iterator[str]:
        """Yield the lines from a byte on; raises Refusal at one that is too long to be read."""
        most = self._limits.article
        with self._path.open("rb") as stream:
            stream.seek(start)
            text = io.TextIOWrapper(stream, self._encoding, newline="")
            for number in count(1):
                line = text.readline(most + 1)
                if len(line) > most:
                    raise self._limits.too_large(
                        "a longer line, after which no row is read", None if start else number
                    )
                if not line:
                    return
                yield line


def _cut(batches: Iterable[pa.RecordBatch], start: int, part: Part) -> Iterator[Cells]:
    """Yield the rows of a part out of batches of which the first row has the number `start`."""
    for batch in batches:
        for row in range(max(0, part.first - start), batch.num_rows, _BATCH):
            some = batch.slice(row, _BATCH).to_pylist()
            for number, cells in enumerate(some, start=start + row):
                if not part.holds(number):
                    return
                yield cells
        start += batch.num_rows


def _delimiter(header: str) -> str:
    try:
        return csv.Sniffer().sniff(header, ",;\t|").delimiter
    except csv.Error:
        return ","

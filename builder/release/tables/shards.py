"""Parquet files of a release: explicit schema, fixed options, same rows - same bytes."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from builder.release.tables.rows import Row

GROUP = 1000
"""Rows per row group: small enough to page through."""
# Chunks cut by content keep their bytes when rows are added before them, so
# that the Hub stores and moves only what is new. pyarrow has it since 21.
_CHUNKED = "use_content_defined_chunking"
_OPTIONS = {_CHUNKED: True} if _CHUNKED in inspect.signature(pq.ParquetWriter).parameters else {}


_OFFSET, _BYTE = 4, 8
LIMIT = 64 << 20
"""Bytes of rows in a file, as their lines count. Until a file ends its writer holds what the footer
will say of every group, so that memory would grow with files as large as the Hub takes (500 MB)."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A written file: path inside the release, rows, bytes on disk, SHA-256."""

    path: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """A split of a config: its files, and the bytes that the rows take in memory.

    `content` is a SHA-256 of the rows, the same whatever version wrote the
    files and however many they are.
    """

    shards: tuple[Shard, ...]
    memory: int
    content: str

    @property
    def rows(self) -> int:
        """How many rows the files have together."""
        return sum(shard.rows for shard in self.shards)

    @property
    def size(self) -> int:
        """How many bytes the files have together."""
        return sum(shard.size for shard in self.shards)


Parts = dict[str, dict[str, Part]]
"""What was written by config, then split."""


def shard_path(config: str, split: str, number: int = 0, of: int = 1) -> str:
    """Return where a file of a split of a config lies inside a release.

    >>> shard_path("documents", "test", 1, 3)
    'data/documents/test-00001-of-00003.parquet'
    """
    return f"data/{config}/{split}-{number:05}-of-{of:05}.parquet"


def filled(parts: Mapping[str, Mapping[str, Part]]) -> Parts:
    """Return the parts that have rows, by config, then split; no config without any.

    Only these can be announced to `datasets`: of a config with one empty split
    it refuses to load any split (still so in 5.2). The empty files are there
    all the same, for every reader that takes files.
    """
    with_rows = {
        config: {split: part for split, part in splits.items() if part.rows}
        for config, splits in parts.items()
    }
    return {config: splits for config, splits in with_rows.items() if splits}


def digest(splits: Mapping[str, Part]) -> str:
    """Return the SHA-256 over a config's files: other bytes, other digest."""
    files = (shard for part in splits.values() for shard in part.shards)
    return _sha256(f"{shard.path} {shard.sha256}\n" for shard in files)


def content(splits: Mapping[str, Part]) -> str:
    """Return the SHA-256 over a config's rows, whatever version of pyarrow wrote them."""
    return _sha256(f"{split} {part.content}\n" for split, part in splits.items())


@dataclass(frozen=True, slots=True)
class Rendered:
    """Rows as they are written, and as the lines that their digest is made of.

    `batch` is Arrow's message of a batch without its schema: as little as can be
    sent to another process and held there.
    """

    batch: bytes
    lines: bytes
    lengths: list[int]


def rendered(rows: Sequence[Row], schema: pa.Schema) -> Rendered:
    """Return rows ready to be written."""
    lines = [row_line(row) for row in rows]
    batch = pa.RecordBatch.from_pylist(rows, schema=schema).serialize().to_pybytes()
    return Rendered(batch, b"".join(lines), [len(line) for line in lines])


class PartWriter:
    """Writes a split of a config into files of bounded size, in the order in which rows come.

    Rows are grouped by a fixed number, and a file ends with the group that
    reaches LIMIT, so the files do not depend on how many rows come together.
    The schema carries no metadata, so no library's own idea of the columns
    stands against the card's. Without any row there is a file with the columns.
    """

    def __init__(self, folder: Path, config: str, split: str, schema: pa.Schema) -> None:
        self._folder, self._config, self._split = folder, config, split
        self._schema = schema
        self._lines = hashlib.sha256()
        self._waiting: list[bytes] = []
        self._begun = 0
        self._lengths: list[int] = []
        self._files: list[int] = []
        self._held = self._memory = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: Rendered) -> None:
        """Write rows, or keep them until there are enough for a group."""
        if not rows.lengths:
            return
        self._lines.update(rows.lines)
        self._lengths += rows.lengths
        self._waiting.append(rows.batch)
        while len(self._lengths) >= GROUP:
            self._write_group(GROUP)

    def close(self) -> Part:
        """Write what is left; give the files the names that tell how many they are."""
        if self._lengths:
            self._write_group(len(self._lengths))
        if not self._files:
            self._open()
        self._end()
        shards = []
        for number, rows in enumerate(self._files):
            path = shard_path(self._config, self._split, number, len(self._files))
            self._temporary(number).rename(self._folder / path)
            shards.append(shard(self._folder, path, rows))
        return Part(tuple(shards), self._memory, self._lines.hexdigest())

    def _write_group(self, count: int) -> None:
        group = self._taken(count)
        writer = self._writer or self._open()
        writer.write_table(group, row_group_size=GROUP)
        self._files[-1] += count
        self._memory += sum(_memory(column) for column in group.columns)
        self._held += sum(self._lengths[:count])
        del self._lengths[:count]
        if self._held >= LIMIT:
            self._end()

    def _taken(self, count: int) -> pa.Table:
        """Take rows from those that wait; of the last batch some may have to wait on."""
        batches = [pa.ipc.read_record_batch(pa.py_buffer(b), self._schema) for b in self._waiting]
        group = pa.Table.from_batches(batches).slice(self._begun, count).combine_chunks()
        left = sum(batch.num_rows for batch in batches) - self._begun - count
        self._begun = batches[-1].num_rows - left if left else 0
        self._waiting = self._waiting[-1:] if left else []
        return group

    def _open(self) -> pq.ParquetWriter:
        path = self._temporary(len(self._files))
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = parquet_writer(path, self._schema)
        self._files.append(0)
        return self._writer

    def _end(self) -> None:
        if self._writer:
            self._writer.close()
        self._writer, self._held = None, 0

    def _temporary(self, number: int) -> Path:
        return self._folder / "data" / self._config / f"{self._split}-{number:05}.parquet"


def parquet_writer(path: Path, columns: pa.Schema) -> pq.ParquetWriter:
    """Return what writes a file of a release: the same options for all."""
    return pq.ParquetWriter(path, columns, compression="zstd", write_page_index=True, **_OPTIONS)


def shard(folder: Path, path: str, rows: int) -> Shard:
    """Return what there is to know of a file that is written."""
    file = folder / path
    return Shard(path, rows, file.stat().st_size, file_sha256(file))


def read_columns(file: Path) -> pa.Schema:
    """Return the columns that a shard was written with.

    Parquet calls the items of a list "element"; written so again the file
    would hold the same rows in other bytes.
    """
    stored = pq.read_schema(file)
    return pa.schema([pa.field(field.name, _as_made(field.type)) for field in stored])


def _as_made(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_as_made(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _as_made(field.type)) for field in kind])
    return kind


def row_line(row: Row) -> bytes:
    r"""Return a row in the one spelling that its digest is made of: JSON with sorted keys.

    >>> row_line({"b": 1, "a": [None, "x"]})
    b'{"a":[null,"x"],"b":1}\n'
    """
    return msgspec.json.encode(row, order="sorted") + b"\n"


def _memory(array: pa.Array | pa.ChunkedArray) -> int:
    """Return the bytes of values and offsets; marks of nulls come and go with how it was built."""
    if isinstance(array, pa.ChunkedArray):
        return sum(map(_memory, array.chunks))
    if pa.types.is_list(array.type):
        return _OFFSET * (len(array) + 1) + _memory(array.flatten())
    if pa.types.is_struct(array.type):
        return sum(map(_memory, array.flatten()))
    if pa.types.is_string(array.type):
        characters = pc.sum(pc.binary_length(array)).as_py() or 0
        return _OFFSET * (len(array) + 1) + int(characters)
    return -(-int(array.type.bit_width) * len(array) // _BYTE)


def _sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(lines).encode()).hexdigest()

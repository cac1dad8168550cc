"""Parquet files of a release: explicit schema, fixed options, same rows - same bytes."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from builder.release.rows import Row

GROUP = 1000
"""Rows per row group: small enough to page through, and the batch that is held in memory."""
# Chunks cut by content keep their bytes when rows are added before them, so
# that the Hub stores and moves only what is new. pyarrow has it since 21.
_CHUNKED = "use_content_defined_chunking"
_OPTIONS = {_CHUNKED: True} if _CHUNKED in inspect.signature(pq.ParquetWriter).parameters else {}


@dataclass(frozen=True, slots=True)
class Shard:
    """A written file: path inside the release, rows, bytes in memory, bytes on disk, SHA-256.

    `content` is a SHA-256 of the rows, the same whatever version wrote the file.
    """

    path: str
    rows: int
    memory: int
    size: int
    sha256: str
    content: str = ""


def shard_path(config: str, split: str) -> str:
    """Return where a split of a config lies inside a release.

    >>> shard_path("documents", "test")
    'data/documents/test-00000-of-00001.parquet'
    """
    return f"data/{config}/{split}-00000-of-00001.parquet"


def filled(shards: Mapping[str, Mapping[str, Shard]]) -> dict[str, dict[str, Shard]]:
    """Return the shards that have rows, by config, then split; no config without any.

    Only these can be announced to `datasets`: of a config with one empty split
    it refuses to load any split (still so in 5.2). The empty files are there
    all the same, for every reader that takes files.
    """
    with_rows = {
        config: {split: shard for split, shard in splits.items() if shard.rows}
        for config, splits in shards.items()
    }
    return {config: splits for config, splits in with_rows.items() if splits}


def digest(splits: Mapping[str, Shard]) -> str:
    """Return the SHA-256 over a config's files: other bytes, other digest."""
    return _sha256(f"{shard.path} {shard.sha256}\n" for shard in splits.values())


def content(splits: Mapping[str, Shard]) -> str:
    """Return the SHA-256 over a config's rows, whatever version of pyarrow wrote them."""
    return _sha256(f"{split} {shard.content}\n" for split, shard in splits.items())


def write_shard(folder: Path, path: str, schema: pa.Schema, rows: Iterable[Row]) -> Shard:
    """Write rows in the order they come; without any row the file still has its columns.

    The schema carries no metadata, so no library's own idea of the columns
    stands against the card's.
    """
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    count = memory = 0
    lines = hashlib.sha256()
    with pq.ParquetWriter(
        file, schema, compression="zstd", write_page_index=True, **_OPTIONS
    ) as writer:
        for batch in _batches(rows):
            table = pa.Table.from_pylist(batch, schema=schema)
            writer.write_table(table, row_group_size=GROUP)
            count, memory = count + table.num_rows, memory + table.nbytes
            for row in batch:
                lines.update(row_line(row))
    size = file.stat().st_size
    return Shard(path, count, memory, size, file_sha256(file), lines.hexdigest())


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


def _sha256(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, GROUP)):
        yield batch

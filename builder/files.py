"""Files that are whole or not there: atomic writing, hashing, records as Parquet."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import tempfile
import types
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from builder.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

R = TypeVar("R")
_SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to `path` if the block succeeds.

    The folder is made when it is missing. On any error nothing is left behind
    and an older file at `path` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a whole UTF-8 file with line feeds, or leave the old one."""
    with whole_file(path) as temporary:
        temporary.write_bytes(text.encode())


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def arrow_schema(record: type) -> pa.Schema:
    """Return the Arrow schema of a record: dataclasses nest, tuples are lists.

    >>> from builder.document import Span
    >>> arrow_schema(Span).names
    ['start', 'end']
    """
    hints = typing.get_type_hints(record)
    return pa.schema(
        [_field(field.name, hints[field.name]) for field in dataclasses.fields(record)]
    )


def write_records(path: Path, record: type[R], rows: Iterable[R]) -> int:
    """Write records of one class as a whole Parquet file; return how many."""
    table = pa.Table.from_pylist(
        [msgspec.to_builtins(row) for row in rows], schema=arrow_schema(record)
    )
    with whole_file(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")
    return int(table.num_rows)


@contextlib.contextmanager
def record_stream(
    path: Path, record: type[R], *, together: int = 1000
) -> Iterator[Callable[[R], None]]:
    """Give a function that adds one record to a Parquet file, whole when the block succeeds.

    Memory holds `together` rows. Of up to that many the file is what
    `write_records` writes.
    """
    schema = arrow_schema(record)
    waiting: list[object] = []
    with (
        whole_file(path) as temporary,
        pq.ParquetWriter(temporary, schema, compression="zstd") as writer,
    ):

        def flush() -> None:
            writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
            waiting.clear()

        def add(row: R) -> None:
            waiting.append(msgspec.to_builtins(row))
            if len(waiting) == together:
                flush()

        yield add
        if waiting:
            flush()


def read_records(path: Path, record: type[R], *, made_by: str) -> list[R]:
    """Read what `write_records` wrote.

    Raises DataError that names the command that makes the file when it is
    missing, was cut, or holds other columns.
    """
    if not path.exists():
        raise DataError([Problem(str(path), f"is not there yet; run `{made_by}` first")])
    try:
        rows = pq.read_table(path).to_pylist(maps_as_pydicts="strict")
        return msgspec.convert(rows, list[record])  # type: ignore[valid-type]
    except (pa.ArrowException, msgspec.ValidationError) as error:
        what = f"cannot be read ({error}); run `{made_by}` again"
        raise DataError([Problem(str(path), what)]) from error


def stream_records(path: Path, record: type[R]) -> Iterator[R]:
    """Yield what `record_stream` or `write_records` wrote, one row group in memory at a time."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group).to_pylist(maps_as_pydicts="strict")
            yield from msgspec.convert(rows, list[record])  # type: ignore[valid-type]


def _field(name: str, hint: Any) -> pa.Field:  # noqa: ANN401 - type hints have no common type
    options = typing.get_args(hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType) and type(None) in options:
        inner = next(option for option in options if option is not type(None))
        return pa.field(name, _arrow_type(inner), nullable=True)
    return pa.field(name, _arrow_type(hint), nullable=False)


def _arrow_type(hint: Any) -> pa.DataType:  # noqa: ANN401 - type hints have no common type
    origin = typing.get_origin(hint)
    if origin is tuple:
        return pa.list_(_arrow_type(typing.get_args(hint)[0]))
    if origin is dict:
        key, value = typing.get_args(hint)
        return pa.map_(_arrow_type(key), _arrow_type(value))
    if origin is typing.Literal:
        return pa.string()
    if dataclasses.is_dataclass(hint):
        return pa.struct(list(arrow_schema(typing.cast("type", hint))))
    return _SCALARS[hint]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Arrow tables as records or plain rows, built column by column and not value by value."""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")
_Decode = typing.Callable[[Any], list[Any]]


def records(table: pa.Table, record: type[R]) -> list[R]:
    """Return the rows of a table that holds a record's fields; those with a default may lack.

    Raises ValueError where a column is missing or holds something else.
    """
    found = {name: _one(table.column(name)) for name in table.column_names}
    return _built(record, found, table.num_rows)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _built(record: type[R], found: dict[str, pa.Array], length: int) -> list[R]:
    columns: list[list[Any]] = []
    for name, hint, default in _fields(typing.cast("Any", record)):
        if name in found:
            columns.append(_decoder(hint)(found[name]))
        elif default is dataclasses.MISSING:
            raise ValueError(f"{record.__name__} lacks {name!r}")
        else:
            columns.append([default] * length)
    return [record(*values) for values in zip(*columns, strict=True)]


@cache
def _fields(record: Any) -> tuple[tuple[str, Any, Any], ...]:  # noqa: ANN401 - a dataclass
    hints = typing.get_type_hints(record)
    return tuple((f.name, hints[f.name], f.default) for f in dataclasses.fields(record))


@cache
def _decoder(hint: Any) -> _Decode:  # noqa: ANN401 - type hints have no common type
    """Return what reads an array into values of this type."""
    options, origin = typing.get_args(hint), typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType) and type(None) in options:
        return _optional(_decoder(next(o for o in options if o is not type(None))))
    if origin is tuple:
        return _listed(_decoder(options[0]))
    if origin is dict:
        return _mapped(_decoder(options[0]), _decoder(options[1]))
    if origin is typing.Literal:
        return _literal(frozenset(options))
    if dataclasses.is_dataclass(hint):
        return _nested(typing.cast("type", hint))
    return _SCALARS[hint]


def _scalars(fits: Callable[[pa.DataType], bool], what: str) -> _Decode:
    def decode(array: pa.Array) -> list[Any]:
        if not fits(array.type) and not pa.types.is_null(array.type):
            raise ValueError(f"{array.type} found, {what} is wanted")
        return _stated(array).to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]

    return decode


_SCALARS: dict[Any, _Decode] = {
    str: _scalars(pa.types.is_string, "a string"),
    int: _scalars(pa.types.is_integer, "a whole number"),
    float: _scalars(pa.types.is_floating, "a number"),
    bool: _scalars(pa.types.is_boolean, "true or false"),
}


def _literal(known: frozenset[str]) -> _Decode:
    def decode(array: pa.Array) -> list[Any]:
        values = _SCALARS[str](array)
        if strange := set(values) - known:
            raise ValueError(f"{min(strange)!r} is none of {', '.join(sorted(known))}")
        return values

    return decode


def _optional(inner: _Decode) -> _Decode:
    def decode(array: pa.Array) -> list[Any]:
        if not array.null_count:
            return inner(array)
        values = iter(inner(array.drop_null()))
        return [next(values) if valid else None for valid in array.is_valid().to_pylist()]

    return decode


def _listed(inner: _Decode) -> _Decode:
    def decode(array: pa.Array) -> list[Any]:
        values, ends = _inside(_stated(array))
        items = inner(values)
        return [tuple(items[start:end]) for start, end in pairwise(ends)]

    return decode


def _mapped(key: _Decode, item: _Decode) -> _Decode:
    def decode(array: pa.Array) -> list[Any]:
        plain = _stated(array).cast(pa.list_(pa.struct(list(array.type.field(0).type))))
        values, ends = _inside(plain)
        pairs = list(zip(key(values.field(0)), item(values.field(1)), strict=True))
        return [dict(pairs[start:end]) for start, end in pairwise(ends)]

    return decode


def _nested(record: type) -> _Decode:
    def decode(array: pa.Array) -> list[Any]:
        if not pa.types.is_struct(array.type):
            raise ValueError(f"{array.type} found, {record.__name__} is wanted")
        found = dict(zip((f.name for f in array.type), _stated(array).flatten(), strict=True))
        return _built(record, found, len(array))

    return decode


def _stated(array: pa.Array) -> pa.Array:
    if array.null_count:
        raise ValueError("null found where a value is wanted")
    return array


def _inside(array: pa.Array) -> tuple[pa.Array, list[int]]:
    """Return what the lists of an array hold, one after the other, and where each begins."""
    if not pa.types.is_list(array.type):
        raise ValueError(f"{array.type} found, a list is wanted")
    ends = array.offsets.to_numpy()
    return array.flatten(), (ends - ends[0]).tolist()


def plain(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table as plain values, many times faster than `to_pylist`."""
    names = table.column_names
    columns = [_plain(_one(table.column(name))) for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _plain(array: pa.Array) -> list[Any]:
    if array.null_count and not pa.types.is_null(array.type):
        values = iter(_plain(array.drop_null()))
        return [next(values) if valid else None for valid in array.is_valid().to_pylist()]
    if pa.types.is_list(array.type):
        inner, ends = _inside(array)
        items = _plain(inner)
        return [items[start:end] for start, end in pairwise(ends)]
    if pa.types.is_struct(array.type):
        names = [field.name for field in array.type]
        columns = [_plain(child) for child in array.flatten()]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    if pa.types.is_primitive(array.type) or pa.types.is_string(array.type):
        return array.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]
    return array.to_pylist()  # type: ignore[no-any-return]

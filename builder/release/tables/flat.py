"""What lies two lists deep - arguments, attributes and links of nested events - as rows of files.

A reader of Croissant goes into one list of a column and no further. So that it
loses nothing, those lists are there once more, a row for each of their items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from builder.release.tables.shards import GROUP, Shard, filled, parquet_writer, shard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from builder.release.tables.shards import Part

FOLDER = "croissant"
EVENTS = "events"
"""The column of the configs that have their events inside."""
KEYS = ("doc_id", "event_id", "number")
"""What an item belongs to, and its place in its event's list, from 0."""

Flat = dict[str, tuple[pa.Schema, dict[str, tuple[Shard, ...]]]]
"""Columns, and files by split, of every table; tables are named `config.list`."""


def flat_columns(columns: pa.Schema) -> dict[str, pa.Schema]:
    """Return the columns of the tables that a config's nested events give; none without events.

    >>> item = pa.struct([("name", pa.string())])
    >>> event = pa.struct([("event_id", pa.string()), ("links", pa.list_(item))])
    >>> flat_columns(pa.schema([("doc_id", pa.string()), ("events", pa.list_(event))]))["links"]
    doc_id: string
    event_id: string
    number: int64
    name: string
    """
    if EVENTS not in columns.names:
        return {}
    keys = zip(KEYS, (pa.string(), pa.string(), pa.int64()), strict=True)
    before = [pa.field(name, kind) for name, kind in keys]
    event = columns.field(EVENTS).type.value_type
    lists = (field for field in event if pa.types.is_list(field.type))
    return {field.name: pa.schema([*before, *field.type.value_type]) for field in lists}


def write_flat(
    folder: Path, columns: Mapping[str, pa.Schema], parts: Mapping[str, Mapping[str, Part]]
) -> Flat:
    """Write the tables of all configs and splits that have rows; a file for each file of these."""
    return {
        f"{config}.{name}": (
            schema,
            {
                split: tuple(_write(folder, config, name, one, schema) for one in part.shards)
                for split, part in splits.items()
            },
        )
        for config, splits in filled(parts).items()
        for name, schema in flat_columns(columns[config]).items()
    }


def flat(rows: pa.RecordBatch, name: str, columns: pa.Schema) -> pa.Table:
    """Return the items of a list that the events of some rows have, in their order."""
    events, rows_of = _opened(rows.column(EVENTS))
    items, events_of = _opened(pc.struct_field(events, name))
    first = np.searchsorted(events_of, events_of)
    keys = (
        rows.column("doc_id").take(rows_of.take(events_of)),
        pc.struct_field(events, "event_id").take(events_of),
        pa.array(np.arange(len(items)) - first, pa.int64()),
    )
    told = [pc.struct_field(items, field.name) for field in columns if field.name not in KEYS]
    # Parquet has a name of its own for what is in a list; the columns' type is ours.
    return pa.Table.from_arrays([*keys, *told], columns.names).cast(columns)


def _write(folder: Path, config: str, name: str, source: Shard, columns: pa.Schema) -> Shard:
    path = f"{FOLDER}/{config}.{name}/{source.path.rpartition('/')[2]}"
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with parquet_writer(folder / path, columns) as writer:
        for rows in _batches(folder / source.path):
            table = flat(rows, name, columns)
            count += len(table)
            if len(table):
                writer.write_table(table)
    return shard(folder, path, count)


def _batches(file: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(file, memory_map=True) as parquet:
        yield from parquet.iter_batches(GROUP, columns=["doc_id", EVENTS], use_threads=False)


def _opened(lists: pa.Array) -> tuple[pa.Array, Any]:
    """Return what the lists hold, one after the other, and the place of each one's list."""
    return pc.list_flatten(lists), pc.list_parent_indices(lists)

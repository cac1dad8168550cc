"""A big export file as three Parquet tables: spans, attributes, relations, each row checked.

The file is mapped, not read; tasks are cut out of it as raw bytes and decoded
one by one into typed records, so memory holds one batch of rows whatever the
size of the file.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import mmap
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from builder.errors import DataError, Problem
from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_AGAIN = "export the project again as JSON"
ROWS = 10_000
"""Rows of one table that are held before they are written."""
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


class _Value(msgspec.Struct, gc=False):
    start: int | float | str | None = None
    end: int | float | str | None = None
    labels: list[str] = msgspec.field(default_factory=list)
    choices: list[str] = msgspec.field(default_factory=list)
    # Decoded only for the controls that need them; in a span it is not the slice.
    text: msgspec.Raw = msgspec.Raw()
    taxonomy: msgspec.Raw = msgspec.Raw()
    rating: msgspec.Raw = msgspec.Raw()
    number: msgspec.Raw = msgspec.Raw()


class _Item(msgspec.Struct, gc=False):
    type: str = ""
    id: str = ""
    from_name: str = ""
    origin: str | None = None
    value: _Value | None = None
    from_id: str = ""
    to_id: str = ""
    direction: str | None = None
    labels: list[str] | None = None


class _Answer(msgspec.Struct, gc=False):
    id: int | None = None
    completed_by: int | dict[str, Any] | None = None
    unique_id: str | None = None
    was_cancelled: bool | None = False
    result: list[_Item] = msgspec.field(default_factory=list)


class _Data(msgspec.Struct, gc=False):
    text: str = ""
    doc_id: str | None = None


class _Task(msgspec.Struct, gc=False):
    id: int
    data: _Data
    annotations: list[_Answer] = msgspec.field(default_factory=list)


@dataclass(slots=True)
class Extracted:
    """How many rows each table has, and how many have which problem."""

    tasks: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)


def write_tables(
    export: Path, folder: Path, name: Callable[[str], str] = str, *, rows: int = ROWS
) -> Extracted:
    """Write spans, attributes and relations of an export into `folder`, every item as a row.

    `name` turns the server's number or e-mail of a person into what they are
    called here. Nothing is dropped: an offset outside the text, an end that does
    not exist, a value on no region are rows with a problem. Raises DataError
    when the file is no export; then no table is left.
    """
    found = Extracted()
    if not export.exists() or not export.stat().st_size:
        raise DataError([Problem(str(export), f"is missing or empty; {_AGAIN}")])
    with ExitStack() as stack:
        stack.enter_context(_no_collector())
        writers = {kind: stack.enter_context(_writer(folder, kind)) for kind in TABLES}
        reader = _Reader(writers, found, name, rows)
        decoder = msgspec.json.Decoder(_Task)
        try:
            for raw in msgspec.json.decode(_mapped(export), type=list[msgspec.Raw]):
                reader.read(decoder.decode(raw))
                found.tasks += 1
            reader.flush()
        except msgspec.DecodeError as error:
            what = f"is no task of an export: {error}; {_AGAIN}"
            raise DataError([Problem(f"{export} task {found.tasks}", what)]) from error
    return found


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the cycle collector out: rows have no cycles, and looking for them takes a quarter."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


@contextlib.contextmanager
def _writer(folder: Path, kind: str) -> Iterator[pq.ParquetWriter]:
    with (
        whole_file(folder / f"{kind}.parquet") as path,
        pq.ParquetWriter(path, TABLES[kind], compression="zstd") as writer,
    ):
        yield writer


class _Reader:
    """Turns one task after the other into rows, and writes them many at a time.

    What is the same for all rows of an answer is kept once; a row begins with
    the number of its answer.
    """

    def __init__(
        self,
        writers: dict[str, pq.ParquetWriter],
        found: Extracted,
        name: Callable[[str], str],
        rows: int,
    ) -> None:
        self.writers = writers
        self.found = found
        self.name = functools.cache(name)
        self.rows = rows
        self.answers: list[tuple[object, ...]] = []
        self.waiting: dict[str, list[tuple[object, ...]]] = {kind: [] for kind in TABLES}

    def read(self, task: _Task) -> None:
        """Add the rows of one task."""
        for answer in task.annotations:
            self._answer(len(self.answers), answer.result, task.data.text)
            self.answers.append(
                (
                    task.id,
                    task.data.doc_id,
                    answer.unique_id or f"{task.id}-{answer.id}",
                    self.name(_person(answer.completed_by)),
                    bool(answer.was_cancelled),
                )
            )
        if max(map(len, self.waiting.values())) >= self.rows:
            self.flush()

    def flush(self) -> None:
        """Write the rows that wait."""
        if not self.answers:
            return
        shared = [pa.array(c) for c in zip(*self.answers, strict=True)]
        for kind, waiting in self.waiting.items():
            if waiting:
                numbers, *own = map(pa.array, zip(*waiting, strict=True))
                columns = [column.take(numbers) for column in shared] + own
                schema = TABLES[kind]
                # A column that is null throughout has no type of its own yet.
                typed = [c.cast(f.type) for c, f in zip(columns, schema, strict=True)]
                self.writers[kind].write_batch(pa.record_batch(typed, schema=schema))
                self.found.rows[kind] += len(waiting)
                waiting.clear()
        self.answers.clear()

    def _answer(self, who: int, items: list[_Item], text: str) -> None:
        spans, attributes, relations = self.waiting.values()
        regions = {item.id for item in items if item.type == "labels"}
        problems = self.found.problems
        for item in items:
            value = item.value
            if item.type == "relation":
                ends = item.from_id, item.to_id
                problem = None if regions.issuperset(ends) else "dangling_arrow"
                source, target = ends if item.direction != "left" else ends[::-1]
                relations += [
                    (who, source, target, label, problem) for label in item.labels or (None,)
                ]
            elif value is None:
                problem = "malformed_item"
                attributes.append((who, item.id, item.from_name, None, problem))
            elif item.type == "labels":
                start, end, problem = _checked(value, text)
                place = (who, item.id, item.from_name, start, end)
                labels = value.labels or (None,)
                spans += [(*place, label, item.origin, problem) for label in labels]
            else:
                problem = None if item.id in regions or value.start is None else "orphan_attribute"
                region = item.id if value.start is not None or item.id in regions else None
                said = _values(item, value)
                problem = problem if said else "no_value"
                attributes += [
                    (who, region, item.from_name, each, problem) for each in said or (None,)
                ]
            if problem:
                problems[problem] += 1


def _checked(value: _Value, text: str) -> tuple[int | None, int | None, str | None]:
    start, end = value.start, value.end
    if not isinstance(start, int) or not isinstance(end, int):
        return None, None, "span_outside_text"
    if not 0 <= start < end <= len(text):
        return start, end, "span_outside_text"
    if text[start].isspace() or text[end - 1].isspace():
        return start, end, "empty_span" if text[start:end].isspace() else "untrimmed"
    return start, end, None


def _values(item: _Item, value: _Value) -> list[str]:
    """Return what a control other than labels says, each value as text."""
    if value.choices:
        return value.choices
    raw = {"textarea": value.text, "taxonomy": value.taxonomy}.get(item.type, value.number)
    said = msgspec.json.decode(raw) if bytes(raw) else None
    if item.type == "taxonomy":
        return [" > ".join(map(str, path)) for path in said or []]
    if isinstance(said, list):
        return [str(each) for each in said]
    if said is None and bytes(value.rating):
        said = msgspec.json.decode(value.rating)
    return [] if said is None else [str(said)]


def _person(user: int | dict[str, Any] | None) -> str:
    """Name the person: the server gives a number or a record."""
    if isinstance(user, dict):
        return str(user.get("email") or user.get("id"))
    return str(user)

"""A big export, or a snapshot, as three Parquet tables: spans, attributes, relations, all checked.

An export is mapped, not read; tasks are cut out of it as raw bytes and decoded
one by one into typed records, so memory holds one batch of rows whatever the
size of the file.
"""

from __future__ import annotations

import functools
import mmap
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from builder.engines.collector import seldom_collected
from builder.errors import DataError, Problem
from builder.labelstudio.snapshot import SUFFIX, read_lines
from builder.labelstudio.tables import ROW_GROUP, TABLES, open_table
from builder.labelstudio.typed import Task, checked, person, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from builder.labelstudio.tables import Table
    from builder.labelstudio.typed import Item, Value

_AGAIN = "export the project again as JSON"
NONE = (None,)
"""What an item says that says nothing; it is a row all the same."""
ROWS = 2_000
"""Rows of one table that wait before they become Arrow."""


@dataclass(slots=True)
class Extracted:
    """How many rows each table has, and how many have which problem."""

    tasks: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)


def write_tables(
    export: Path, folder: Path, name: Callable[[str], str] = str, *, rows: int = ROWS
) -> Extracted:
    """Write spans, attributes and relations of a file into `folder`, every item as a row.

    The file is an export in JSON or one of our snapshots.

    `name` turns the server's number or e-mail of a person into what they are
    called here. Nothing is dropped: an offset outside the text, an end that does
    not exist, a value on no region are rows with a problem. Raises DataError
    when the file is neither; then no table is left.
    """
    found = Extracted()
    if not export.exists() or not export.stat().st_size:
        raise DataError([Problem(str(export), f"is missing or empty; {_AGAIN}")])
    with ExitStack() as stack:
        stack.enter_context(seldom_collected())
        tables = {kind: stack.enter_context(open_table(folder, kind)) for kind in TABLES}
        reader = _Reader(tables, found, name, rows)
        decoder = msgspec.json.Decoder(Task)
        try:
            for raw in _tasks(export):
                reader.read(decoder.decode(raw))
                found.tasks += 1
            reader.flush()
        except msgspec.DecodeError as error:
            what = f"is no task of an export: {error}; {_AGAIN}"
            raise DataError([Problem(f"{export} task {found.tasks}", what)]) from error
    return found


def _tasks(path: Path) -> Iterable[bytes | msgspec.Raw]:
    if path.name.endswith(SUFFIX):
        return read_lines(path)
    return msgspec.json.decode(_mapped(path), type=list[msgspec.Raw])


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


class _Reader:
    """Turns one task after the other into rows, and writes them many at a time."""

    def __init__(
        self,
        tables: dict[str, Table],
        found: Extracted,
        name: Callable[[str], str],
        rows: int,
    ) -> None:
        self.tables = tables
        self.found = found
        self.name = functools.cache(name)
        self.rows = rows
        self.answers: list[tuple[object, ...]] = []

    def read(self, task: Task) -> None:
        """Add the rows of one task."""
        for answer in task.annotations:
            self._add(len(self.answers), answer.result, task.data.text)
            self.answers.append(
                (
                    task.id,
                    task.data.doc_id,
                    answer.unique_id or f"{task.id}-{answer.id}",
                    self.name(person(answer.completed_by)),
                    bool(answer.was_cancelled),
                )
            )
        if max(len(table.numbers) for table in self.tables.values()) >= self.rows:
            self.flush()

    def flush(self) -> None:
        """Turn the rows that wait into Arrow, and write what is long enough."""
        if not self.answers:
            return
        by_column = zip(*self.answers, strict=True)
        shared = [pa.array(c, f.type) for c, f in zip(by_column, TABLES["spans"], strict=False)]
        for kind, table in self.tables.items():
            self.found.rows[kind] += table.convert(shared)
            table.write(ROW_GROUP)
        self.answers.clear()

    def _add(self, answer: int, items: list[Item], text: str) -> None:
        """Sort the items of one answer by table, and add them."""
        by_type: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            by_type[item.type].append(item)
        arrows, marked = by_type.pop("relation", ()), by_type.pop("labels", ())
        regions = {item.id for item in marked}
        others = list(chain.from_iterable(by_type.values()))
        places = [item.value for item in marked if item.value is not None]
        if len(places) < len(marked):
            others += [item for item in marked if item.value is None]
            marked = [item for item in marked if item.value is not None]
        if marked:
            self._add_spans(answer, marked, places, text)
        if others:
            self._add_others(answer, others, regions)
        if arrows:
            self._add_arrows(answer, arrows, regions)

    def _add_spans(
        self, answer: int, items: Sequence[Item], places: Sequence[Value], text: str
    ) -> None:
        starts, ends, problems = checked(places, text)
        own = (
            [item.id for item in items],
            [item.from_name for item in items],
            starts,
            ends,
            [item.origin for item in items],
            problems,
        )
        labels, (*before, origins, known) = _each([place.labels or NONE for place in places], own)
        self.tables["spans"].add(answer, *before, labels, origins, known)
        self.found.problems.update(filter(None, problems))

    def _add_others(self, answer: int, items: list[Item], regions: set[str]) -> None:
        said = list(map(values, items))
        ids: Sequence[str | None] = [item.id for item in items]
        problems: Sequence[str | None] = NONE * len(items)
        if not all(said) or not regions.issuperset(ids):
            owned = [_owner(item, each, regions) for item, each in zip(items, said, strict=True)]
            ids, problems = zip(*owned, strict=True)
        own = (ids, [item.from_name for item in items], problems)
        flat, (*before, known) = _each([each or NONE for each in said], own)
        self.tables["attributes"].add(answer, *before, flat, known)
        self.found.problems.update(filter(None, problems))

    def _add_arrows(self, answer: int, items: Sequence[Item], regions: set[str]) -> None:
        ends = [
            (item.from_id, item.to_id) if item.direction != "left" else (item.to_id, item.from_id)
            for item in items
        ]
        sources, targets = zip(*ends, strict=True)
        problems: Sequence[str | None] = NONE * len(items)
        if not regions.issuperset(sources) or not regions.issuperset(targets):
            problems = [None if regions.issuperset(pair) else "dangling_arrow" for pair in ends]
        labels, columns = _each(
            [item.labels or NONE for item in items], (sources, targets, problems)
        )
        self.tables["relations"].add(answer, *columns[:2], labels, columns[2])
        self.found.problems.update(filter(None, problems))


def _each(
    values: Sequence[Sequence[object]], columns: Sequence[Sequence[object]]
) -> tuple[Sequence[object], Sequence[Sequence[object]]]:
    """Give every value a row of its own; what stands in the columns is repeated for it."""
    flat = list(chain.from_iterable(values))
    if len(flat) == len(values):  # nothing is empty here, so each has one
        return flat, columns
    numbers = [place for place, own in enumerate(values) for _ in own]
    return flat, [[column[place] for place in numbers] for column in columns]


def _owner(item: Item, said: Sequence[str], regions: set[str]) -> tuple[str | None, str | None]:
    """Return which region a value is of, None for the whole document, and what is wrong."""
    if item.value is None:
        return item.id, "malformed_item"
    problem = None if said else "no_value"
    if item.id in regions:
        return item.id, problem
    if item.value.start is None:
        return None, problem
    return item.id, problem or "orphan_attribute"

"""What a new schema does to the readers of releases: breaks them, gives them more, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from builder.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from builder.schema import Attribute, Schema


@dataclass(frozen=True, slots=True)
class ShapeChange:
    """One change of the schema or the columns, and the bump that it demands."""

    level: str
    what: str


def shape_changes(old: Path, new: Path) -> list[ShapeChange]:
    """Compare two releases' columns and schemas; what breaks readers first.

    Readers are broken by what is gone or has another type, by a default that
    means something else, and by numbers of class labels that mean another
    value. A definition that was put better is a correction.
    """
    one, two = load_schema(old / "schema"), load_schema(new / "schema")
    found = [*_columns(_shapes(old), _shapes(new)), *schema_changes(one, two)]
    if not found and one.digest != two.digest:
        found.append(ShapeChange("patch", "schema: definitions, examples or rules were changed"))
    order = ("major", "minor", "patch")
    return sorted(dict.fromkeys(found), key=lambda c: (order.index(c.level), c.what))


def schema_changes(old: Schema, new: Schema) -> Iterator[ShapeChange]:
    """Yield what readers of the schema's types, roles, attributes, links and values notice."""
    yield from _gone_and_new("event type", old.event_types, new.event_types)
    for name in sorted(old.event_types.keys() & new.event_types.keys()):
        one, two = old.event_types[name], new.event_types[name]
        yield from _gone_and_new(f"{name}: role", one.roles, two.roles)
        yield from _gone_and_new(f"{name}: link", one.links, two.links)
        before, after = old.attributes(name), new.attributes(name)
        yield from _gone_and_new(f"{name}: attribute", before, after)
        for attribute in sorted(before.keys() & after.keys()):
            yield from _values(f"{name}.{attribute}", before[attribute], after[attribute])


def _shapes(release: Path) -> dict[str, dict[str, pa.DataType]]:
    """Return the type of every column by config; every config has files for every split."""
    shapes = {}
    for folder in sorted((release / "data").iterdir()):
        schema = pq.read_schema(min(folder.glob("*.parquet")))
        shapes[folder.name] = dict(zip(schema.names, schema.types, strict=True))
    return shapes


def _columns(
    old: dict[str, dict[str, pa.DataType]], new: dict[str, dict[str, pa.DataType]]
) -> Iterator[ShapeChange]:
    yield from _gone_and_new("config", old, new)
    for config in sorted(old.keys() & new.keys()):
        yield from _gone_and_new(f"{config}: column", old[config], new[config])
        for name in sorted(old[config].keys() & new[config].keys()):
            before, after = old[config][name], new[config][name]
            if before != after:
                level = "minor" if _wider(before, after) else "major"
                yield ShapeChange(level, f"{config}: column {name!r} holds other things")


def _wider(before: pa.DataType, after: pa.DataType) -> bool:
    """Tell whether a type has all of the fields of another, and more."""
    if pa.types.is_list(before) and pa.types.is_list(after):
        return _wider(before.value_type, after.value_type)
    if pa.types.is_struct(before) and pa.types.is_struct(after):
        fields = {field.name: field.type for field in after}
        return all(f.name in fields and _wider(f.type, fields[f.name]) for f in before)
    return bool(before == after)


def _values(where: str, old: Attribute, new: Attribute) -> Iterator[ShapeChange]:
    yield from _gone_and_new(f"{where}: value", old.values, new.values)
    if old.default != new.default:
        what = f"{where}: the default is {new.default!r}, it was {old.default!r}"
        yield ShapeChange("major", what)
    kept = [value for value in old.values if value in new.values]
    if kept != list(new.values)[: len(kept)]:
        what = f"{where}: its class labels have other numbers; add new values at the end"
        yield ShapeChange("major", what)


def _gone_and_new(what: str, old: Iterable[str], new: Iterable[str]) -> Iterator[ShapeChange]:
    before, after = set(old), set(new)
    for name in sorted(before - after):
        yield ShapeChange("major", f"{what} {name!r} is gone")
    for name in sorted(after - before):
        yield ShapeChange("minor", f"{what} {name!r} is new")

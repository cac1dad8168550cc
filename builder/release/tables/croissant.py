"""croissant.json: the release in the words of MLCommons Croissant 1.0, written without a library.

mlcroissant (1.1.1, `ReadFields`) goes into one list of a column: in each of its
items a path finds one value, and a value that is a record has no type. So what
lies in a list inside of a list is read from files of its own (`flat`), and the
record set of the column says where it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from builder.release.tables.features import ANNOTATIONS, DOCUMENTS
from builder.release.tables.flat import EVENTS, KEYS
from builder.release.tables.shards import Shard, filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.release.card.facts import Facts
    from builder.release.tables.flat import Flat
    from builder.release.tables.shards import Part

FILE = "croissant.json"
PARQUET = "application/x-parquet"
_CONFORMS = "http://mlcommons.org/croissant/1.0"
# The context that the specification prescribes.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{
        name: f"cr:{name}"
        for name in (
            "citeAs",
            "column",
            "equivalentProperty",
            "extract",
            "field",
            "fileObject",
            "fileProperty",
            "fileSet",
            "format",
            "includes",
            "isLiveDataset",
            "jsonPath",
            "key",
            "md5",
            "parentField",
            "path",
            "recordSet",
            "references",
            "regex",
            "repeated",
            "replace",
            "samplingRate",
            "separator",
            "source",
            "subField",
            "transform",
        )
    },
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}
Node = dict[str, Any]


def about(facts: Facts) -> Node:
    """Return what the release says about itself, without its files."""
    project = facts.project
    authors = project.text("project.authors")
    stated = {
        "name": facts.name,
        "description": project.text("project.description"),
        "version": facts.version,
        "license": project.text("project.license"),
        "creator": {"@type": "sc:Organization", "name": authors} if authors else None,
        "citeAs": facts.citation,
        "datePublished": facts.provenance.date,
        "rai:dataCollection": project.text("project.labels_made_by"),
        "rai:dataLimitations": project.text("project.limits"),
    }
    kept = {name: value for name, value in stated.items() if value}
    return {"@context": _CONTEXT, "@type": "sc:Dataset", "conformsTo": _CONFORMS, **kept}


def croissant(
    stated: Node,
    columns: Mapping[str, pa.Schema],
    parts: Mapping[str, Mapping[str, Part]],
    flat: Flat,
) -> str:
    """Return the file's text: a record set for every split of a config that has rows.

    After them come the tables of what lies two lists deep.
    """
    rows = [
        RecordSet(config, split, part.shards, columns[config])
        for config, splits in filled(parts).items()
        for split, part in splits.items()
    ]
    rows += [
        RecordSet(table, split, shards, schema)
        for table, (schema, splits) in flat.items()
        for split, shards in splits.items()
    ]
    content = {
        **stated,
        "distribution": [node for one in rows for node in one.files()],
        "recordSet": [one.node() for one in rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def deep(column: pa.Field) -> list[str]:
    """Return the names of what a column has in lists inside of its lists.

    >>> deep(pa.field("a", pa.list_(pa.struct([("b", pa.list_(pa.string())), ("c", pa.int64())]))))
    ['b']
    """
    kind = column.type
    if not pa.types.is_list(kind) or not pa.types.is_struct(kind.value_type):
        return []
    return [field.name for field in kind.value_type if pa.types.is_list(field.type)]


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A split of a config or of a table: its files and its columns."""

    of: str
    split: str
    shards: tuple[Shard, ...]
    columns: pa.Schema

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.of}/{self.split}"

    def files(self) -> Iterator[Node]:
        """Give the files; several are a set, which the records are read from."""
        yield from map(_file, self.shards)
        if len(self.shards) > 1:
            yield {
                "@type": "cr:FileSet",
                "@id": f"{self.name}-files",
                "name": f"{self.name}-files",
                "encodingFormat": PARQUET,
                "includes": [shard.path for shard in self.shards],
            }

    def node(self) -> Node:
        """Return the description of the rows, with a field for every column."""
        said = [f"{sum(shard.rows for shard in self.shards)} rows of `{self.of}`, {self.split}."]
        return {
            "@type": "cr:RecordSet",
            "@id": self.name,
            "name": self.name,
            "description": " ".join([*said, *self._elsewhere()]),
            "key": [{"@id": f"{self.name}/{name}"} for name in _key(self.of, self.columns)],
            "field": [self._field(column, self.name, column.name) for column in self.columns],
        }

    def _elsewhere(self) -> Iterator[str]:
        """Say in which record sets the lists are that lie too deep for a field."""
        lists = {column.name: deep(column) for column in self.columns if deep(column)}
        for name in lists.pop(EVENTS, ()):
            yield f"The {name} of events are in `{self.of}.{name}/{self.split}`, by `event_id`."
        if lists:
            yield (
                f"The parts of mentions are in `{DOCUMENTS}.arguments/{self.split}`, by `event_id` "
                f"and, as `role`, the column's name: {', '.join(lists)}."
            )

    def _field(self, field: pa.Field, prefix: str, column: str, path: str = "") -> Node:
        """Return the field of a column, or of what lies on a path inside of it."""
        kind, cut = field.type, deep(field)
        node: Node = {"@type": "cr:Field", "@id": f"{prefix}/{field.name}", "name": field.name}
        if pa.types.is_list(kind):
            node["repeated"] = True
            kind = kind.value_type
        if pa.types.is_struct(kind):
            inner = [
                self._field(one, node["@id"], column, f"{path}.{one.name}".lstrip("."))
                for one in kind
                if one.name not in cut
            ]
            return node | {"subField": inner}
        return node | {"dataType": _kind(kind), "source": self._source(column, path)}

    def _source(self, column: str, path: str) -> Node:
        several = len(self.shards) > 1
        kind, file = ("fileSet", f"{self.name}-files") if several else ("fileObject", "")
        source = {kind: {"@id": file or self.shards[0].path}, "extract": {"column": column}}
        return source | ({"transform": {"jsonPath": path}} if path else {})


def _key(of: str, columns: pa.Schema) -> list[str]:
    """Return the columns that no two rows have in common.

    That `doc_id` and `event_id` are names of other rows is said in words only:
    mlcroissant reads what a reference points to and joins it to every row.
    """
    names: list[str] = columns.names
    if names[: len(KEYS)] == list(KEYS):
        return names[1 : len(KEYS)]
    return names[:2] if of == ANNOTATIONS else names[:1]


def _file(shard: Shard) -> Node:
    return {
        "@type": "cr:FileObject",
        "@id": shard.path,
        "name": shard.path,
        "contentUrl": shard.path,
        "contentSize": f"{shard.size} B",
        "encodingFormat": PARQUET,
        "sha256": shard.sha256,
    }


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"

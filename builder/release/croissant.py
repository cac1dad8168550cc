"""croissant.json: the release in the words of MLCommons Croissant 1.0, written without a library.

Croissant has no list inside of a list. A column that holds one is described as
far as that goes; what is left out is named in its record set.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from builder.release.shards import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builder.release.facts import Facts
    from builder.release.shards import Part, Shard

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
) -> str:
    """Return the file's text: one record set for every split of a config that has rows."""
    listed = [
        (config, split, part)
        for config, splits in filled(parts).items()
        for split, part in splits.items()
    ]
    content = {
        **stated,
        "distribution": [node for *where, part in listed for node in _files("/".join(where), part)],
        "recordSet": [_records(c, split, part, columns[c]) for c, split, part in listed],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def described(field: pa.Field) -> bool:
    """Tell whether a column can be described whole.

    >>> described(pa.field("a", pa.list_(pa.struct([("b", pa.list_(pa.string()))]))))
    False
    """
    kind = field.type
    if pa.types.is_list(kind):
        return all(not _nested(inner.type) for inner in _children(kind.value_type))
    return all(not _nested(inner.type) for inner in _children(kind))


def _files(name: str, part: Part) -> Iterator[Node]:
    """Give the files of a part; several are a set, which its records are read from."""
    for shard in part.shards:
        yield _file(shard)
    if len(part.shards) > 1:
        yield {
            "@type": "cr:FileSet",
            "@id": f"{name}-files",
            "name": f"{name}-files",
            "encodingFormat": PARQUET,
            "includes": [shard.path for shard in part.shards],
        }


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


def _records(config: str, split: str, part: Part, columns: pa.Schema) -> Node:
    name = f"{config}/{split}"
    cut = [field.name for field in columns if not described(field)]
    note = f"; not or not wholly described, being lists in lists: {', '.join(cut)}" if cut else ""
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{part.rows} rows of `{config}`, split {split}{note}.",
        "field": [
            node for field in columns for node in _fields(field, name, _read_from(name, part))
        ],
    }


def _fields(field: pa.Field, prefix: str, file: Node) -> Iterator[Node]:
    """Give the field of a column; none when nothing of it can be described."""
    repeated = pa.types.is_list(field.type)
    kind = field.type.value_type if repeated else field.type
    node: Node = {"@type": "cr:Field", "@id": f"{prefix}/{field.name}", "name": field.name}
    if repeated:
        node["repeated"] = True
    if not pa.types.is_struct(kind):
        node |= {"dataType": _kind(kind), "source": _source(file, field.name)}
        yield node
        return
    inner = [_part(f, node["@id"], file, field.name) for f in kind if not _nested(f.type)]
    if inner:
        yield node | {"subField": inner}


def _part(field: pa.Field, prefix: str, file: Node, column: str) -> Node:
    source = _source(file, column) | {"transform": {"jsonPath": field.name}}
    return {
        "@type": "cr:Field",
        "@id": f"{prefix}/{field.name}",
        "name": field.name,
        "dataType": _kind(field.type),
        "source": source,
    }


def _read_from(name: str, part: Part) -> Node:
    if len(part.shards) > 1:
        return {"fileSet": {"@id": f"{name}-files"}}
    return {"fileObject": {"@id": part.shards[0].path}}


def _source(file: Node, column: str) -> Node:
    return {**file, "extract": {"column": column}}


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"


def _children(kind: pa.DataType) -> Iterable[pa.Field]:
    return list(kind) if pa.types.is_struct(kind) else []


def _nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_struct(kind))

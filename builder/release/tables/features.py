"""The columns of a release: an Arrow schema per config, and the same as the card's YAML says it.

`documents` has one row per document with its events inside; each event type
has a config of its own with a typed column per role, attribute and link.
`annotations` has one row per annotator's answer, `sentences` one per sentence.
The shape follows from the schema alone, never from the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pyarrow as pa

from builder.errors import Problems
from builder.event import State
from builder.release.rights import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.schema import EventType, Schema

DOCUMENTS = "documents"
"""The default config; the event types' are named by their plurals."""
ANNOTATIONS = "annotations"
"""The config of the annotators' own answers."""
SENTENCES = "sentences"
"""The config for trainers."""
RELEASED = ("events", "empty")
"""The states of documents that a release has."""
OUTSIDE = "O"

Feature = dict[str, Any]
"""One entry of the card's `features`, ready for YAML."""

_TEXTS = pa.list_(pa.string())
_SPAN = [("start", pa.int64()), ("end", pa.int64())]
_QUOTE = pa.struct([*_SPAN, ("text", pa.string())])
_MENTION = [("text", pa.string()), ("parts", pa.list_(pa.struct(_SPAN)))]
_SUPPORT = pa.struct([("rule", pa.string()), ("votes", pa.int64()), ("voters", pa.int64())])
_EVENT = pa.struct(
    [
        ("event_id", pa.string()),
        ("type", pa.string()),
        ("trigger", _QUOTE),
        (
            "arguments",
            pa.list_(pa.struct([("role", pa.string()), *_MENTION, ("support", _SUPPORT)])),
        ),
        (
            "attributes",
            pa.list_(
                pa.struct([("name", pa.string()), ("value", pa.string()), ("support", _SUPPORT)])
            ),
        ),
        (
            "links",
            pa.list_(
                pa.struct([("name", pa.string()), ("target", pa.string()), ("support", _SUPPORT)])
            ),
        ),
        ("cluster", pa.string()),
        ("support", _SUPPORT),
        ("type_support", _SUPPORT),
        ("trigger_support", _SUPPORT),
    ]
)
_DOCUMENTS = pa.schema(
    [
        ("doc_id", pa.string()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("text_form", pa.string()),
        ("text_sha256", pa.string()),
        ("characters", pa.int64()),
        ("url", pa.string()),
        ("publisher", pa.string()),
        ("agency", pa.string()),
        ("authors", _TEXTS),
        ("published_at", pa.string()),
        ("updated_at", pa.string()),
        ("dateline_place", pa.string()),
        ("language", pa.string()),
        ("license", pa.string()),
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("duplicate_cluster", pa.string()),
        ("zones", pa.list_(pa.struct([("kind", pa.string()), *_SPAN]))),
        ("state", pa.string()),
        ("annotators", _TEXTS),
        ("open_conflicts", pa.int64()),
        ("events", pa.list_(_EVENT)),
    ]
)
_ANSWERED = pa.struct(
    [
        ("event_id", pa.string()),
        ("type", pa.string()),
        ("trigger", _QUOTE),
        (
            "arguments",
            pa.list_(pa.struct([("role", pa.string()), *_MENTION, ("implied", pa.bool_())])),
        ),
        (
            "attributes",
            pa.list_(
                pa.struct([("name", pa.string()), ("value", pa.string()), ("chosen", pa.bool_())])
            ),
        ),
        ("links", pa.list_(pa.struct([("name", pa.string()), ("target", pa.string())]))),
        ("cluster", pa.string()),
    ]
)
_ANNOTATIONS = pa.schema(
    [
        ("doc_id", pa.string()),
        ("annotator", pa.string()),
        ("state", pa.string()),
        ("counted", pa.bool_()),
        ("flags", _TEXTS),
        ("note", pa.string()),
        ("created_at", pa.string()),
        ("updated_at", pa.string()),
        ("lead_time", pa.float64()),
        ("shown_prediction", pa.string()),
        ("events", pa.list_(_ANSWERED)),
    ]
)
_TOKENS = [("token_start", pa.int64()), ("token_end", pa.int64())]
_PIECE = [*_SPAN, ("text", pa.string()), *_TOKENS, ("whole", pa.bool_())]
_SENTENCES = pa.schema(
    [
        ("sentence_id", pa.string()),
        ("doc_id", pa.string()),
        *_SPAN,
        ("text", pa.string()),
        ("tokens", _TEXTS),
        ("token_starts", pa.list_(pa.int64())),
        ("token_ends", pa.list_(pa.int64())),
        ("trigger_tags", _TEXTS),
        ("argument_tags", _TEXTS),
        ("untagged", pa.int64()),
        (
            "triggers",
            pa.list_(pa.struct([("event_id", pa.string()), ("type", pa.string()), *_PIECE])),
        ),
        (
            "arguments",
            pa.list_(
                pa.struct(
                    [
                        ("event_id", pa.string()),
                        ("role", pa.string()),
                        ("argument", pa.int64()),
                        ("part", pa.int64()),
                        *_PIECE,
                    ]
                )
            ),
        ),
    ]
)
_BEFORE_ROLES = [
    ("event_id", pa.string()),
    ("doc_id", pa.string()),
    ("trigger", _QUOTE),
    ("context", _QUOTE),
]
_AFTER_LINKS = [
    ("cluster", pa.string()),
    ("support_rule", pa.string()),
    ("support_votes", pa.int64()),
    ("support_voters", pa.int64()),
]


def arrow_schemas(schema: Schema) -> dict[str, pa.Schema]:
    """Return the Arrow schema of every config, `documents` first.

    Raises DataError when two columns of a config would have the same name;
    case does not tell them apart, because it does not for SQL engines either.
    """
    problems = Problems()
    schemas = {DOCUMENTS: _DOCUMENTS}
    for event_type in schema.event_types.values():
        columns = _columns(event_type, schema)
        _check_names(event_type, [origin for origin, _ in columns], problems)
        schemas[event_type.plural] = pa.schema([field for _, field in columns])
    problems.raise_if_any()
    return {**schemas, ANNOTATIONS: _ANNOTATIONS, SENTENCES: _SENTENCES}


def closed_lists(schema: Schema) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the values of every column that has a closed list of them, by config and column.

    The files hold the words; the card declares a class label, so `datasets`
    gives their numbers and knows the names. Lists inside of events stay words.
    """
    return {
        DOCUMENTS: {"text_form": FORMS, "state": RELEASED},
        **{
            event_type.plural: {
                name: tuple(attribute.values)
                for name, attribute in schema.attributes(event_type.name).items()
            }
            for event_type in schema.event_types.values()
        },
        ANNOTATIONS: {"state": get_args(State)},
        SENTENCES: {
            "trigger_tags": bio(schema.event_types),
            "argument_tags": bio(schema.roles()),
        },
    }


def bio(names: Iterable[str]) -> tuple[str, ...]:
    """Return the tags of a BIO column.

    >>> bio(["Meeting"])
    ('O', 'B-Meeting', 'I-Meeting')
    """
    return (OUTSIDE, *(f"{place}-{name}" for name in names for place in "BI"))


def features(schema: Schema) -> dict[str, list[Feature]]:
    """Return each config's features as the card's YAML spells them."""
    closed = closed_lists(schema)
    return {
        config: _features(arrow, closed[config]) for config, arrow in arrow_schemas(schema).items()
    }


def loaded_schema(arrow: pa.Schema, closed: Mapping[str, Sequence[str]]) -> pa.Schema:
    """Return a config's columns as `datasets` holds them: class labels are numbers."""
    return pa.schema(
        [
            pa.field(field.name, _numbered(field.type) if field.name in closed else field.type)
            for field in arrow
        ]
    )


def _numbered(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.int64()) if pa.types.is_list(kind) else pa.int64()


def _columns(event_type: EventType, schema: Schema) -> list[tuple[str, pa.Field]]:
    """Return the columns of an event type's config, each with what it stands for."""
    mentions = pa.list_(pa.struct(_MENTION))
    return [
        *((f"column {name!r}", pa.field(name, kind)) for name, kind in _BEFORE_ROLES),
        *((f"role {name!r}", pa.field(name, mentions)) for name in event_type.roles),
        *(
            (f"attribute {name!r}", pa.field(name, pa.string()))
            for name in schema.attributes(event_type.name)
        ),
        *((f"link {name!r}", pa.field(name, _TEXTS)) for name in event_type.links),
        *((f"column {name!r}", pa.field(name, kind)) for name, kind in _AFTER_LINKS),
    ]


def _check_names(event_type: EventType, origins: list[str], problems: Problems) -> None:
    taken: dict[str, str] = {}
    for origin in origins:
        name = origin.partition(" ")[2].lower()
        if name in taken:
            what = f"{taken[name]} and {origin} would share a column of {event_type.plural!r}"
            problems.add(f"event type {event_type.name}", f"{what}; rename the one in the schema")
        taken.setdefault(name, origin)


def _features(
    fields: Iterable[pa.Field], closed: Mapping[str, Sequence[str]] | None = None
) -> list[Feature]:
    names = closed or {}
    return [{"name": field.name, **_feature(field.type, names.get(field.name))} for field in fields]


def _feature(kind: pa.DataType, names: Sequence[str] | None = None) -> Feature:
    if pa.types.is_struct(kind):
        return {"struct": _features(kind)}
    if pa.types.is_list(kind):
        item = _feature(kind.value_type, names)
        return {"list": item.get("struct") or item["dtype"]}
    if names:
        # The Hub wants the numbers as text.
        return {"dtype": {"class_label": {"names": {str(n): x for n, x in enumerate(names)}}}}
    # Arrow prints float64 as "double", which `datasets` does not read.
    return {"dtype": "float64" if pa.types.is_float64(kind) else str(kind)}

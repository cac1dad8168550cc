"""Columns of tables and fields of JSON rows: which is taken for which of ours, and what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.articles.reading import Refusal
from builder.document import Fact
from builder.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builder.config import ArticleFacts

NAMES = {
    "id": ("id", "uid", "guid", "article_id"),
    "title": ("title", "headline"),
    "text": ("text", "body", "content", "article", "maintext"),
    "url": ("url", "link"),
    "publisher": ("publisher", "source", "outlet"),
    "authors": ("authors", "author", "byline"),
    "published_at": ("published_at", "date", "published", "date_publish", "publication_date"),
    "updated_at": ("updated_at", "date_modified", "modified"),
    "section": ("section", "category"),
    "language": ("language", "lang"),
    "license": ("license", "licence"),
}
"""Our fields and the column names that are taken for them, the surest first."""

NEEDED = ("title", "text")
_OWN = ("url", "publisher", "license", "published_at")
"""What a row says of these goes before what is said of its file."""
_TOLD = 'in builder.toml under [[articles]] as columns = "title=..., text=..."'


def column_mapping(columns: Iterable[str], given: str | None) -> dict[str, str]:
    """Return our field to the table's column: as given in builder.toml, else by common names.

    `given` is written "title=Headline, text=Body". Raises Refusal that names
    every defect.

    >>> column_mapping(["Headline", "body"], "title=Headline")
    {'title': 'Headline', 'text': 'body'}
    """
    columns = list(columns)
    found, wrong = matched(columns, given)
    missing = [field for field in NEEDED if field not in found]
    if missing and not wrong:
        listed = ", ".join(columns) or "none"
        wrong = [f"no column is taken for {' and '.join(missing)}; the columns are {listed}"]
    if wrong:
        raise Refusal("unknown_columns", f"{'; '.join(wrong)}; say it {_TOLD}")
    return found


def matched(columns: list[str], given: str | None) -> tuple[dict[str, str], list[str]]:
    """Return our field to its column, in our order, and what is wrong with what was given."""
    found: dict[str, str] = {}
    wrong = []
    for part in filter(None, (p.strip() for p in (given or "").split(","))):
        field, _, column = (piece.strip() for piece in part.partition("="))
        if field not in NAMES:
            wrong.append(f"{field!r} is no field of ours; {did_you_mean(field, NAMES)}")
        elif column not in columns:
            wrong.append(f"there is no column {column!r}; {did_you_mean(column, columns)}")
        else:
            found[field] = column
    for field, column in by_name(columns).items():
        if field not in found and column not in found.values():
            found[field] = column
    return {field: found[field] for field in NAMES if field in found}, wrong


def by_name(columns: Iterable[str]) -> dict[str, str]:
    """Return our field to the column that is taken for it by its name alone.

    >>> by_name(["Body", "n"])
    {'text': 'Body'}
    """
    known = {column.strip().casefold(): column for column in reversed(list(columns))}
    return {
        field: known[names[0]]
        for field, options in NAMES.items()
        if (names := [name for name in options if name in known])
    }


def said(values: Mapping[str, object], columns: Mapping[str, str], kind: str) -> Iterator[Fact]:
    """Yield what a row says of its article; `kind` names what it has: columns or fields.

    >>> [fact.value for fact in said({"authors": ["A", "B"]}, {"authors": "by"}, "column")]
    ['A', 'B']
    """
    for field, value in values.items():
        if field not in {"id", *NEEDED}:
            for entry in value if isinstance(value, list) else [value]:
                yield Fact(field, plain(entry), f"{kind} {columns[field]}", 0.95)


def plain(value: object) -> str:
    """Return a cell as text; times as ISO 8601."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def before_row(facts: ArticleFacts, values: Mapping[str, object]) -> ArticleFacts:
    """Return what people said of a file, less what the row says itself."""
    own: dict[str, Any] = {field: None for field in _OWN if values.get(field)}
    return replace(facts, **own)

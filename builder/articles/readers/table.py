"""Tables - CSV, TSV, Parquet, Arrow - with a column for the headline and one for the text."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from builder.articles.assembly import lines, whole
from builder.articles.part import Part
from builder.articles.readers.column import NEEDED, before_row, column_mapping, said
from builder.articles.readers.container import outcomes
from builder.articles.readers.newsfile import explained
from builder.articles.readers.rows import Table, open_table
from builder.articles.reading import Limits, Line, Note, Outcome, Refusal, Rejected
from builder.document import Article
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.articles.part import Place
    from builder.config import ArticleFacts

_BROKEN = (pa.ArrowException, OSError, csv.Error, UnicodeDecodeError)


def read(
    path: Path,
    file: str,
    facts: ArticleFacts,
    limits: Limits | None = None,
    part: Part | None = None,
) -> Iterator[Outcome]:
    """Yield a document for each good row, a rejection for each other one, and notes.

    `row` counts from 1 without the header. Spans count in the row's headline,
    a line feed, and its text.
    """
    limits = limits or Limits()
    part = part or Part(sha256=file_sha256(path))
    taken: set[str] = set()
    number = part.first - 1
    try:
        table = open_table(path, limits)
        mapping = column_mapping(table.columns, facts.columns)
        rows = table.rows(part, mapping.values())
        for number, cells in enumerate(rows, start=part.first):
            article = Article(file, part.sha256, "utf-8", row=number)
            row = {field: cells.get(name) for field, name in mapping.items()}
            try:
                yield from _document(_Row(row, mapping), article, facts, taken, limits)
            except Refusal as refusal:
                yield Rejected(file, number, refusal.reason, str(refusal))
    except Refusal as refusal:
        yield refusal.rejected(file)
        return
    except _BROKEN as error:
        yield Rejected(file, number + 1, "broken_table", f"cannot be read from here on: {error}")
        return
    yield from _remarks(file, part, number, table, mapping)


def places(path: Path, limits: Limits) -> Iterator[Place]:
    """Yield where each row stands, as far as the table can be read."""
    try:
        yield from open_table(path, limits).places()
    except (Refusal, *_BROKEN):
        return  # `read` will say what is wrong


def explain(path: Path) -> Iterator[Line]:
    """Yield what is kept of every row, and why the others fail."""
    return explained(read, path)


def _remarks(
    file: str, part: Part, number: int, table: Table, mapping: Mapping[str, str]
) -> Iterator[Outcome]:
    unread = [name for name in table.columns if name not in mapping.values()]
    if not number and part.whole:
        yield Rejected(file, None, "empty_file", "has no row")
    elif unread:
        yield Note(file, f"columns that are not read: {', '.join(unread)}")


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of our fields, and the columns they stand in."""

    cells: Mapping[str, Any]
    columns: Mapping[str, str]


def _document(
    row: _Row, article: Article, facts: ArticleFacts, taken: set[str], limits: Limits
) -> Iterator[Outcome]:
    values = {name: value for name, value in row.cells.items() if value not in (None, "")}
    wrong = [name for name in NEEDED if not isinstance(row.cells.get(name), str)]
    if wrong:
        found = "; ".join(f"{name} is {row.cells.get(name)!r}"[:80] for name in wrong)
        raise Refusal("wrong_type", f"{found}; it should be a text")
    title, text = row.cells["title"], row.cells["text"]
    if len(title) + len(text) > limits.article:
        raise limits.too_large(f"a row of {len(title) + len(text)} characters")
    identity = str(values.get("id", "")) or None
    if identity in taken:
        raise Refusal("duplicate_id", f"id {identity!r} stands in an earlier row; keep one")
    _check_characters(title + text)
    raw = whole(f"{title}\n{text}", "utf-8")
    parts = [piece for _, piece in lines(raw, "utf-8")]
    headline = [piece for piece in parts if piece.source.start < len(title)]
    body = [piece for piece in parts if piece.source.start > len(title)]
    told = list(said(values, row.columns, "column"))
    named = replace(article, article_id=identity)
    yield from outcomes(headline, body, named, told, before_row(facts, values))
    if identity:
        taken.add(identity)


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        what = f"holds half a surrogate pair at character {error.start}; remove it"
        raise Refusal("unusable_character", what) from None

"""Tables - CSV, TSV, Parquet, Arrow - with a column for the headline and one for the text."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from builder.articles.assembly import lines, whole
from builder.articles.container import outcomes
from builder.articles.encoding import encoding_of
from builder.articles.newsfile import explained
from builder.articles.reading import Limits, Line, Note, Outcome, Refusal, Rejected
from builder.document import Article, Fact
from builder.errors import did_you_mean
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

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

_NEEDED = ("title", "text")
_BATCH = 256


def read(
    path: Path, file: str, facts: ArticleFacts, limits: Limits | None = None
) -> Iterator[Outcome]:
    """Yield a document for each good row, a rejection for each other one, and notes.

    `row` counts from 1 without the header. Spans count in the row's headline,
    a line feed, and its text.
    """
    limits = limits or Limits()
    digest = file_sha256(path)
    ids: Counter[str] = Counter()
    number = 0
    try:
        columns, rows = _table(path, limits)
        mapping = column_mapping(columns, facts.columns)
        unread = [name for name in columns if name not in mapping.values()]
        for number, cells in enumerate(rows, start=1):
            article = Article(file, digest, "utf-8", row=number)
            row = {field: cells.get(name) for field, name in mapping.items()}
            try:
                yield from _document(row, article, facts, ids, limits)
            except Refusal as refusal:
                yield Rejected(file, number, refusal.reason, str(refusal))
    except Refusal as refusal:
        yield refusal.rejected(file)
        return
    except (pa.ArrowException, OSError, csv.Error, UnicodeDecodeError) as error:
        yield Rejected(file, number + 1, "broken_table", f"cannot be read from here on: {error}")
        return
    if not number:
        yield Rejected(file, None, "empty_file", "has no row")
    elif unread:
        yield Note(file, f"columns that are not read: {', '.join(unread)}")


def explain(path: Path) -> Iterator[Line]:
    """Yield what is kept of every row, and why the others fail."""
    return explained(read, path)


def column_mapping(columns: list[str], given: str | None) -> dict[str, str]:
    """Return our field to the table's column: as given in builder.toml, else by common names.

    `given` is written "title=Headline, text=Body". Raises Refusal that names
    every defect.

    >>> column_mapping(["Headline", "body"], "title=Headline")
    {'title': 'Headline', 'text': 'body'}
    """
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
    by_name = {column.strip().casefold(): column for column in reversed(columns)}
    for field, names in NAMES.items():
        known = [by_name[name] for name in names if name in by_name]
        if field not in found and known and known[0] not in found.values():
            found[field] = known[0]
    missing = [field for field in _NEEDED if field not in found]
    if missing and not wrong:
        listed = ", ".join(columns) or "none"
        wrong = [f"no column is taken for {' and '.join(missing)}; the columns are {listed}"]
    if wrong:
        hint = 'say it in builder.toml under [[articles]] as columns = "title=..., text=..."'
        raise Refusal("unknown_columns", f"{'; '.join(wrong)}; {hint}")
    return {field: found[field] for field in NAMES if field in found}


def _document(
    row: Mapping[str, object],
    article: Article,
    facts: ArticleFacts,
    ids: Counter[str],
    limits: Limits,
) -> Iterator[Outcome]:
    values = {name: value for name, value in row.items() if value is not None}
    wrong = [name for name in _NEEDED if not isinstance(values.get(name), str)]
    if wrong:
        found = "; ".join(f"{name} is {values.get(name)!r}"[:80] for name in wrong)
        raise Refusal("wrong_type", f"{found}; it should be a text")
    title, text = str(values["title"]), str(values["text"])
    if len(title) + len(text) > limits.article:
        raise limits.too_large(f"a row of {len(title) + len(text)} characters")
    identity = str(values.get("id", "")) or None
    if identity and ids[identity]:
        raise Refusal("duplicate_id", f"id {identity!r} stands in an earlier row; keep one")
    ids[identity or ""] += 1
    _check_characters(title + text)
    raw = whole(f"{title}\n{text}", "utf-8")
    parts = [piece for _, piece in lines(raw, "utf-8")]
    headline = [piece for piece in parts if piece.source.start < len(title)]
    body = [piece for piece in parts if piece.source.start > len(title)]
    said = [
        Fact(name, entry, f"column {name}", 0.95)
        for name, value in values.items()
        if name not in {"id", *_NEEDED}
        for entry in (map(str, value) if isinstance(value, list) else [_plain(value)])
    ]
    yield from outcomes(headline, body, replace(article, article_id=identity), said, facts)


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        what = f"holds half a surrogate pair at character {error.start}; remove it"
        raise Refusal("unusable_character", what) from None


def _table(path: Path, limits: Limits) -> tuple[list[str], Iterator[Mapping[str, object]]]:
    kind = path.suffix.lower()
    if kind in {".csv", ".tsv"}:
        return _separated(path, "\t" if kind == ".tsv" else None, limits)
    if kind == ".parquet":
        table = pq.ParquetFile(path)
        return table.schema_arrow.names, _batches(table.iter_batches(_BATCH))
    source = pa.memory_map(str(path))
    try:
        stream = pa.ipc.open_stream(source)
        return stream.schema.names, _batches(iter(stream))
    except pa.ArrowInvalid:  # the other of Arrow's two file formats
        opened = pa.ipc.open_file(source)
        some = (opened.get_batch(n) for n in range(opened.num_record_batches))
        return opened.schema.names, _batches(some)


def _batches(batches: Iterator[pa.RecordBatch]) -> Iterator[Mapping[str, object]]:
    for batch in batches:
        for start in range(0, batch.num_rows, _BATCH):
            yield from batch.slice(start, _BATCH).to_pylist()


def _separated(
    path: Path, delimiter: str | None, limits: Limits
) -> tuple[list[str], Iterator[Mapping[str, object]]]:
    with path.open("rb") as stream:
        head = stream.read(64 * 1024)
    encoding = "utf-8-sig" if encoding_of(head) == "utf-8" else "utf-16"
    text = head.decode(encoding, "replace")
    if delimiter is None:
        try:
            delimiter = csv.Sniffer().sniff(text.partition("\n")[0], ",;\t|").delimiter
        except csv.Error:
            delimiter = ","
    csv.field_size_limit(limits.article)
    bounded = _bounded(path, encoding, limits)
    rows = csv.DictReader(bounded, delimiter=delimiter, strict=True)
    return list(rows.fieldnames or ()), rows


def _bounded(path: Path, encoding: str, limits: Limits) -> Iterator[str]:
    """Yield the lines of a text file; raises Refusal at one that is too long to be read."""
    with path.open(encoding=encoding, newline="") as stream:
        number = 0
        while line := stream.readline(limits.article + 1):
            number += 1
            if len(line) > limits.article:
                raise limits.too_large("a longer line", number)
            yield line

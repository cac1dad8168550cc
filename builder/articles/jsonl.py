"""JSON Lines: one article per line, mapped through its JSON escapes to the raw file."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from builder.articles.assembly import Piece, document, lines
from builder.articles.encoding import MARK, unusable_character
from builder.articles.literal import members, segments
from builder.articles.moment import moment
from builder.articles.reading import Limits, Line, Note, Outcome, Refusal, Rejected
from builder.config import ArticleFacts
from builder.document import Article, Document, Dropped, Span
from builder.errors import did_you_mean
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUIRED = ("id", "title", "text")
OPTIONAL = ("url", "publisher", "date", "license")
_ENCODING = "utf-8"


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file and where it starts there; `literals` are the fields' places in it.

    `too_long` is the size in bytes of a line that was not read for its length.
    """

    number: int
    line: str
    chars: int
    data: int
    values: dict[str, str | None] = field(default_factory=dict)
    literals: dict[str, Span] = field(default_factory=dict)
    too_long: int = 0

    def piece(self, name: str) -> Piece:
        """Return a field's text with its source in the file."""
        found = segments(self.line, self.literals[name], self.chars, self.data)
        return Piece(self.values[name] or "", found)


def read(
    path: Path, file: str, facts: ArticleFacts, limits: Limits | None = None
) -> Iterator[Outcome]:
    """Yield a document for each good row, a rejection for each other one, and notes.

    Rows are split at line feeds. Bytes that are not UTF-8 spoil their row
    only; for the places of later rows each counts as one code point.
    """
    digest = file_sha256(path)
    first_lines: dict[str, int] = {}
    unread: Counter[str] = Counter()
    empty = True
    limits = limits or Limits()
    for row in _rows(path, limits.article):
        empty = False
        try:
            if row.too_long:
                raise limits.too_large(f"a row of {row.too_long} bytes")
            checked = _checked(row, first_lines, unread)
            yield from _notes(file, checked)
            yield _document(checked, _article(file, digest, checked, facts))
        except Refusal as refusal:
            refusal.line = row.number
            yield refusal.rejected(file)
    if empty:
        yield Rejected(file, None, "empty_file", "has no row; write one JSON object per line")
    for name, count in sorted(unread.items()):
        what = f"field {name!r} is not read ({count} rows); read are: {_listed()}"
        yield Note(file, what)


def explain(path: Path) -> Iterator[Line]:
    """Yield every line of a row's title and text with what becomes of it, or why the row fails."""
    for outcome in read(path, path.name, ArticleFacts("*")):
        if isinstance(outcome, Document):
            yield from _explained(outcome, path)
        elif isinstance(outcome, Rejected):
            yield Line(outcome.line or 1, outcome.what, outcome.reason)


def _rows(path: Path, most: int) -> Iterator[_Row]:
    chars = data = number = 0
    with path.open("rb") as stream:
        while raw := stream.readline(most + 1):
            number += 1
            if len(raw) > most and not raw.endswith(b"\n"):
                skipped, read = _skipped(raw, stream, most)
                yield _Row(number, "", chars, data, too_long=read)
                chars, data = chars + skipped, data + read
                continue
            line = raw.decode(_ENCODING, "surrogateescape")
            skip = 1 if number == 1 and line.startswith(MARK) else 0
            if line[skip:].strip():
                start = data + len(line[:skip].encode())
                yield _Row(number, line[skip:].rstrip("\r\n"), chars + skip, start)
            chars, data = chars + len(line), data + len(raw)


def _skipped(raw: bytes, stream: BinaryIO, most: int) -> tuple[int, int]:
    """Read on to the end of a line that is too long; return its code points and bytes."""
    decoder = codecs.getincrementaldecoder(_ENCODING)("surrogateescape")
    chars = data = 0
    while raw:
        chars, data = chars + len(decoder.decode(raw)), data + len(raw)
        raw = b"" if raw.endswith(b"\n") else stream.readline(most)
    return chars + len(decoder.decode(b"", final=True)), data


def _checked(row: _Row, first_lines: dict[str, int], unread: Counter[str]) -> _Row:
    found = _members(row)
    names = [name for name, _, _ in found]
    values: dict[str, str | None] = {}
    wrong = []
    for name, value, _ in found:
        if name not in (*REQUIRED, *OPTIONAL):
            unread[name] += 1
        elif isinstance(value, str) or (value is None and name in OPTIONAL):
            values[name] = value
        else:
            wrong.append(f"field {name!r} is {_kind(value)}; it should be a string")
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise Refusal("missing_field", "; ".join(_missing(name, names) for name in missing))
    if wrong:
        raise Refusal("wrong_type", "; ".join(wrong))
    twice = [name for name in values if names.count(name) > 1]
    if twice:
        raise Refusal("duplicate_field", f"field {twice[0]!r} stands here twice; keep one")
    _check_characters(values)
    first = first_lines.setdefault(values["id"] or "", row.number)
    if first != row.number:
        what = f"id {values['id']!r} is taken by line {first}; give this row another id"
        raise Refusal("duplicate_id", what)
    literals = {name: span for name, _, span in found}
    return _Row(row.number, row.line, row.chars, row.data, values, literals)


def _members(row: _Row) -> list[tuple[str, object, Span]]:
    try:
        row.line.encode()
    except UnicodeEncodeError as error:
        before = row.line[: error.start].encode(_ENCODING, "surrogateescape")
        what = f"byte {row.data + len(before)} is not UTF-8; save the file as UTF-8"
        raise Refusal("unreadable_encoding", what) from None
    try:
        return members(row.line)
    except json.JSONDecodeError as error:
        what = f"not a JSON object: {error.msg} (character {error.pos + 1} of the line)"
    except (ValueError, RecursionError) as error:
        what = f"not readable as JSON: {error}"
    raise Refusal("broken_json", f'{what}; write {{"id": ..., "title": ..., "text": ...}}')


def _missing(name: str, names: list[str]) -> str:
    unknown = [other for other in names if other not in (*REQUIRED, *OPTIONAL)]
    hint = did_you_mean(name, unknown) if unknown else ""
    near = f", found {hint.split(chr(39))[1]!r}" if hint.startswith("did") else ""
    return f"field {name!r} is missing{near}; every row needs {', '.join(REQUIRED)}"


def _kind(value: object) -> str:
    if value is None:
        return "null"
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."  # noqa: PLR2004 - one line of message


def _check_characters(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        found = unusable_character(value or "")
        if found:
            at, sign = found
            what = f"field {name!r} holds {sign} at character {at}"
            raise Refusal(
                "unusable_character", f"{what}, which no labelling server stores; remove it"
            )


def _notes(file: str, row: _Row) -> Iterator[Note]:
    date = row.values.get("date")
    read_date = moment(date) if date else None
    if date and not (read_date and read_date.value):
        why = read_date.note if read_date else "is no date that is read here"
        what = f"date {date!r} {why}; write it as 2004-11-16 or November 16, 2004"
        yield Note(f"{file}:{row.number}", what)


def _article(file: str, digest: str, row: _Row, facts: ArticleFacts) -> Article:
    date = row.values.get("date")
    read_date = moment(date, facts.country) if date else None
    return Article(
        file=file,
        sha256=digest,
        encoding=_ENCODING,
        row=row.number,
        article_id=row.values["id"],
        url=row.values.get("url") or facts.url,
        publisher=row.values.get("publisher") or facts.publisher,
        published_at=read_date.value if read_date else None,
        license=row.values.get("license") or facts.license,
    )


def _document(row: _Row, article: Article) -> Document:
    title = [piece for _, piece in lines(row.piece("title"), _ENCODING)]
    text = [piece for _, piece in lines(row.piece("text"), _ENCODING)]
    if not title:
        raise Refusal("no_headline", "field 'title' is empty; write the headline into it")
    headline, rest = title[0], title[1:]
    repeats = 0
    while repeats < len(text) and text[repeats].text == headline.text:
        repeats += 1
    body = [*rest, *text[repeats:]]
    if not body:
        raise Refusal("no_body", "field 'text' has nothing but the title; write the article's text")
    dropped = [Dropped(piece.source, "repeated_headline") for piece in text[:repeats]]
    return document(headline, body, dropped, article)


def _explained(found: Document, path: Path) -> Iterator[Line]:
    number = found.article.row or 0
    raw = path.read_bytes().decode(_ENCODING, "surrogateescape") if found.dropped else ""
    for zone in found.zones:
        if zone.kind in ("headline", "body"):
            yield Line(number, zone.span.of(found.text), zone.kind)
    for dropped in found.dropped:
        yield Line(number, dropped.source.of(raw), dropped.reason)


def _listed() -> str:
    return ", ".join((*REQUIRED, *OPTIONAL))

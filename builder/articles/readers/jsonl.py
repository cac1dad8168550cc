"""JSON Lines: one article per line, mapped through its JSON escapes to the raw file."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from builder.articles.assembly import Piece, lines
from builder.articles.part import Part, Place
from builder.articles.readers.column import NAMES, NEEDED, before_row, matched, said
from builder.articles.readers.container import outcomes
from builder.articles.readers.encoding import MARK, unusable_character
from builder.articles.readers.literal import members, segments
from builder.articles.reading import Limits, Line, Note, Outcome, Refusal, Rejected
from builder.config import ArticleFacts
from builder.document import Article, Document, Span
from builder.errors import did_you_mean
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENCODING = "utf-8"
_SHOWN = 40  # characters of a value in a message
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file with text, and where it starts there.

    `too_long` is the size in bytes of a line that was not read for its length.
    """

    text: str
    place: Place
    too_long: int = 0

    @property
    def number(self) -> int:
        """The line's number in the file."""
        return self.place.number


@dataclass(frozen=True, slots=True)
class _Row:
    """What a line says: the values of our fields, their names there, and their places in it."""

    line: _Line
    values: Mapping[str, object]
    columns: Mapping[str, str]
    literals: Mapping[str, Span]

    def pieces(self, field: str) -> list[Piece]:
        """Return the lines of a field with their source in the file."""
        place = self.line.place
        found = segments(self.line.text, self.literals[field], place.chars, place.data)
        piece = Piece(str(self.values[field]), found)
        return [part for _, part in lines(piece, _ENCODING)]


def read(
    path: Path,
    file: str,
    facts: ArticleFacts,
    limits: Limits | None = None,
    part: Part | None = None,
) -> Iterator[Outcome]:
    """Yield a document for each good row, a rejection for each other one, and notes.

    Rows are split at line feeds. Bytes that are not UTF-8 spoil their row
    only; for the places of later rows each counts as one code point.
    """
    digest = part.sha256 if part else file_sha256(path)
    taken: dict[str, int] = {}
    unread: Counter[str] = Counter()
    empty = True
    limits = limits or Limits()
    for line in _lines(path, limits.article, part or Part()):
        empty = False
        try:
            if line.too_long:
                raise limits.too_large(f"a row of {line.too_long} bytes")
            row = _row(line, facts.columns, unread)
            article = Article(file, digest, _ENCODING, row=line.number, article_id=_id(row))
            yield from _outcomes(row, article, facts, taken)
        except Refusal as refusal:
            refusal.line = line.number
            yield refusal.rejected(file)
    if empty and (part is None or part.whole):
        yield Rejected(file, None, "empty_file", "has no row; write one JSON object per line")
    for name, count in sorted(unread.items()):
        what = f"field {name!r} is not read; read are: {', '.join(NAMES)}"
        yield Note(file, what, count)


def places(path: Path, limits: Limits) -> Iterator[Place]:
    """Yield where each line with text stands."""
    return (line.place for line in _lines(path, limits.article, Part()))


def explain(path: Path) -> Iterator[Line]:
    """Yield every line of a row's title and text with what becomes of it, or why the row fails."""
    for outcome in read(path, path.name, ArticleFacts("*")):
        if isinstance(outcome, Document):
            yield from _explained(outcome, path)
        elif isinstance(outcome, Rejected):
            yield Line(outcome.line or 1, outcome.what, outcome.reason)


def _lines(path: Path, most: int, part: Part) -> Iterator[_Line]:
    number, chars, data = part.first, part.chars, part.data
    with path.open("rb") as stream:
        stream.seek(data)
        while part.holds(number) and (raw := stream.readline(most + 1)):
            place = Place(number, data, chars)
            number += 1
            if len(raw) > most and not raw.endswith(b"\n"):
                skipped, read = _skipped(raw, stream)
                yield _Line("", place, too_long=read)
                chars, data = chars + skipped, data + read
                continue
            line = raw.decode(_ENCODING, "surrogateescape")
            chars, data = chars + len(line), data + len(raw)
            if place.data == 0 and line.startswith(MARK):
                line = line[1:]
                place = Place(place.number, len(MARK.encode()), 1)
            if line.strip():
                yield _Line(line.rstrip("\r\n"), place)


def _skipped(raw: bytes, stream: BinaryIO) -> tuple[int, int]:
    """Read on to the end of a line that is too long; return its code points and bytes."""
    decoder = codecs.getincrementaldecoder(_ENCODING)("surrogateescape")
    chars = data = 0
    while raw:
        chars, data = chars + len(decoder.decode(raw)), data + len(raw)
        raw = b"" if raw.endswith(b"\n") else stream.readline(_CHUNK)
    return chars + len(decoder.decode(b"", final=True)), data


def _row(line: _Line, given: str | None, unread: Counter[str]) -> _Row:
    found = _members(line)
    names = [name for name, _, _ in found]
    columns, wrong = matched(names, given)
    if wrong:
        hint = "mend columns of its [[articles]] in builder.toml"
        raise Refusal("unknown_columns", f"{'; '.join(wrong)}; {hint}")
    unread.update(name for name in names if name not in columns.values())
    missing = [field for field in NEEDED if field not in columns]
    if missing:
        raise Refusal("missing_field", "; ".join(_missing(name, names) for name in missing))
    fields = {name: field for field, name in columns.items()}
    values = {fields[n]: v for n, v, _ in found if n in fields}
    wrong = [
        f"field {columns[field]!r} is {_kind(values[field])}; it should be a string"
        for field in NEEDED
        if not isinstance(values[field], str)
    ]
    if wrong:
        raise Refusal("wrong_type", "; ".join(wrong))
    twice = [name for name in fields if names.count(name) > 1]
    if twice:
        raise Refusal("duplicate_field", f"field {twice[0]!r} stands here twice; keep one")
    _check_characters(values, columns)
    return _Row(line, values, columns, {fields[n]: span for n, _, span in found if n in fields})


def _outcomes(
    row: _Row, article: Article, facts: ArticleFacts, taken: dict[str, int]
) -> Iterator[Outcome]:
    identity, number = article.article_id, row.line.number
    first = taken.get(identity, number) if identity else number
    if first != number:
        what = f"id {identity!r} is taken by line {first}; give this row another id"
        raise Refusal("duplicate_id", what)
    title, text = row.columns["title"], row.columns["text"]
    headline, body = row.pieces("title"), row.pieces("text")
    if not headline:
        raise Refusal("no_headline", f"field {title!r} is empty; write the headline into it")
    if all(piece.text == headline[0].text for piece in [*headline, *body]):
        what = f"field {text!r} has nothing but the title; write the article's text"
        raise Refusal("no_body", what)
    usable = {field: value for field, value in row.values.items() if _is_usable(value)}
    for field in row.values.keys() - usable.keys():
        if row.values[field] not in (None, "", []):
            what = f"field {row.columns[field]!r} is {_kind(row.values[field])}; it is not used"
            yield Note(f"{article.file}:{number}", what)
    told = list(said(usable, row.columns, "field"))
    yield from outcomes(headline, body, article, told, before_row(facts, usable))
    if identity:
        taken[identity] = number


def _is_usable(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(entry, str) for entry in value)
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _id(row: _Row) -> str | None:
    value = row.values.get("id")
    return str(value) if _is_usable(value) and not isinstance(value, list) else None


def _members(line: _Line) -> list[tuple[str, object, Span]]:
    try:
        line.text.encode()
    except UnicodeEncodeError as error:
        before = line.text[: error.start].encode(_ENCODING, "surrogateescape")
        what = f"byte {line.place.data + len(before)} is not UTF-8; save the file as UTF-8"
        raise Refusal("unreadable_encoding", what) from None
    try:
        return members(line.text)
    except json.JSONDecodeError as error:
        what = f"not a JSON object: {error.msg} (character {error.pos + 1} of the line)"
    except (ValueError, RecursionError) as error:
        what = f"not readable as JSON: {error}"
    raise Refusal("broken_json", f'{what}; write {{"title": ..., "text": ...}}')


def _missing(name: str, names: list[str]) -> str:
    known = [option for options in NAMES.values() for option in options]
    unknown = [other for other in names if other.casefold() not in known]
    hint = did_you_mean(name, unknown) if unknown else ""
    near = f", found {hint.split(chr(39))[1]!r}" if hint.startswith("did") else ""
    taken = "; ".join(f"{field} is one of {', '.join(NAMES[field])}" for field in NEEDED)
    return f"field {name!r} is missing{near}; {taken}"


def _kind(value: object) -> str:
    if value is None:
        return "null"
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."


def _check_characters(values: Mapping[str, object], columns: Mapping[str, str]) -> None:
    for field, value in values.items():
        entries = value if isinstance(value, list) else [value]
        for found in (unusable_character(e) for e in entries if isinstance(e, str)):
            if found:
                at, sign = found
                what = f"field {columns[field]!r} holds {sign} at character {at}"
                raise Refusal(
                    "unusable_character", f"{what}, which no labelling server stores; remove it"
                )


def _explained(found: Document, path: Path) -> Iterator[Line]:
    number = found.article.row or 0
    raw = path.read_bytes().decode(_ENCODING, "surrogateescape") if found.dropped else ""
    for zone in found.zones:
        if zone.kind in ("headline", "body"):
            yield Line(number, zone.span.of(found.text), zone.kind)
    for dropped in found.dropped:
        yield Line(number, dropped.source.of(raw), dropped.reason)

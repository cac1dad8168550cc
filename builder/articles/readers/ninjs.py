"""ninjs, the JSON format of news agencies (IPTC ninjs 1.x and 2.x): one article for each file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.articles.assembly import Piece
from builder.articles.readers.container import captions, outcomes, paragraphs
from builder.articles.readers.encoding import MARK, decoded
from builder.articles.readers.literal import elements, members, segments
from builder.articles.readers.newsfile import explained
from builder.articles.reading import Line, Outcome, Refusal
from builder.document import Article, Dropped, Fact, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import ArticleFacts

_TIMES = {
    "published_at": ("firstcreated", "firstCreated", "versioncreated", "versionCreated"),
    "updated_at": ("versioncreated", "versionCreated", "contentmodified", "contentModified"),
}
_MAIN = frozenset({"main", "headline", "title", "hl1"})
"""Roles that a main headline or body has; the standard leaves them to the agency."""

_NAMED = {"agency": ("infosources", "infoSources", "provider"), "section": ("genres", "sections")}


def read(path: Path, file: str, facts: ArticleFacts) -> Iterator[Outcome]:
    """Yield the file's document, or why there is none."""
    data = path.read_bytes()
    try:
        yield from _outcomes(data, file, facts)
    except Refusal as refusal:
        yield refusal.rejected(file)


def explain(path: Path) -> Iterator[Line]:
    """Yield the article's paragraphs with their role, or why the file fails."""
    return explained(read, path)


def _outcomes(data: bytes, file: str, facts: ArticleFacts) -> Iterator[Outcome]:
    raw, encoding = decoded(data)
    text = raw.removeprefix(MARK)
    item = _Item(text, len(raw) - len(text), encoding)
    identity = item.value("uri")
    digest = hashlib.sha256(data).hexdigest()
    article = Article(file, digest, encoding, article_id=identity or None)
    headline = [p for part in item.texts("headline", "headlines") for p in _plain(part, encoding)]
    body, left_out = item.body()
    yield from outcomes(headline[:1], body, article, list(item.said()), facts, left_out=left_out)


def _plain(piece: Piece, encoding: str) -> list[Piece]:
    return paragraphs(piece, encoding, marked_up=False)


@dataclass(frozen=True, slots=True)
class _Entry:
    """The `value` of an object in a list: its content type, its place, and what it is for."""

    kind: str
    place: Span
    role: str


class _Item:
    """The members of the JSON object, each with its place."""

    def __init__(self, text: str, start: int, encoding: str) -> None:
        self._text, self._start, self._encoding = text, start, encoding
        try:
            found = members(text)
        except (ValueError, RecursionError) as error:
            raise Refusal("broken_json", f"not a JSON object: {error}") from None
        self._values = {name: value for name, value, _ in found}
        self._places = {name: place for name, _, place in found}

    def value(self, name: str) -> str:
        """Return a member that is a string, or the empty string."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str, plural: str) -> Iterator[Piece]:
        """Yield a member, or the `value` of each object of the list under its plural."""
        if self.value(name):
            yield self._piece(self._places[name])
        for each in self._entries(plural):
            yield self._piece(each.place)

    def body(self) -> tuple[list[Piece], list[Dropped]]:
        """Return the paragraphs of the first body there is - XHTML, HTML or text - and captions."""
        single = [name for name in ("body_xhtml", "body_html", "body_text") if self.value(name)]
        bodies = [_Entry(name, self._places[name], "") for name in single]
        for each in bodies or self._entries("bodies"):
            piece, marked = self._piece(each.place), "html" in each.kind
            found = paragraphs(piece, self._encoding, marked_up=marked)
            return found, captions(piece, self._encoding) if marked else []
        raise Refusal("no_body", "has no body_xhtml, body_html, body_text or bodies")

    def said(self) -> Iterator[Fact]:
        """Yield what the item says about itself."""
        for name, keys in _TIMES.items():
            for key in keys:
                if self.value(key):
                    yield Fact(name, self.value(key), f"ninjs {key}", 0.95)
        for name, key in (("authors", "byline"), ("authors", "by"), ("language", "language")):
            if self.value(key):
                yield Fact(name, self.value(key), f"ninjs {key}", 0.9)
        for name, lists in _NAMED.items():
            for key in lists:
                entries = self._values.get(key)
                for entry in entries if isinstance(entries, list) else ():
                    if isinstance(entry, dict) and isinstance(entry.get("name"), str):
                        yield Fact(name, entry["name"], f"ninjs {key}", 0.9)

    def _entries(self, name: str) -> list[_Entry]:
        """Return the objects in a list that have a `value`, those of the main role first."""
        found = []
        place = self._places.get(name)
        for value, span in elements(self._text, place) if place else ():
            if isinstance(value, dict) and isinstance(value.get("value"), str):
                inner = {n: s for n, _, s in members(span.of(self._text))}["value"]
                kind = str(value.get("contentType", value.get("contenttype", "")))
                role = str(value.get("role", "")).casefold()
                place = Span(span.start + inner.start, span.start + inner.end)
                found.append(_Entry(kind, place, role))
        return sorted(found, key=lambda each: each.role not in _MAIN)

    def _piece(self, place: Span) -> Piece:
        text = json.loads(place.of(self._text))
        mark = len(self._text[:0]) if not self._start else len(MARK.encode(self._encoding))
        found = segments(self._text, place, self._start, mark)
        return Piece(text, found)

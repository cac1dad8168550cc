"""Put a document together from pieces of the raw file, every character with its source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.articles.facts.metadata import Dateline, dateline
from builder.document import Article, Document, Dropped, Segment, Span, Zone, document_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = "\n\n"
"""What stands between headline and paragraphs; it is ours and has no source."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of raw text and where its characters came from; segments count from its start."""

    text: str
    segments: tuple[Segment, ...]

    @property
    def source(self) -> Span:
        """The raw code points from first to last character."""
        return Span(self.segments[0].source.start, self.segments[-1].source.end)

    def cut(self, span: Span, encoding: str) -> Piece:
        """Return the part of the piece in `span`."""
        inside = [s for s in self.segments if s.text.overlaps(span)]
        parts = [_part(self.text, segment, span, encoding) for segment in inside]
        return Piece(span.of(self.text), tuple(moved(part, -span.start) for part in parts))


def whole(text: str, encoding: str) -> Piece:
    """Return a piece for a file that stands for itself, character by character."""
    if not text:
        return Piece("", ())
    chars = Span(0, len(text))
    return Piece(text, (Segment(chars, chars, Span(0, len(text.encode(encoding)))),))


def lines(piece: Piece, encoding: str) -> Iterator[tuple[int, Piece]]:
    r"""Yield number and piece of every line with text, white space at its edges stripped.

    Lines end wherever `str.splitlines` says, so no separator is left inside a
    paragraph.

    >>> [(n, p.text, p.source.start) for n, p in lines(whole("a\n\n b \n", "utf-8"), "utf-8")]
    [(1, 'a', 0), (3, 'b', 4)]
    """
    cutter = Cutter(piece, encoding)
    at = 0
    for number, raw in enumerate(piece.text.splitlines(keepends=True), start=1):
        text = raw.strip()
        if text:
            start = at + raw.index(text)
            yield number, cutter.cut(Span(start, start + len(text)))
        at += len(raw)


class Cutter:
    """Cut rising spans out of a piece without counting its bytes again for each."""

    def __init__(self, piece: Piece, encoding: str) -> None:
        self._piece = piece
        self._encoding = encoding
        self._rest = list(reversed(piece.segments))

    def cut(self, span: Span) -> Piece:
        """Return the part of the piece in `span`; no span starts before an earlier one ended."""
        found = []
        while self._rest and self._rest[-1].text.start < span.end:
            segment = self._rest.pop()
            if segment.text.end > span.end:
                after = Span(span.end, segment.text.end)
                self._rest.append(_part(self._piece.text, segment, after, self._encoding))
            if segment.text.overlaps(span):
                part = _part(self._piece.text, segment, span, self._encoding)
                found.append(moved(part, -span.start))
        return Piece(span.of(self._piece.text), tuple(found))


def document(
    headline: Piece, body: Sequence[Piece], dropped: Sequence[Dropped], article: Article
) -> Document:
    """Join headline and paragraphs into a document; its id follows from the text.

    What the dateline says is added to `article`. There is one zone per
    paragraph. Inside the first, `lead` is the paragraph and `dateline` the
    place and day that it opens with.
    """
    zones = []
    at = 0
    for kind, piece in [("headline", headline), *(("body", paragraph) for paragraph in body)]:
        zones.append(_zone(kind, piece, at))
        at = zones[-1].span.end + len(GAP)
    text = GAP.join(piece.text for piece in (headline, *body))
    opening = dateline(body[0].text)
    zones[2:2] = _nested(body[0], opening, zones[1].span.start, article.encoding)
    if opening:
        article = replace(
            article,
            agency=article.agency or opening.agency,
            dateline_place=opening.place,
            dateline_day=opening.day,
        )
    doc_id = document_id(text)
    ordered = tuple(sorted(dropped, key=lambda d: d.source))
    return Document(doc_id, text, tuple(zones), ordered, article, duplicate_cluster=doc_id)


def _nested(first: Piece, opening: Dateline | None, at: int, encoding: str) -> list[Zone]:
    zones = [_zone("lead", first, at)]
    if opening:
        zones.append(_zone("dateline", first.cut(opening.span, encoding), at + opening.span.start))
    return zones


def _zone(kind: str, piece: Piece, at: int) -> Zone:
    source = tuple(moved(segment, at) for segment in piece.segments)
    return Zone(kind, Span(at, at + len(piece.text)), source)


def moved(segment: Segment, by: int) -> Segment:
    """Return the segment with its place in the text shifted."""
    span = Span(segment.text.start + by, segment.text.end + by)
    return Segment(span, segment.source, segment.data)


def _part(text: str, segment: Segment, span: Span, encoding: str) -> Segment:
    start, end = max(segment.text.start, span.start), min(segment.text.end, span.end)
    if len(segment.text) != len(segment.source):
        return segment
    shift = segment.source.start - segment.text.start
    first = segment.data.start + _bytes(text, segment.text.start, start, encoding)
    # The tail of a long segment keeps its end, so that cutting line by line stays linear.
    to_end = end == segment.text.end
    last = segment.data.end if to_end else first + _bytes(text, start, end, encoding)
    return Segment(Span(start, end), Span(start + shift, end + shift), Span(first, last))


def _bytes(text: str, start: int, end: int, encoding: str) -> int:
    return len(text[start:end].encode(encoding))

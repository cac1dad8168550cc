"""The document: cleaned text, where each character came from, and what was left out.

Offsets everywhere are half-open Unicode code points. Nothing here reads or
writes files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points.

    >>> Span(0, 5).of("Seoul, June 26")
    'Seoul'
    >>> Span(0, 5).overlaps(Span(4, 9)), Span(0, 5).overlaps(Span(5, 9))
    (True, False)
    """

    start: int
    end: int

    def __len__(self) -> int:
        return max(0, self.end - self.start)

    def __contains__(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two ranges share a character."""
        return self.start < other.end and other.start < self.end

    def of(self, text: str) -> str:
        """Return the characters of `text` in this range."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of document characters and the run of raw characters they came from.

    `text` is in code points of the document, `source` in code points and
    `data` in bytes of the raw file. Where `text` and `source` are equally
    long each character maps to its own; otherwise the whole run came from the
    whole source run (a JSON escape, say).
    """

    text: Span
    source: Span
    data: Span


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the document with a function in the article.

    `kind` is headline, body, or - nested inside a body zone - lead, dateline.
    """

    kind: str
    span: Span
    source: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of the raw file that is not in the document, and why.

    `source` is in code points of the raw file (of the row's line for JSONL,
    counted from the start of the file).
    """

    source: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of an article's metadata, where it was said, and how much that is trusted.

    `name` is the article's field; `confidence` is between 0 and 1 and orders
    sources, it is not a measured probability.
    """

    name: str
    value: str
    source: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Article:
    """Where a document came from and what the source says about itself.

    `file` is relative to the project; `row` is the line of a JSONL file, 1-based,
    or None for a file that is one article. Times are ISO 8601 with offset; a
    day that was given without a time stays a day. What nobody stated is None.
    `facts` tell where the values were said.
    """

    file: str
    sha256: str
    encoding: str
    row: int | None = None
    article_id: str | None = None
    url: str | None = None
    publisher: str | None = None
    agency: str | None = None
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    updated_at: str | None = None
    dateline_place: str | None = None
    dateline_day: str | None = None
    language: str | None = None
    license: str | None = None
    section: str | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Cleaned text with zones and provenance; `doc_id` is a hash of the text.

    The text is the headline, a blank line, then the paragraphs separated by
    blank lines. Each paragraph is the raw characters, only its edges stripped.
    """

    doc_id: str
    text: str
    zones: tuple[Zone, ...]
    dropped: tuple[Dropped, ...]
    article: Article
    duplicate_cluster: str
    story: str | None = None

    @property
    def title(self) -> str:
        """The headline, or the empty string."""
        return next((z.span.of(self.text) for z in self.zones if z.kind == "headline"), "")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a span stands in the raw file: code points and bytes, half-open."""

    file: str
    chars: Span
    data: Span


def text_sha256(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def document_id(text: str) -> str:
    """Name a document by its content: other text, other document.

    >>> document_id("Seoul") == document_id("Seoul "), len(document_id("Seoul"))
    (False, 16)
    """
    return text_sha256(text)[:16]


def source_span(document: Document, span: Span) -> tuple[Source, ...]:
    """Return where the characters of `span` stand in the raw file.

    Neighbouring runs are joined, so a span inside one paragraph gives one
    source unless the raw file writes it with escapes that drop out. The blank
    lines between paragraphs are ours and have no source.
    Raises ValueError when the span is not inside the text.
    """
    if not 0 <= span.start <= span.end <= len(document.text):
        raise ValueError(f"{span} is outside the document of {len(document.text)} characters")
    found: list[Source] = []
    for zone in document.zones:
        for segment in zone.source if zone.kind in TOP_ZONES else ():
            if segment.text.overlaps(span):
                _append(found, _cut(document, segment, span))
    return tuple(found)


TOP_ZONES = frozenset({"headline", "body"})
"""Zone kinds that tile the text; the other kinds are nested inside these."""


def _cut(document: Document, segment: Segment, span: Span) -> Source:
    start, end = max(segment.text.start, span.start), min(segment.text.end, span.end)
    if len(segment.text) != len(segment.source):
        return Source(document.article.file, segment.source, segment.data)
    shift = segment.source.start - segment.text.start
    before = _bytes(document, Span(segment.text.start, start))
    inside = _bytes(document, Span(start, end))
    first = segment.data.start + before
    return Source(
        document.article.file, Span(start + shift, end + shift), Span(first, first + inside)
    )


def _bytes(document: Document, span: Span) -> int:
    return len(span.of(document.text).encode(document.article.encoding))


def _append(found: list[Source], source: Source) -> None:
    last = found[-1] if found else None
    if last and last.chars.end == source.chars.start and last.data.end == source.data.start:
        found[-1] = Source(
            source.file,
            Span(last.chars.start, source.chars.end),
            Span(last.data.start, source.data.end),
        )
    else:
        found.append(source)

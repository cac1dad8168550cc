"""Page dumps: the text of a web page, line by line, with all its furniture."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from builder.articles.assembly import Piece, document, lines, whole
from builder.articles.facts.metadata import Byline, byline
from builder.articles.facts.origin import country_of, host_of, publication
from builder.articles.lines.role import line_roles
from builder.articles.readers.encoding import MARK, decoded, decoded_page, unusable_character
from builder.articles.reading import KEPT, Line, Note, Outcome, Refusal
from builder.document import Article, Document, Dropped, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from builder.articles.lines.site_memory import SiteMemory
    from builder.config import ArticleFacts


def read(
    path: Path, file: str, facts: ArticleFacts, memory: SiteMemory | None = None
) -> Iterator[Outcome]:
    """Yield the one document of a page dump, or why there is none, and notes.

    Every raw character that is neither in a zone nor in a dropped span is
    white space at a line's edge or between lines. With a `memory`, lines that
    other pages of the site have too count against being text.
    """
    data = path.read_bytes()
    try:
        page = _Page(data, facts.encoding, memory, site_of(file, facts))
        known = _known(page, facts)
        article = _article(file, data, page.encoding, facts, known)
        found = _document(page, article)
    except Refusal as refusal:
        yield refusal.rejected(file)
        return
    yield from (Note(file, f"time {note}") for note in known.notes)
    yield found


def remember(path: Path, file: str, facts: ArticleFacts, memory: SiteMemory) -> None:
    """Add a page's lines to what is known of its site; a page that cannot be read adds nothing.

    Every page of a batch is remembered before the first is read, so that the
    order of files does not matter.
    """
    try:
        page = _Page(path.read_bytes(), facts.encoding)
    except Refusal:
        return  # `read` will say why
    memory.add(site_of(file, facts), page.texts)


def site_of(file: str, facts: ArticleFacts) -> str:
    """Name the site a page is from: its host, else its publisher, else the file's folder.

    >>> from builder.config import ArticleFacts
    >>> site_of("raw/post/1.txt", ArticleFacts("*")), site_of("1.txt", ArticleFacts("*", "a.org/x"))
    ('raw/post', 'a.org')
    """
    return host_of(facts.url) or facts.publisher or str(PurePosixPath(file).parent)


def explain(
    path: Path, memory: SiteMemory | None = None, site: str = "", encoding: str | None = None
) -> Iterator[Line]:
    """Yield every line that has text, with the zone it goes to or the reason it is dropped.

    A page that cannot be read gives one line: why.
    """
    try:
        page = _Page(path.read_bytes(), encoding, memory, site)
    except Refusal as refusal:
        yield Line(refusal.line or 1, str(refusal), refusal.reason)
        return
    for (number, piece), role in zip(page.lines, page.roles, strict=True):
        yield Line(number, piece.text, role)


class _Page:
    """A page's lines with text, and the role of each.

    `encoding` is the one that people gave; it is for bytes that are not UTF-8.
    """

    def __init__(
        self,
        data: bytes,
        encoding: str | None = None,
        memory: SiteMemory | None = None,
        site: str = "",
    ) -> None:
        self.text, self.encoding = decoded_page(data, encoding) if encoding else decoded(data)
        _check(self.text)
        start = len(MARK) if self.text.startswith(MARK) else 0
        page = whole(self.text, self.encoding)
        inside = page.cut(Span(start, len(self.text)), self.encoding)
        self.lines = list(lines(inside, self.encoding))
        self.texts = [piece.text for _, piece in self.lines]
        self._memory, self._site = memory, site

    @cached_property
    def roles(self) -> list[str]:
        """What each line is."""
        return line_roles(self.texts, self._seen if self._memory else None)

    def _seen(self, body: Sequence[bool]) -> list[int]:
        return self._memory.seen(self._site, self.texts, body)[0] if self._memory else []

    def pieces(self, role: str) -> list[Piece]:
        """Return the lines of one role."""
        named = zip(self.roles, self.lines, strict=True)
        return [piece for own, (_, piece) in named if own == role]


def _check(text: str) -> None:
    if not text.strip(MARK).strip():
        raise Refusal("empty_file", "has no text; put the page's text here")
    found = unusable_character(text)
    if found:
        at, name = found
        what = f"holds {name} at character {at}, which no labelling server stores; remove it"
        raise Refusal("unusable_character", what, text[:at].count("\n") + 1)


def _known(page: _Page, facts: ArticleFacts) -> Byline:
    """Join the bylines that stand between the headline and the second paragraph."""
    if "headline" not in page.roles:
        return Byline()
    head = page.roles.index("headline")
    body = [n for n, role in enumerate(page.roles) if role == "body" and n > head]
    last = body[1] if len(body) > 1 else len(page.roles)
    country = facts.country or country_of(facts.url)
    near = [page.lines[n][1].text for n in range(head, last) if page.roles[n] == "byline"]
    found = [read for line in near if (read := byline(line, country))]
    return Byline(
        agency=next((b.agency for b in found if b.agency), None),
        authors=tuple(dict.fromkeys(name for b in found for name in b.authors)),
        published_at=next((b.published_at for b in found if b.published_at), None),
        updated_at=next((b.updated_at for b in found if b.updated_at), None),
        notes=tuple(note for b in found for note in b.notes),
    )


def _article(file: str, data: bytes, encoding: str, facts: ArticleFacts, page: Byline) -> Article:
    stated = publication(facts)
    if page.published_at and stated and page.published_at.startswith(stated[0].value):
        stated = ()  # the byline has the instant of the day that people gave
    return Article(
        file=file,
        sha256=hashlib.sha256(data).hexdigest(),
        encoding=encoding,
        url=facts.url,
        publisher=facts.publisher,
        agency=page.agency,
        authors=page.authors,
        published_at=stated[0].value if stated else page.published_at,
        updated_at=page.updated_at,
        license=facts.license,
        facts=stated,
    )


def _document(page: _Page, article: Article) -> Document:
    headline, body = page.pieces("headline"), page.pieces("body")
    if not body:
        what = "no line reads like an article's text; see why with `builder ingest --explain FILE`"
        raise Refusal("no_body", what)
    if not headline:
        what = "no line above the text reads like a headline; put it on a line above the text"
        raise Refusal("no_headline", what)
    named = zip(page.roles, page.lines, strict=True)
    dropped = [Dropped(piece.source, role) for role, (_, piece) in named if role not in KEPT]
    if page.text.startswith(MARK):
        dropped.append(Dropped(Span(0, len(MARK)), "byte_order_mark"))
    return document(headline[0], body, dropped, article)

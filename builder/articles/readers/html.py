"""Web pages: the article's text, with every character's place in the raw HTML."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.articles.assembly import Piece, whole
from builder.articles.facts.language import language
from builder.articles.facts.origin import byline_facts, country_of, day_in_url, known
from builder.articles.readers.encoding import MARK, decoded_page
from builder.articles.reading import Line, Note, Outcome, Refusal
from builder.articles.webpages.webpage import Webpage
from builder.document import Article, Dropped, Fact, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import ArticleFacts
    from builder.document import Document


def read(path: Path, file: str, facts: ArticleFacts) -> Iterator[Outcome]:
    """Yield the one document of a page, or why there is none, and notes.

    Kept and dropped spans cover the page, but for white space.
    """
    data = path.read_bytes()
    try:
        yield from read_page(data, Article(file, hashlib.sha256(data).hexdigest(), ""), facts)
    except Refusal as refusal:
        yield refusal.rejected(file)


def explain(path: Path, facts: ArticleFacts | None = None) -> Iterator[Line]:
    """Yield every block of the page that has text, with its role; or one line: why it fails."""
    try:
        text, encoding = decoded_page(path.read_bytes(), facts.encoding if facts else None)
        base = _without_mark(text, encoding)
        found = Webpage(base, encoding)
        shown = list(zip(found.page.blocks, found.words, found.roles, strict=True))
        yield from _numbered(base.text, [(b.source.start, w, role) for b, w, role in shown])
        found.check()
    except Refusal as refusal:
        yield Line(refusal.line or 1, str(refusal), refusal.reason)


def read_page(data: bytes, article: Article, facts: ArticleFacts) -> Iterator[Outcome]:
    """Yield document and notes of a page's bytes; raises Refusal when it is no article."""
    text, encoding = decoded_page(data, facts.encoding)
    base = _without_mark(text, encoding)
    found, notes = page_document(base, replace(article, encoding=encoding), facts)
    if len(base.text) < len(text):
        mark = Dropped(Span(0, len(MARK)), "byte_order_mark")
        found = replace(found, dropped=(mark, *found.dropped))
    where = article.file if article.row is None else f"{article.file}:{article.row}"
    yield from (Note(where, note) for note in notes)
    yield found


def page_document(
    base: Piece, article: Article, facts: ArticleFacts
) -> tuple[Document, tuple[str, ...]]:
    """Return the document of a page and what of its metadata could not be used."""
    webpage = Webpage(base, article.encoding)
    said = list(webpage.said.facts)
    url = article.url or facts.url or next((f.value for f in said if f.name == "url"), None)
    country = facts.country or country_of(url)
    printed, notes = byline_facts(webpage.bylines(), country)
    dated = day_in_url(url)
    all_facts = [*said, *printed, *webpage.marked(country), *([dated] if dated else [])]
    all_facts += _language(webpage.text())
    found = known(article, all_facts, facts)
    return webpage.document(found.article), (*notes, *found.notes)


def _language(text: str) -> list[Fact]:
    found = language(text)
    return [Fact("language", found[0], "text", round(found[1], 3))] if found else []


def _without_mark(text: str, encoding: str) -> Piece:
    page = whole(text, encoding)
    if not text.startswith(MARK):
        return page
    return page.cut(Span(len(MARK), len(text)), encoding)


def _numbered(raw: str, shown: list[tuple[int, str, str]]) -> Iterator[Line]:
    number, at = 1, 0
    for start, words, role in shown:
        number, at = number + raw.count("\n", at, start), start
        yield Line(number, words, role)

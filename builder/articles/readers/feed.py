"""RSS and Atom files whose entries hold the article, one document for each entry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.articles.readers.container import captions, outcomes, paragraphs
from builder.articles.readers.newsfile import NewsFile, explained
from builder.articles.readers.xmltree import Node, content
from builder.articles.reading import Line, Outcome, Refusal, Rejected
from builder.articles.webpages.webpage import word_count
from builder.document import Dropped, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import ArticleFacts

ENTRIES = ("item", "entry")
CONTENT = ("encoded", "content", "description", "summary")
"""Elements that may hold an entry's text, the fullest first."""

_FIELDS = {
    "published_at": ("pubDate", "published", "date", "issued"),
    "updated_at": ("updated", "modified"),
    "section": ("category",),
    "license": ("license", "rights"),
}
_FOOTER = re.compile(r"The post .+ (?:appeared first on|first appeared on) .+", re.DOTALL)
"""What feeds of the commonest publishing system put below every entry."""

_LEAST = 40  # words; what is shorter is a teaser, not the article


def read(path: Path, file: str, facts: ArticleFacts) -> Iterator[Outcome]:
    """Yield a document for each entry with an article's text, a rejection for each other one.

    `row` is the entry's number; spans count in the file.
    """
    try:
        news = NewsFile(path.read_bytes(), file)
    except Refusal as refusal:
        yield refusal.rejected(file)
        return
    number = 0
    for number, entry in enumerate(news.top.all(*ENTRIES), start=1):
        try:
            yield from _entry(news, entry, number, facts)
        except Refusal as refusal:
            refusal.line = news.line(entry)
            yield refusal.rejected(file)
    if not number:
        yield Rejected(file, None, "empty_file", "is a feed without entries")


def explain(path: Path) -> Iterator[Line]:
    """Yield every paragraph of every entry with its role, or why an entry fails."""
    return explained(read, path)


def _entry(news: NewsFile, entry: Node, number: int, facts: ArticleFacts) -> Iterator[Outcome]:
    title, text = entry.first("title"), entry.first(*CONTENT)
    if text is None:
        raise Refusal("no_body", "has no content, description or summary")
    inside = content(text, news.whole, news.encoding)
    body = paragraphs(inside, news.encoding, marked_up=True)
    left_out = captions(inside, news.encoding)
    if body and _FOOTER.match(body[-1].text):
        left_out.append(Dropped(body.pop().source, "feed_footer"))
    count = word_count(piece.text for piece in body)
    if count < _LEAST and text.name in {"description", "summary"}:
        what = f"has only a teaser (words: {count}); fetch the article behind its link"
        raise Refusal("teaser_only", what)
    headline = news.paragraphs(title) if title else []
    identity = entry.first("guid", "id")
    article = news.article(number, identity.text(news.raw) if identity else None)
    yield from outcomes(headline, body, article, list(_said(news, entry)), facts, left_out=left_out)


def _said(news: NewsFile, entry: Node) -> Iterator[Fact]:
    for name, elements in _FIELDS.items():
        for element in elements:
            for node in entry.all(element):
                value = node.text(news.raw) or node.attribute("term")
                if value:
                    yield Fact(name, value, f"feed {element}", 0.9)
    for node in entry.all("author", "creator"):
        person = node.first("name") or node
        if person.text(news.raw):
            yield Fact("authors", person.text(news.raw), f"feed {node.name}", 0.9)
    for node in entry.all("link"):
        address = node.attribute("href") or node.text(news.raw)
        if address and node.attribute("rel") in {"", "alternate"}:
            yield Fact("url", address, "feed link", 0.95)
    outlet = next(iter(news.top.all("title")), None)
    if outlet and outlet not in list(entry.all("title")):
        yield Fact("publisher", outlet.text(news.raw), "feed title", 0.7)

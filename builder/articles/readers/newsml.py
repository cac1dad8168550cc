"""NewsML-G2 (IPTC): a document for each news item with text, inside a message or alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.articles.readers.container import outcomes, paragraphs
from builder.articles.readers.newsfile import NewsFile, explained
from builder.articles.readers.xmltree import content
from builder.articles.reading import Line, Outcome, Refusal, Rejected
from builder.document import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.articles.readers.xmltree import Node
    from builder.config import ArticleFacts

_TEXTS = ("body.content", "body", "inlineXML", "inlineData")


def read(path: Path, file: str, facts: ArticleFacts) -> Iterator[Outcome]:
    """Yield a document for each item with text; `row` is the item's number."""
    try:
        news = NewsFile(path.read_bytes(), file)
    except Refusal as refusal:
        yield refusal.rejected(file)
        return
    number = 0
    for number, item in enumerate(news.top.all("newsItem"), start=1):
        try:
            yield from _item(news, item, number, facts)
        except Refusal as refusal:
            refusal.line = news.line(item)
            yield refusal.rejected(file)
    if not number:
        yield Rejected(file, None, "empty_file", "has no <newsItem>")


def explain(path: Path) -> Iterator[Line]:
    """Yield the paragraphs of every item with their role, or why an item fails."""
    return explained(read, path)


def _item(news: NewsFile, item: Node, number: int, facts: ArticleFacts) -> Iterator[Outcome]:
    contents = item.first("contentSet")
    text = contents.first(*_TEXTS) if contents else None
    if text is None:
        raise Refusal("no_body", "has no text inline; pictures and packages are not read")
    meta = item.first("contentMeta") or item
    title = meta.first("headline") or item.first("hl1", "title", "headline")
    headline = news.paragraphs(title)[:1] if title else []
    article = news.article(number, item.attribute("guid") or None)
    said = list(_said(news, item, meta))
    if text.attribute("contenttype").startswith("text/plain"):
        body = paragraphs(content(text, news.whole, news.encoding), news.encoding, marked_up=False)
        yield from outcomes(headline, body, article, said, facts)
        return
    body = news.paragraphs(text)
    yield from outcomes(headline, body, article, said, facts, left_out=news.captions(text))


def _said(news: NewsFile, item: Node, meta: Node) -> Iterator[Fact]:
    fields = {
        "published_at": ("contentCreated", "firstCreated", "versionCreated"),
        "updated_at": ("contentModified", "versionCreated"),
    }
    for name, elements in fields.items():
        for element in elements:
            for node in item.all(element):
                yield Fact(name, node.text(news.raw), f"newsml {element}", 0.95)
    for node in meta.all("creator", "by"):
        person = node.first("name") or node
        if person.text(news.raw):
            yield Fact("authors", person.text(news.raw), f"newsml {node.name}", 0.9)
    for node in item.all("provider"):
        outlet = node.first("name")
        value = outlet.text(news.raw) if outlet else node.attribute("literal")
        if value:
            yield Fact("agency", value, "newsml provider", 0.9)
    for node in meta.all("language"):
        if node.attribute("tag"):
            yield Fact("language", node.attribute("tag"), "newsml language", 0.95)

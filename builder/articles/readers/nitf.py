"""NITF, the older XML format of news agencies (IPTC NITF 3.x): one article for each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.articles.readers.container import outcomes
from builder.articles.readers.newsfile import NewsFile, explained
from builder.articles.reading import Line, Outcome, Refusal
from builder.document import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import ArticleFacts


def read(path: Path, file: str, facts: ArticleFacts) -> Iterator[Outcome]:
    """Yield the file's document, or why there is none."""
    try:
        yield from _article(NewsFile(path.read_bytes(), file), facts)
    except Refusal as refusal:
        yield refusal.rejected(file)


def explain(path: Path) -> Iterator[Line]:
    """Yield the article's paragraphs with their role, or why the file fails."""
    return explained(read, path)


def _article(news: NewsFile, facts: ArticleFacts) -> Iterator[Outcome]:
    text = news.top.first("body.content")
    if text is None:
        raise Refusal("no_body", "has no <body.content>")
    title = news.top.first("hl1", "hedline", "title")
    headline = news.paragraphs(title)[:1] if title else []
    identity = news.top.first("doc-id")
    article = news.article(None, identity.attribute("id-string") if identity else None)
    said = [*_times(news), *_sources(news)]
    body, left_out = news.paragraphs(text), news.captions(text)
    yield from outcomes(headline, body, article, said, facts, left_out=left_out)


def _times(news: NewsFile) -> Iterator[Fact]:
    times = {"published_at": ("date.issue", "date.release"), "updated_at": ("date.revised",)}
    for name, elements in times.items():
        for node in news.top.all(*elements):
            yield Fact(name, node.attribute("norm"), f"nitf {node.name}", 0.95)


def _sources(news: NewsFile) -> Iterator[Fact]:
    for node in news.top.all("byline"):
        people = list(node.all("person")) or [node]
        for person in people:
            yield Fact("authors", person.text(news.raw), "nitf byline", 0.9)
    for node in news.top.all("distributor"):
        yield Fact("agency", node.text(news.raw), "nitf distributor", 0.9)
    for node in news.top.all("doc.copyright"):
        if node.attribute("holder"):
            yield Fact("publisher", node.attribute("holder"), "nitf doc.copyright", 0.8)
    for node in news.top.all("pubdata"):
        for name, key in (("publisher", "name"), ("section", "position.section")):
            if node.attribute(key):
                yield Fact(name, node.attribute(key), f"nitf pubdata {key}", 0.8)

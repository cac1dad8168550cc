"""What a page's structured data say about its article: JSON-LD and meta tags."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from builder.articles.webpages.markup import attributes
from builder.document import Fact, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.articles.webpages.markup import Page

META = {
    "title": ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title",
              "dcterms.title", "headline"),
    "published_at": ("article:published_time", "og:article:published_time", "datepublished",
                     "article:published", "article.published", "parsely-pub-date", "sailthru.date",
                     "article_date_original", "datelastpubbed", "published_at", "publish-date",
                     "publication_date", "cxenseparse:recs:publishtime", "pubdate", "pub_date",
                     "dc.date.issued", "dcterms.created", "dcterms.date", "dc.date",
                     "og:published_time", "citation_publication_date", "date"),
    "updated_at": ("article:modified_time", "og:article:modified_time", "datemodified",
                   "article:modified", "article.updated", "article_date_updated", "og:updated_time",
                   "dcterms.modified", "last-modified"),
    "authors": ("author", "parsely-author", "sailthru.author", "article:author", "article_author",
                "dc.creator", "dcterms.creator", "citation_author"),
    "publisher": ("og:site_name", "application-name", "publisher", "dc.publisher"),
    "section": ("article:section", "articlesection", "parsely-section", "article.section"),
    "language": ("og:locale", "inlanguage", "language", "content-language", "dc.language"),
    "url": ("og:url",),
    "license": ("license", "dcterms.license", "dc.rights"),
}  # fmt: skip
"""Which meta tags tell what, the surest first."""

_SURE = {"json-ld": 0.95, "meta": 0.9, "itemprop": 0.9, "time": 0.75, "byline": 0.8, "url": 0.6}
_ARTICLE = re.compile(
    r"(?:Article|BlogPosting|Report|LiveBlog\w*|Review|NewsMedia)$", re.IGNORECASE
)
_NO_ARTICLE = re.compile(r"(?:CollectionPage|SearchResultsPage|ItemList|ProfilePage)$")
_STRING = r"\"((?:[^\"\\\\]|\\\\.)*)\""
_KEYS = ("headline", "datePublished", "dateModified", "articleBody", "articleSection", "inLanguage")
_DEEPEST = 8  # levels of JSON-LD that are looked into
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Statements:
    """What the page says: facts in the order of trust, the body's paragraphs, kind and access."""

    facts: tuple[Fact, ...]
    body: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    free: bool = True
    title_places: tuple[Span, ...] = ()

    def of(self, name: str) -> list[Fact]:
        """Return the facts of one name."""
        return [fact for fact in self.facts if fact.name == name]

    @property
    def is_article(self) -> bool:
        """Tell whether the page calls itself an article."""
        return any(_ARTICLE.search(kind) for kind in self.kinds)

    @property
    def is_index(self) -> bool:
        """Tell whether the page calls itself a list of others, and not an article."""
        return not self.is_article and any(_NO_ARTICLE.search(kind) for kind in self.kinds)


def statements(page: Page) -> Statements:
    """Return what the page's JSON-LD and meta tags say; broken data are read as far as they go."""
    nodes = list(_nodes(page))
    articles = [node for node in nodes if _is_article(node)]
    people = {str(node["@id"]): node for node in nodes if "@id" in node and "name" in node}
    facts = [fact for node in articles for fact in _linked(node, people)]
    metas = list(_metas(page))
    facts += [*_meta(metas), *_labelled(metas)]
    titles = tuple(place for key, _, place in metas if key in META["title"])
    body = next((text for node in articles if (text := _text(node.get("articleBody")))), "")
    free = not any(str(node.get("isAccessibleForFree")).lower() == "false" for node in articles)
    kinds = frozenset(kind for node in nodes for kind in _kinds(node))
    return Statements(tuple(facts), _paragraphs(body), kinds, free, titles)


def _nodes(page: Page) -> Iterator[dict[str, object]]:
    for silent in page.silent:
        if silent.tag == "script" and "ld+json" in silent.attributes:
            text = silent.content.of(page.raw).strip()
            try:
                # Line breaks inside strings are wrong and frequent.
                yield from _flat(json.loads(text, strict=False))
            except (ValueError, RecursionError):
                yield _rescued(text)


def _flat(value: object, depth: int = 0) -> Iterator[dict[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _flat(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "author"):
            yield from _flat(value.get(key), depth + 1)


def _rescued(text: str) -> dict[str, object]:
    """Read single members out of JSON that is broken somewhere."""
    found: dict[str, object] = {}
    kind = re.search(rf'"@type"\s*:\s*{_STRING}', text)
    found["@type"] = kind[1] if kind else ""
    for key in _KEYS:
        match = re.search(rf'"{key}"\s*:\s*({_STRING})', text)
        if match:
            found[key] = _loaded(match[1])
    author = re.search(rf'"author"\s*:[\s\[{{]*(?:"@type"[^,]*,\s*)?"name"\s*:\s*({_STRING})', text)
    if author:
        found["author"] = _loaded(author[1])
    return found


def _loaded(literal: str) -> str:
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return ""


def _kinds(node: dict[str, object]) -> list[str]:
    kind = node.get("@type")
    return [str(k) for k in kind] if isinstance(kind, list) else [str(kind)] if kind else []


def _is_article(node: dict[str, object]) -> bool:
    return any(_ARTICLE.search(kind) for kind in _kinds(node))


def _linked(node: dict[str, object], people: dict[str, dict[str, object]]) -> Iterator[Fact]:
    plain = {
        "title": "headline", "published_at": "datePublished", "updated_at": "dateModified",
        "section": "articleSection", "language": "inLanguage", "url": "url", "license": "license",
    }  # fmt: skip
    for name, key in plain.items():
        for value in _names(node.get(key), people):
            yield Fact(name, value, f"json-ld {key}", _SURE["json-ld"])
    for name, key in {"authors": "author", "publisher": "publisher"}.items():
        for value in _names(node.get(key), people):
            yield Fact(name, value, f"json-ld {key}", _SURE["json-ld"])


def _names(value: object, people: dict[str, dict[str, object]]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _names(item, people)
    elif isinstance(value, dict):
        known = people.get(str(value.get("@id")), value)
        name = known.get("name") or known.get("alternateName")
        yield from _names(name, {}) if not isinstance(name, dict) else ()
    elif isinstance(value, str) and value.strip():
        yield " ".join(unescape(value).split())


def _metas(page: Page) -> Iterator[tuple[str, str, Span]]:
    """Yield key, content and the content's raw place of every meta tag that has both."""
    for place in page.metas:
        found = attributes(place.of(page.raw), place.start)
        names = (found.get(key, ("", place))[0] for key in _META_KEYS)
        key = next((name for name in names if name.strip()), "").strip().lower()
        content, where = found.get("content", ("", place))
        if key and content.strip():
            yield key, " ".join(content.split()), where


def _meta(metas: list[tuple[str, str, Span]]) -> Iterator[Fact]:
    for name, keys in META.items():
        for wanted in keys:
            for key, value, _ in metas:
                if key == wanted:
                    yield Fact(name, value, f"meta {key}", _SURE["meta"])


def _labelled(metas: list[tuple[str, str, Span]]) -> Iterator[Fact]:
    """Read the pairs of label and value that pages give for previews of their links."""
    said = {key: value for key, value, _ in metas}
    for key, label in said.items():
        if key.startswith("twitter:label") and _WRITTEN_BY.fullmatch(label):
            data = key.replace("label", "data")
            if data in said:
                yield Fact("authors", said[data], f"meta {data}", _SURE["meta"])


_WRITTEN_BY = re.compile(r"(?:written )?by|author", re.IGNORECASE)
_META_KEYS = ("property", "name", "itemprop", "http-equiv")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _paragraphs(body: str) -> tuple[str, ...]:
    """Return the lines of an article's body; some pages put escaped HTML there."""
    plain = _TAG.sub("\n", unescape(body)) if "<" in body or "&" in body else body
    return tuple(line.strip() for line in plain.splitlines() if line.strip())

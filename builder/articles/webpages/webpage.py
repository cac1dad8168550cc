"""A web page as an article: what each block of it is, and whether there is an article at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.articles.assembly import Cutter, document
from builder.articles.facts.metadata import byline
from builder.articles.reading import KEPT, Refusal
from builder.articles.webpages.anchor import bare
from builder.articles.webpages.main_text import main_text
from builder.articles.webpages.markup import Block, Element, page, pieces, units
from builder.articles.webpages.nearby import NEAR, from_headline, nearby_facts, surroundings
from builder.articles.webpages.structured import statements
from builder.document import Dropped, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from builder.articles.assembly import Piece
    from builder.articles.webpages.markup import Page
    from builder.articles.webpages.structured import Statements
    from builder.document import Article, Document, Fact

REASONS = {
    "after_article": "below the body, not part of it",
    "byline": "who wrote it and when; read into the article's facts",
    "byte_order_mark": "the mark at the start of the file",
    "caption": "what stands under a picture or video",
    "markup": "tags, scripts, styles and what else a page does not show as text",
    "navigation": "above the headline: menus, sections, tickers",
    "page_furniture": "between the paragraphs: share bars, prompts, boxes",
    "related_stories": "links to other articles",
    "repeated_headline": "the headline once more",
    "unusable_character": "NUL, which no page shows and no labelling server stores",
}
"""Every reason for which raw text of a page is left out, and what it means."""

_LINKED = 0.5  # share of links from which a block is a link
_HEADINGS = ("h1", "h2", "h3")
_SIMILAR = 0.6  # share of the page title that a heading must have to be the headline
_FREE = 150  # words from which a text behind a paywall is more than a stub
_INDEX = 0.45  # share of linked characters in the body from which it is a list of links
_LEAST = 20  # words; a shorter text is no article
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese letters: no spaces between words."""


class Webpage:
    """A page's blocks with the role of each, and what its structured data say.

    `base` is the page's HTML with its source in the raw file.
    """

    def __init__(self, base: Piece, encoding: str) -> None:
        self._base, self._encoding = base, encoding
        self.page = page(base.text)
        self.words = [block.words(base.text) for block in self.page.blocks]
        self.said = statements(self.page)
        self.body, self.lost = main_text(self.page, self.words, self.said.body)
        self.headline = _headline(self.page, self.words, self.body, self.said)
        self.roles = list(_roles(self.page, self.words, self.body, self.headline))

    def check(self) -> None:
        """Raise Refusal that says why the page is no article; do nothing when it is one."""
        if not self.words:
            raise Refusal("empty_page", "shows no text; save the page after it has loaded")
        size = word_count(self._texts("body"))
        if not self.said.free and size < _FREE:
            what = f"is a paywall stub: the page says it is not free and shows {size} words"
            raise Refusal("paywall_stub", f"{what}; save the page as a subscriber sees it")
        why = self._no_article(size)
        if why:
            raise Refusal("not_an_article", f"{why}; see why with `builder ingest --explain FILE`")
        if not self.titles():
            what = "has no heading and no title; write one into <title>"
            raise Refusal("no_headline", what)

    def titles(self) -> list[Block]:
        """Return the headline's block, or what the page's head gives as its title."""
        if self.headline is not None:
            return [self.page.blocks[self.headline]]
        places = self.said.title_places or tuple(
            s.content for s in self.page.silent if s.tag == "title"
        )
        nowhere = Element("title", "", None)
        return [Block(nowhere, [p]) for p in places if p.of(self._base.text).strip()][:1]

    def document(self, article: Article) -> Document:
        """Return the page as a document; raises Refusal when there is no article in it."""
        self.check()
        kept = [b for b, role in zip(self.page.blocks, self.roles, strict=True) if role == "body"]
        titles = self.titles()
        headline = pieces(titles, self._base, self._encoding)[0]
        body = pieces(kept, self._base, self._encoding)
        return document(headline, body, self._dropped([*titles, *kept]), article)

    def text(self) -> str:
        """Return the body, a line for each block."""
        return "\n".join(self._texts("body"))

    def bylines(self) -> list[str]:
        """Return the texts that say who wrote it and when, those below the headline first."""
        found = [n for n, role in enumerate(self.roles) if role == "byline"]
        return [self.words[n] for n in from_headline(found, self.headline or 0)]

    def marked(self, country: str | None) -> list[Fact]:
        """Return what tags and texts between headline and body say of author and time."""
        around = surroundings(self.page, self.words, self.roles, self.headline)
        return nearby_facts(around, country)

    def _texts(self, wanted: str) -> list[str]:
        return [text for text, role in zip(self.words, self.roles, strict=True) if role == wanted]

    def _no_article(self, size: int) -> str:
        body = [n for n, role in enumerate(self.roles) if role == "body"]
        if size < _LEAST:
            return f"has {size} words that read like an article's text"
        if self.said.is_index:
            return "calls itself a list of other pages"
        linked = sum(self.page.blocks[n].linked for n in body)
        total = sum(len(run) for n in body for run in self.page.blocks[n].runs)
        if linked > _INDEX * total and not self.said.is_article:
            return f"is a list of links: {100 * linked // total} % of its text is linked"
        return ""

    def _dropped(self, kept: Sequence[Block]) -> list[Dropped]:
        """Name everything between the kept runs: blocks by their role, the rest as markup."""
        raw = self._base.text
        labelled = [(unit, "") for block in kept for unit, _ in units(block, raw)]
        for block, role in zip(self.page.blocks, self.roles, strict=True):
            if role not in KEPT:
                labelled.append((block.source, role))
        found: list[tuple[Span, str]] = []
        at = 0
        for span, role in [*sorted(labelled), (Span(len(raw), len(raw)), "")]:
            gap = Span(at, span.start)
            joins = role and found and found[-1][1] == role
            if gap.of(raw).strip() and not joins:
                found.append((gap, _gap_reason(gap.of(raw))))
            if joins:
                found[-1] = (Span(found[-1][0].start, span.end), role)
            elif role:
                found.append((span, role))
            at = span.end
        cutter = Cutter(self._base, self._encoding)
        return [Dropped(cutter.cut(span).source, reason) for span, reason in found]


def word_count(texts: Iterable[str]) -> int:
    """Count words; in scripts without spaces two letters stand for one.

    >>> word_count(["Talks ended on Friday.", "\u4f1a\u8c08\u5df2\u7ecf\u7ed3\u675f\u3002"])
    7
    """
    return sum(max(len(text.split()), len(_SPACELESS.findall(text)) // 2) for text in texts)


def _gap_reason(text: str) -> str:
    return "markup" if text.replace("\0", "").strip() else "unusable_character"


def _headline(
    page: Page, words: Sequence[str], body: Sequence[bool], said: Statements
) -> int | None:
    """Return the block that is the headline: what the page's head says, else its heading."""
    first = next((n for n, kept in enumerate(body) if kept), len(words))
    stated = [bare(fact.value).casefold() for fact in said.of("title")]
    stated += [bare(s.content.of(page.raw)).casefold() for s in page.silent if s.tag == "title"]
    best, found = 0.0, None
    for n, text in enumerate(words[: first + 2]):
        tag = page.blocks[n].element.tag
        name = bare(text).casefold()
        if tag not in _HEADINGS and name not in stated:
            continue
        share = max((_share(name, title) for title in stated), default=0.0)
        score = share + {"h1": 0.5, "h2": 0.1}.get(tag, 0.0)
        score += 0.2 * (n - first) / max(first, 1) if n < first else 0.0
        if score > best and (share >= _SIMILAR or tag == "h1"):
            best, found = score, n
    return found


def _share(heading: str, title: str) -> float:
    """Return how much of the title the heading is; titles often add the site's name.

    >>> _share("talksend", "talksend|thepost"), _share("sport", "talksend")
    (0.9, 0.0)
    """
    if heading == title:
        return 1.0
    if len(heading) >= _LEAST_HEADING and (title.startswith(heading) or heading.startswith(title)):
        return 0.9
    return 0.7 if len(heading) >= _LEAST_HEADING and heading in title else 0.0


_LEAST_HEADING = 8
_FIGURE = frozenset({"figcaption", "figure"})


def _roles(
    page: Page, words: Sequence[str], body: Sequence[bool], headline: int | None
) -> Iterator[str]:
    kept = [n for n, taken in enumerate(body) if taken]
    first, last = (kept[0], kept[-1]) if kept else (len(words), -1)
    title = words[headline] if headline is not None else ""
    top = headline if headline is not None else first
    figures: dict[int, bool] = {}
    for n, text in enumerate(words):
        if n == headline:
            yield "headline"
        elif text == title:
            yield "repeated_headline"
        elif body[n]:
            yield "body"
        elif _in_figure(page.blocks[n].element, figures):
            yield "caption"
        elif top - NEAR <= n <= first + NEAR and byline(text):
            yield "byline"
        elif n < top:
            yield "navigation"
        elif n > last:
            yield "after_article"
        else:
            yield "related_stories" if _is_link(page.blocks[n]) else "page_furniture"


def _in_figure(element: Element, known: dict[int, bool]) -> bool:
    """Tell whether an element is part of a figure; `known` remembers it of all that were asked."""
    found = known.get(id(element))
    if found is None:
        parent = element.parent
        found = element.tag in _FIGURE or bool(parent and _in_figure(parent, known))
        known[id(element)] = found
    return found


def _is_link(block: Block) -> bool:
    return block.linked > _LINKED * sum(len(run) for run in block.runs)

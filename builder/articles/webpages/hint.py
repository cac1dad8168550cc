"""What the elements that a block stands in hint at by their tags and class names.

Nothing here knows a site or a language: the names are those that page builders
use everywhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from builder.articles.webpages.markup import Block, Element

    Matrix = NDArray[np.float32]
    Marks = tuple[int, int, int]

_HINTS = {
    "related": r"relat|recommend|trending|popular|teaser|most-?read|read-?(?:more|next|also)|more-"
    r"|promo|card|outbrain|taboola|recirc|suggest|further|see-?also|latest",
    "share": r"share|sharing|social|follow|toolbar|tools|actions|buttons?\b|print",
    "comment": r"comment|disqus|respond|reply|discussion",
    "caption": r"caption|credit|image|photo|picture|media|gallery|video|player|slide|figure|thumb",
    "author": r"author|byline|\bbio\b|contributor|writer|profile|avatar",
    "signup": r"newsletter|subscri|sign-?up|signup|paywall|\bcta\b|register|donat|support|banner",
    "ad": r"\bads?\b|\bad[-_]|[-_]ads?\b|advert|sponsor|dfp|\bgpt\b",
    "body": r"body|content|article|story|entry|post|text|prose|rich|main|paragraph",
    "foot": r"foot|copyright|legal|disclaim|cookie|consent|gdpr|modal|popup|overlay",
    "tag": r"\btags?\b|\btag-|topics?|breadcrumb|categor|keyword|label|taxonom",
    "menu": r"\bnav|menu|sidebar|\bside\b|aside|rail|widget|header|masthead|search|toc\b|contents",
    "meta": r"meta|date|time|publish|stamp|info|dateline",
    "head": r"title|headline|heading|subtitle|standfirst|\bdek\b|summary|lead|intro|excerpt",
    "quote": r"quote|highlight|callout|fact|box|infobox|note",
    "hidden": r"hidden|display:none|sr-only|visually|screen-?reader|collapse|tooltip",
}
_HINT = re.compile("|".join(f"(?P<{name}>{text})" for name, text in _HINTS.items()))
_BITS = {name: 1 << number for number, name in enumerate(_HINTS)}
_TAGS = ("p", "li", "h", "div", "td", "figcaption", "blockquote", "section", "article", "span")
_TAG_BITS = {name: 1 << number for number, name in enumerate(_TAGS)}
_TAG_BITS |= dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "hr"), _TAG_BITS["h"])
_AROUND = {
    name: 1 << number
    for number, name in enumerate(
        ("article", "main", "nav", "aside", "footer", "header", "figure", "form", "ul", "table",
         "blockquote", "ol", "dl", "section")
    )
}  # fmt: skip
_CLASS = re.compile(r"(?:class|id|itemprop|style|role|data-component|data-testid)\s*=\s*"
                    r"(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)  # fmt: skip
_AFTER_COLON = re.compile(r":\s+")
_REMEMBERED = 16384  # attribute texts; the pages of a site share most


def hint_traits(blocks: Sequence[Block]) -> Matrix:
    """Return a row of noughts and ones for each block.

    They are its tag, the elements around it, what its own names hint at, and
    what those of the elements around it do.
    """
    known: dict[int, Marks] = {}
    rows = []
    for block in blocks:
        element = block.element
        own, above, around = _marks(element, known)
        own |= _marks(element.parent, known)[0] if element.parent else 0
        rows.append((_TAG_BITS.get(element.tag, 0), around, own, above))
    bits = np.array(rows, np.int32).reshape(-1, 4).T
    shown = zip(bits, (len(_TAGS), len(_AROUND), len(_HINTS), len(_HINTS)), strict=True)
    return np.hstack([column[:, None] >> np.arange(wide) & 1 for column, wide in shown]).astype(
        np.float32
    )


def _marks(element: Element, known: dict[int, Marks]) -> Marks:
    """Return the hints of an element's own names, of all names above, and the tags above."""
    found = known.get(id(element))
    if found is None:
        parent = element.parent
        _, above, around = _marks(parent, known) if parent else (0, 0, 0)
        inner = element.attributes and element.tag not in {"body", "html"}
        own = _hints(element.attributes) if inner else 0
        found = known[id(element)] = own, above | own, around | _AROUND.get(element.tag, 0)
    return found


@lru_cache(_REMEMBERED)
def _hints(attributes: str) -> int:
    """Return the kinds of thing that an element's class names hint at, a bit for each."""
    found = 0
    for text in _CLASS.findall(attributes):
        for name in _AFTER_COLON.sub(":", text).lower().split():
            found |= _hints_of_name(name)
    return found


@lru_cache(_REMEMBERED)
def _hints_of_name(name: str) -> int:
    found = 0
    for hint in _HINT.finditer(name):
        found |= _BITS[hint.lastgroup or ""]
    return found

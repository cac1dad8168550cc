"""What a model sees of a block of a web page: its text, its place, its elements, its neighbours.

Nothing here knows a site or a language: class names and hints are those that
page builders use everywhere, and the text is measured, not read.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from builder.articles.markup import Block, Element

    Matrix = NDArray[np.float32]

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
    "hidden": r"hidden|display:\s*none|sr-only|visually|screen-?reader|collapse|tooltip",
}
_HINT = re.compile("|".join(f"(?P<{name}>{text})" for name, text in _HINTS.items()))
_BITS = {name: 1 << number for number, name in enumerate(_HINTS)}
_TAGS = ("p", "li", "h", "div", "td", "figcaption", "blockquote", "section", "article", "span")
_AROUND = {
    name: 1 << number
    for number, name in enumerate(
        ("article", "main", "nav", "aside", "footer", "header", "figure", "form", "ul", "table",
         "blockquote", "ol", "dl", "section")
    )
}  # fmt: skip
_AROUND_BITS = tuple(_AROUND.values())
_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*$")
_CLASS = re.compile(r"(?:class|id|itemprop|style|role|data-component|data-testid)\s*=\s*"
                    r"(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)  # fmt: skip
_PROMPT = re.compile(
    r"(?:read|see|watch|listen|learn|find|click|tap|view|share|follow|sign|subscribe|join|related"
    r"|also|more|photo|image|picture|credit|source|copyright|\u00a9|by|published|updated|posted"
    r"|advertisement|tags?|topics?|filed|editor|contact|download|get|comments?|about|disclaimer"
    r"|disclosure|this (?:article|story|post)|originally|image)\b",
    re.IGNORECASE,
)
_HALF = 0.5  # share of a block from which it counts as taken
_FAR = 20  # blocks before the first and after the last one that was taken
_PROSE = 12  # words from which a block with an end mark is prose
_LINKED = 0.4  # share of links from which it is none
_SPACELESS = 6  # characters that count as a word in scripts without spaces


def window(taken: Sequence[float], told: Sequence[float]) -> tuple[int, int]:
    """Return the blocks worth a look: those between what was taken, and some around.

    >>> window([0, 0, 1, 0], [0, 0, 0, 0])
    (0, 4)
    """
    found = [n for n, (a, b) in enumerate(zip(taken, told, strict=True)) if a > 0 or b > 0]
    if not found:
        return 0, 0
    return max(0, found[0] - _FAR), min(len(taken), found[-1] + _FAR + 1)


def traits(
    blocks: Sequence[Block],
    words: Sequence[str],
    taken: Sequence[float],
    told: Sequence[float],
    span: tuple[int, int],
) -> Matrix:
    """Return a row of numbers for each block in `span`.

    `taken` is how much of each block the library took, `told` how much of it
    stands in the text that the page's own structured data give.
    """
    kin = _Kin(blocks, words, taken, span)
    texts = np.array([_text_traits(blocks[n], words[n]) for n in range(*span)], np.float32)
    places = np.array([kin.row(n) for n in range(*span)], np.float32)
    shares = np.stack([np.asarray(taken), np.asarray(told)]).astype(np.float32)[
        :, span[0] : span[1]
    ]
    prose = texts[:, _IS_PROSE]
    run = _largest_run(np.where(prose > 0, texts[:, _WORDS] * 2, -0.4 - 2 * texts[:, _LINKS]))
    before = np.cumsum(prose * texts[:, _WORDS])
    line = np.arange(len(texts), dtype=np.float32)
    page = np.column_stack([
        np.full(len(texts), shares[1].max(initial=0) > _HALF), run,
        before / max(1.0, float(before[-1])), line / len(texts),
        line - _first(shares[0]), len(texts) - _first(shares[0][::-1]) - line,
    ])  # fmt: skip
    near = np.hstack([shares.T, prose[:, None], texts[:, [_WORDS, _LINKS, _ENDS]]])
    return np.hstack([shares.T, texts, places, page, _around(near)]).astype(np.float32)


_WORDS, _LINKS, _ENDS, _IS_PROSE = 0, 1, 2, 3


def _text_traits(block: Block, text: str) -> list[float]:
    size = len(text) or 1
    count = max(len(text.split()), size // _SPACELESS if not text.isascii() else 1)
    linked = min(1.0, block.linked / (sum(map(len, block.runs)) or 1))
    ends = bool(_END.search(text[-4:]))
    return [
        math.log(count), linked, ends, ends and count >= _PROSE and linked < _LINKED,
        math.log(size), len(block.runs) / 10, text.count(",") / count,
        sum(map(str.isdigit, text)) / size, sum(map(str.isupper, text)) / size,
        text[:1].isupper(), bool(_PROMPT.match(text)), text[-1:] == ":", size / count,
    ]  # fmt: skip


def _around(columns: Matrix) -> Matrix:
    """Return each row's neighbours to both sides and the means of wider neighbourhoods."""
    count = len(columns)
    padded = np.pad(columns, ((_WIDEST, _WIDEST), (0, 0)))
    sums = np.vstack([np.zeros(columns.shape[1]), np.cumsum(padded, axis=0)])
    shifts = [padded[_WIDEST + by : _WIDEST + by + count] for by in (-2, -1, 1, 2)]
    for wide in (4, _WIDEST):
        low, high = _WIDEST - wide, _WIDEST + wide + 1
        shifts.append((sums[high : high + count] - sums[low : low + count]) / (2 * wide + 1))
        back = sums[_WIDEST : _WIDEST + count] - sums[low : low + count]
        shifts.append(back / wide)
    return np.hstack(shifts)


_WIDEST = 12


def _largest_run(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 1 inside the run of blocks with the largest sum of `scores`, 0 outside."""
    low = total = best = 0.0
    at = start = end = 0
    for number, score in enumerate(scores.tolist()):
        total += score
        if total - low > best:
            best, start, end = total - low, at, number + 1
        if total < low:
            low, at = total, number + 1
    inside = np.zeros(len(scores), np.float32)
    inside[start:end] = 1
    return inside


def _first(shares: NDArray[np.float32]) -> int:
    return int(np.argmax(shares > _HALF))


_REMEMBERED = 16384  # attribute texts; the pages of a site share most


@lru_cache(_REMEMBERED)
def _hints(attributes: str) -> int:
    """Return the kinds of thing that an element's class names hint at, a bit for each."""
    found = 0
    for hint in _HINT.finditer(" ".join(_CLASS.findall(attributes)).lower()):
        found |= _BITS[hint.lastgroup or ""]
    return found


class _Kin:
    """What blocks have in common with the blocks that were taken, and with the page's prose."""

    def __init__(
        self,
        blocks: Sequence[Block],
        words: Sequence[str],
        taken: Sequence[float],
        span: tuple[int, int],
    ) -> None:
        self._blocks, self._words = blocks, words
        self._hints: dict[int, tuple[int, int, int]] = {}
        self._repeats = Counter(words)
        self._shares = [Counter[object]() for _ in range(3)]
        for n in range(*span):
            size = len(words[n])
            prose = size if size > _LONG and not blocks[n].linked else 0
            for key in self._keys(n):
                self._shares[0][key] += size
                self._shares[1][key] += size if taken[n] > _HALF else 0
                self._shares[2][key] += prose
        self._totals = [
            sum(size for key, size in share.items() if isinstance(key, tuple)) or 1
            for share in self._shares
        ]

    def row(self, n: int) -> list[float]:
        """Return what element, class and ancestors of a block say about it."""
        element = self._blocks[n].element
        own, above, around = self._marks(element)
        parent = element.parent
        own |= self._marks(parent)[0] if parent else 0
        tag = "h" if len(element.tag) == 2 and element.tag[0] == "h" else element.tag  # noqa: PLR2004 - h1 to h6, hr stands for itself
        row = [float(self._repeats[self._words[n]] - 1)]
        for key in self._keys(n):
            everything = self._shares[0][key] or 1
            row += [self._shares[k][key] / self._totals[k] for k in (1, 2)]
            row.append(self._shares[1][key] / everything)
        row += [tag == name for name in _TAGS]
        row += [(around & bit) > 0 for bit in _AROUND_BITS]
        row += [(own & bit) > 0 for bit in _BITS.values()]
        return row + [(above & bit) > 0 for bit in _BITS.values()]

    def _keys(self, n: int) -> tuple[object, ...]:
        """Return the block's look, its element and the two around it."""
        element = self._blocks[n].element
        parent = element.parent or element
        look = element.tag, element.attributes[:_LOOK], parent.tag
        return look, id(element), id(parent), id(parent.parent or parent)

    def _marks(self, element: Element) -> tuple[int, int, int]:
        found = self._hints.get(id(element))
        if found is None:
            found = self._hints[id(element)] = self._read(element)
        return found

    def _read(self, element: Element) -> tuple[int, int, int]:
        _, above, around = self._marks(element.parent) if element.parent else (0, 0, 0)
        inner = element.attributes and element.tag not in {"body", "html"}
        own = _hints(element.attributes) if inner else 0
        return own, above | own, around | _AROUND.get(element.tag, 0)


_LONG = 80  # characters from which a block without links is likely prose
_LOOK = 80  # characters of the attributes that make a look

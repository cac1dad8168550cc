"""What a line of a page dump looks like, as numbers: its own traits and its neighbourhood's.

Nothing here knows a page's language or site. Every trait is a plain count or
share, so that a model over them can be read, and none needs more than the
lines of one page.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

PLAIN = (
    "advertisement", "app_prompt", "byline", "comments", "copyright", "disclaimer", "interface",
    "no_text", "related_stories", "repeated_teaser",
)  # fmt: skip
"""What rules can say of a line by itself; the order is part of a trained model."""

OWN = (
    "words", "length", "word_length", "ends", "leads_on", "asks", "cut_off", "lower", "upper",
    "digit", "sign", "capitals", "all_capitals", "function_words", "you", "digits", "signs",
    "sentences", "commas", "quotes", "clocks", "money", "address", "glued", "separators", *PLAIN,
)  # fmt: skip
"""What `own_traits` returns, in its order."""

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_FUNCTION_WORDS = frozenset(
    _WORD.findall(
        "a about after all also an and are as at be because been before but by can could did do"
        " does for from had has have he her his how if in into is it its may more most not of on"
        " one only or other our out over said she should so some such than that the their them"
        " there these they this those to under up was we were what when where which while who"
        " will with would you i your my me us him de la le les des el los las en y que un una der"
        " die das und ist nicht ein eine zu von mit auf et est il dans pour par sur e o os da do"
        " em per con non che"
    )
)
_YOU = frozenset(("you", "your", "yours", "we", "our", "us", "my", "i", "me"))
_INNER_END = re.compile(
    r"[.!?\u2026][\"'\u201d\u2019)]*\s+[\"'\u201c\u2018(]?[^\W\d_a-z]|[\u3002\uff01\uff1f]"
)
_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*(?:\[\d+\])*$")
_CLOCK = re.compile(
    r"\b\d{1,2}:\d{2}\b|\b(?:19|20)\d\d\b|\b\d+ (?:min|hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$\u20ac\u00a3\u00a5\u20b9]\s?\d|\d\s?%")
_ADDRESS = re.compile(r"https?://|www\.|\b[\w.-]+@[\w-]+\.\w|\.(?:com|org|net)\b", re.IGNORECASE)
_DIGIT, _MARK = re.compile(r"\d"), re.compile(r"[^\w\s]|_")
_GLUED = re.compile(r"[a-z][A-Z][a-z]")
_SIGNS = re.compile(r"[|\u203a\u00bb\u2192\u25b6\u2715\u00d7\u2022\u00b7>]")
_LETTER = re.compile(r"[^\W\d_]{4,}")

SPACELESS = 12
"""Characters that count as a word's worth of text in scripts without spaces."""
_AT_WORDS, _AT_ENDS = OWN.index("words"), OWN.index("ends")
_PROSE = 12  # words from which a line with an end mark carries the page's topic
_TAIL = 40  # characters in which a line's end mark, closing signs and notes stand
_READ = 4000  # characters of a line that are looked at; a huge line shows what it is in fewer
_FAR = 40  # lines beyond which a distance no longer matters


def own_traits(line: str, plain: str | None) -> list[float]:
    """Return the traits of a line by itself; `plain` is what rules say of it."""
    whole, line = line, line[:_READ]
    tokens = line.split()
    count = max(len(tokens), len(line) // SPACELESS)
    words = _WORD.findall(line)
    size, n = max(len(line), 1), max(len(words), 1)
    lower = [word.casefold() for word in words]
    capital = sum(word[0].isupper() for word in words)
    return [
        math.log1p(count),
        math.log1p(len(line)),
        len(line) / max(len(tokens), 1),
        float(ends(whole)),
        float(whole[-1] in ":,;"),
        float(whole[-1] in "?!"),
        float(whole.endswith(("...", "\u2026"))),
        float(line[0].islower()),
        float(line[0].isupper()),
        float(line[0].isdigit()),
        float(not line[0].isalnum()),
        capital / n,
        sum(word.isupper() and len(word) > 1 for word in words) / n,
        sum(word in _FUNCTION_WORDS for word in lower) / n,
        sum(word in _YOU for word in lower) / n,
        len(_DIGIT.findall(line)) / size,
        len(_MARK.findall(line)) / size,
        float(len(_INNER_END.findall(line))),
        float(line.count(",")),
        float(sum(line.count(mark) for mark in '"\u201c\u201d')),
        float(len(_CLOCK.findall(line))),
        float(bool(_MONEY.search(line))),
        float(bool(_ADDRESS.search(line))),
        float(bool(_GLUED.search(line))),
        float(len(_SIGNS.findall(line))),
        *(float(plain == reason) for reason in PLAIN),
    ]


def ends(line: str) -> bool:
    """Tell whether a line ends like a sentence."""
    return bool(_END.search(line[-_TAIL:]))


def page_traits(lines: Sequence[str], plain: Sequence[str | None]) -> Matrix:
    """Return one row per line: its own traits and how it stands in the whole page."""
    own = np.array([own_traits(s, p) for s, p in zip(lines, plain, strict=True)], np.float32)
    words = np.expm1(own[:, _AT_WORDS])
    prose = np.where((own[:, _AT_ENDS] > 0) & (words >= _PROSE), words, 0.0)
    n = len(lines)
    at = np.arange(n)
    sums = np.cumsum(prose)
    total = max(float(sums[-1]), 1.0)
    place = np.stack(
        [
            at / n,
            np.log1p(at),
            np.log1p(n - 1 - at),
            np.full(n, math.log1p(n)),
            np.full(n, math.log1p(total)),
            (sums - prose) / total,
            (total - sums) / total,
            words / max(float(words.max()), 1.0),
            *_repeats(lines),
            *_topic(lines, prose),
            *_since_heading(plain),
            _distance(prose > 0),
            _distance(prose[::-1] > 0)[::-1],
        ],
        axis=1,
    )
    return np.hstack([own, place]).astype(np.float32)


def in_context(values: Matrix, near: int, wide: Sequence[int]) -> Matrix:
    """Return each column's neighbours up to `near` lines away and its means over wider windows.

    A window's means are taken before the line and after it, apart, so that the
    edge of a body shows.
    """
    n, width = values.shape
    found = []
    for by in [*range(-near, 0), *range(1, near + 1)]:
        moved = np.full((n, width), -1.0, np.float32)
        if abs(by) < n:
            moved[max(0, -by) : n - max(0, by)] = values[max(0, by) : n + min(0, by)]
        found.append(moved)
    sums = np.vstack([np.zeros((1, width)), np.cumsum(values, axis=0, dtype=np.float64)])
    at = np.arange(n)
    for reach in wide:
        low, high = np.maximum(at - reach, 0), np.minimum(at + reach + 1, n)
        found.append((sums[at] - sums[low]) / np.maximum(at - low, 1)[:, None])
        found.append((sums[high] - sums[at + 1]) / np.maximum(high - at - 1, 1)[:, None])
    return np.hstack(found).astype(np.float32)


def _repeats(lines: Sequence[str]) -> tuple[list[float], list[float]]:
    counts = Counter(lines)
    seen: Counter[str] = Counter()
    earlier = []
    for line in lines:
        earlier.append(float(min(seen[line], 5)))
        seen[line] += 1
    return [float(min(counts[line], 5)) for line in lines], earlier


def _topic(lines: Sequence[str], prose: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """Return how many of a line's long words the page's prose has elsewhere, and how often."""
    sets = [{w.casefold() for w in _LETTER.findall(line)} for line in lines]
    counts: Counter[str] = Counter()
    for words, weight in zip(sets, prose, strict=True):
        if weight:
            counts.update(words)
    share, mean = [], []
    for words, weight in zip(sets, prose, strict=True):
        others = [counts[w] - (1 if weight else 0) for w in words]
        share.append(sum(c > 0 for c in others) / len(others) if others else -1.0)
        mean.append(sum(math.log1p(c) for c in others) / len(others) if others else -1.0)
    return share, mean


def _since_heading(plain: Sequence[str | None]) -> tuple[list[float], ...]:
    """Return the distances to the last heading of links and of comments above each line."""
    found = []
    for reason in ("related_stories", "comments", "byline"):
        last, row = -10 * _FAR, []
        for index, role in enumerate(plain):
            last = index if role == reason else last
            row.append(math.log1p(min(index - last, 10 * _FAR)))
        found.append(row)
    return tuple(found)


def _distance(marked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how many lines above the nearest marked line is, capped."""
    at = np.arange(len(marked))
    last = np.maximum.accumulate(np.where(marked, at, -_FAR))
    distance: NDArray[np.float64] = np.minimum(at - last, _FAR).astype(np.float64)
    return distance

"""Which line of a page dump is the headline, as numbers for a model to judge.

A headline's words come again in the body, it stands near its beginning, often
above a byline, is some words long and does not end like a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from builder.articles.lines.trait import OWN, in_context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from builder.articles.lines.trait import Matrix

LONGEST = 40
"""Words up to which a line may be a headline."""

_SEEN = [OWN.index(name) for name in ("words", "ends", "capitals", "byline", "clocks", "lower")]
_BELOW = 2  # lines below the body's start that may still be the headline, taken for body
_ABOVE = 2000  # lines above the body's start beyond which no headline is looked for
_OPENING = 40  # lines of the body that are compared with a headline
_FAR = 80
_CONTENT_WORD = re.compile(r"[^\W_]{4,}|[\u3040-\u9fff\uac00-\ud7af]{2}")
_SENTENCE = re.compile(r"[.\u2026\u3002][\"'\u201d\u2019)\]]*$")
_PLACE = 8  # how many of a row's numbers say how it stands to the body and the other candidates
_SHORTEST = 3  # words from which a line of short words only still is a headline


def candidates(
    lines: Sequence[str], plain: Sequence[str | None], start: int, end: int
) -> list[int]:
    """Return the lines that may be the headline of the body in `start:end`.

    Inside the body a sentence stays what it is.
    """
    return [
        index
        for index in range(max(0, start - _ABOVE), min(start + _BELOW + 1, end))
        if not plain[index]
        and len(lines[index].split()) <= LONGEST
        and content_words(lines[index])
        and not (index >= start and _SENTENCE.search(lines[index]))
    ]


def headline_rows(
    lines: Sequence[str],
    traits: Matrix,
    odds: NDArray[np.float64],
    start: int,
    among: Sequence[int],
) -> Matrix:
    """Return a row for each line in `among`; `odds` rate each line of the page as body."""
    rated = odds.astype(np.float32)[:, None]
    around = in_context(np.hstack([traits[:, _SEEN], rated]), 3, (6,))
    body = [content_words(line) for line in lines[start : start + _OPENING]]
    own = [content_words(lines[index]) for index in among]
    spread = Counter(word for words in body for word in words)
    place = [
        [len(words), max(index - start, -_FAR), _share(words, spread, index - start, len(body))]
        for index, words in zip(among, own, strict=True)
    ]
    sizes = sorted(len(words) for words in own)
    best = max((share for *_, share in place), default=0.0)
    extra = [
        [
            share,
            share - best,
            size,
            share * min(size, 6),
            above,
            bisect_left(sizes, size) / len(own),
        ]
        for size, above, share in place
    ]
    at = list(among)
    nested = _nested([lines[index].casefold() for index in among])
    numbers = np.array([[*a, *b] for a, b in zip(extra, nested, strict=True)], np.float32)
    return np.hstack([traits[at], rated[at], around[at], numbers.reshape(len(at), _PLACE)])


def content_words(text: str) -> set[str]:
    """Return the longer words of a text; of a text of short words only, all of them."""
    words = text.split()
    found = _CONTENT_WORD.findall(text) or (words if len(words) >= _SHORTEST else [])
    return {word.casefold() for word in found}


def _share(words: set[str], spread: Counter[str], own: int, body: int) -> float:
    """Return how many of the words the body's opening has, in other lines than the `own`-th."""
    needed = 2 if 0 <= own < body else 1
    return sum(spread[word] >= needed for word in words) / len(words)


def _nested(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return for each line how many others it is part of, and how many are part of it.

    A path of links ("Home / News / ...") and a window title hold the headline
    and more.
    """
    inside, holds = [0] * len(lines), [0] * len(lines)
    joined = "\n".join(lines)
    for index, line in enumerate(lines):
        if joined.count(line) > 1:  # else it stands nowhere but in its own place
            for other, text in enumerate(lines):
                if line in text and line != text:
                    inside[index] += 1
                    holds[other] += 1
    return list(zip(inside, holds, strict=True))

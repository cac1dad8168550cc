"""Find text that a library extracted again in the blocks of the raw page.

Libraries change white space and drop elements inside a paragraph; characters
that print stay. So both sides are compared without white space, which turns
the search for a paragraph into one for a substring.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNPRINTED = re.compile(r"[\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")
_MOST_PLACES = 64  # of one text; a menu entry may stand on a page a thousand times
_SHORTEST = 12  # printed characters from which the place of a text says something by itself


def bare(text: str) -> str:
    r"""Return the characters that print.

    >>> bare("Prime\xad Minister\n")
    'PrimeMinister'
    """
    joined = "".join(text.split())
    return joined if joined.isprintable() else _UNPRINTED.sub("", joined)


def coverage(blocks: Sequence[str], texts: Iterable[Sequence[str]]) -> tuple[list[float], int]:
    """Return the share of each block that `texts` cover, and how many texts were not found.

    Texts come in the order of the page, each as the strings it is made of: a
    text that is not found whole is looked for by those. Where a text stands
    several times, the place next to its neighbours counts.

    >>> coverage(["Talks", "Talks", "They met on Friday."], [["Talks"], ["They met on Friday."]])
    ([0.0, 1.0, 1.0], 0)
    """
    wanted = list(texts)
    if not wanted:
        return [0.0] * len(blocks), 0
    parts = [bare(block) for block in blocks]
    ends = list(accumulate(map(len, parts)))
    lost, places = _places("".join(parts), wanted)
    covered = [0] * len(parts)
    for start, end in _chosen(places):
        _cover(covered, ends, start, end)
    shares = [min(1.0, c / len(p)) if p else 0.0 for c, p in zip(covered, parts, strict=True)]
    return shares, lost


def _places(whole: str, texts: Iterable[Sequence[str]]) -> tuple[int, list[tuple[int, list[int]]]]:
    """Return how many texts were not found, and length and places of each that was."""
    found: list[tuple[int, list[int]]] = []
    lost = 0
    for strings in texts:
        text = bare("".join(strings))
        places = _occurrences(whole, text)
        if places:
            found.append((len(text), places))
        elif len(strings) > 1:
            pieces = [(len(p), _occurrences(whole, p)) for p in map(bare, strings) if p]
            lost += any(not at for _, at in pieces)
            found += [(size, at) for size, at in pieces if at]
        else:
            lost += bool(text)
    return lost, found


def _occurrences(whole: str, text: str) -> list[int]:
    found: list[int] = []
    at = whole.find(text) if text else -1
    while at >= 0 and len(found) < _MOST_PLACES:
        found.append(at)
        at = whole.find(text, at + len(text))
    return found


def _chosen(places: list[tuple[int, list[int]]]) -> list[tuple[int, int]]:
    """Settle each text on one place: first those with a single one, then beside these."""
    sure = [at[0] if len(at) == 1 and size >= _SHORTEST else None for size, at in places]
    chosen = []
    before: int | None = None
    for index, (size, at) in enumerate(places):
        place = sure[index]
        if place is None:
            near = before if before is not None else _next(sure, index)
            if near is None:
                place = at[0] if size >= _SHORTEST else None
            else:
                place = min(at, key=lambda p, near=near: abs(p - near))  # type: ignore[misc]
        if place is not None:
            chosen.append((place, place + size))
            before = place + size
    return chosen


def _next(sure: list[int | None], index: int) -> int | None:
    return next((place for place in sure[index:] if place is not None), None)


def _cover(covered: list[int], ends: list[int], start: int, end: int) -> None:
    index = bisect_right(ends, start)
    while start < end:
        upto = min(end, ends[index])
        covered[index] += upto - start
        start, index = upto, index + 1

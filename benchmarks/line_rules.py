"""The line roles that came before the model, kept to be measured beside it.

A line gets a score: prose is positive, scraps of page furniture negative. The
body is the run of lines with the largest sum; the headline is the line above
it whose words come again in it.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from builder.articles.lines.headline import content_words
from builder.articles.lines.rule import HEADINGS, plain_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

_GLUED = re.compile(r"\w[a-z](?:[A-Z][\w'\u2019-]* |[\"\u201c][A-Z])")
_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*$")
_SENTENCE = 6  # words from which a line with an end mark is prose
_PROSE = 25  # words from which a line without one is
_LABEL = 8  # words from which a line without one is a headline of something else
_LONGEST = 60  # words that count; a huge line is one vote, not all
_HEADLINE = 30
_OPENING = 40  # lines of the body that are compared with a headline


def rule_body(lines: Sequence[str]) -> tuple[list[bool], int | None]:
    """Return which lines are body, and the headline."""
    plain = plain_roles(lines)
    scores = [_score(line, role) for line, role in zip(lines, plain, strict=True)]
    start, end = _largest_run(scores)
    headline = _headline(lines, plain, start, end)
    inside = [start <= n < end and not role for n, role in enumerate(plain)]
    for index in range(start if headline is not None else 0):
        standfirst = index > headline and not plain[index] and scores[index] > 0
        inside[index] = inside[index] or standfirst
    if headline is not None:
        inside[headline] = False
    return inside, headline


def _score(line: str, role: str | None) -> float:
    """Rate a line: how much it speaks for being inside the body.

    The weights were fitted on one half of a set of flattened pages and held on
    the other; short lines cost little, so that subheadings and quotes of a few
    words do not split a body.
    """
    if role:
        return -6.0 if role in HEADINGS else -1.0
    # Scripts without spaces count a word for every twelfth character.
    words = max(len(line.split()), len(line) // 12)
    if _END.search(line):
        return min(words, _LONGEST) / 10 if words >= _SENTENCE else -0.3
    if words >= _PROSE and not _GLUED.search(line):
        return min(words, _LONGEST) / 15
    return -0.6 if words >= _LABEL else -0.3


def _largest_run(scores: Sequence[float]) -> tuple[int, int]:
    """Return the half-open run with the largest sum; (0, 0) when nothing is positive.

    >>> _largest_run([-1, 2, -1, 3, -4, 1])
    (1, 4)
    """
    sums = [0.0, *accumulate(scores)]
    low, best = 0, (0, 0)
    for end in range(1, len(sums)):
        if sums[end] - sums[low] > sums[best[1]] - sums[best[0]]:
            best = (low, end)
        if sums[end] < sums[low]:
            low = end
    return best


def _headline(
    lines: Sequence[str], plain: Sequence[str | None], start: int, end: int
) -> int | None:
    """Return the line above the body, or its first, that most looks like its headline.

    A headline's words come again in the body, it stands near it, often above a
    byline, is some words long and does not end like a sentence.
    """
    body = content_words(" ".join(lines[start : start + _OPENING]))
    best, at = 0.0, None
    for index in range(min(start + 1, end)):
        words = content_words(lines[index])
        if plain[index] or not words or len(lines[index].split()) > _HEADLINE:
            continue
        if index == start:  # its own words prove nothing; a sentence stays body
            if _END.search(lines[index]) and lines[index][-1] not in "?!":
                continue
            body = content_words(" ".join(lines[start + 1 : start + _OPENING]))
        score = len(words & body) / len(words) + min(len(words), 6) / 6
        score -= min(start - index, 40) / 80
        score += 0.6 if "byline" in plain[index + 1 : index + 4] else 0.0
        score -= 1.0 if lines[index][-1] in ".:,;" else 0.0
        if score >= best:
            best, at = score, index
    return at

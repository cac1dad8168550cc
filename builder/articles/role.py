"""What each line of a page dump is: headline, body, or a named reason to drop it.

A line gets a score: prose is positive, scraps of page furniture negative. The
body is the run of lines with the largest sum. Inside it only lines that are
unmistakably furniture are dropped, because a lost sentence costs more than a
kept scrap. The headline is above it; what lies outside is named by where it is.
"""

from __future__ import annotations

import difflib
import re
from itertools import accumulate
from typing import TYPE_CHECKING

from builder.articles.metadata import byline

if TYPE_CHECKING:
    from collections.abc import Sequence

REASONS = {
    "advertisement": "a label of an advertisement",
    "after_article": "below the body, not part of it",
    "app_prompt": "asks to open or install an app",
    "byline": "who wrote it and when; read into the article's facts",
    "byte_order_mark": "the mark at the start of the file",
    "comments": "readers' comments and their heading",
    "copyright": "a copyright line",
    "disclaimer": "the publisher's disclaimer",
    "interface": "a button or prompt of the page",
    "navigation": "above the headline: menus, sections, tickers",
    "no_text": "has neither letter nor digit",
    "page_furniture": "between headline and body: captions of controls, tags, counts",
    "related_stories": "links to other articles, and their heading",
    "repeated_headline": "the headline once more",
    "repeated_teaser": "cut-off beginning of a paragraph that follows in full",
}
"""Every reason for which raw text is left out, and what it means."""

_SHORT = 12
_PATTERNS = {
    "app_prompt": r"(open|view|read|watch|continue) (it |this )?in (the |our )?app"
    r"|(download|get|install|try) (the |our )?(\w+ ){0,3}app( now| today)?[.!]?",
    "advertisement": r"(advertise?ment|sponsored( content)?|promoted|ad|anzeige)[:.]?"
    r"( - continue reading below)?|(story|article) continues (below|after) (this )?ad\w*",
    "interface": r"(share|tweet|print|save|e-?mail|copy|copy link|copied|like|reply|report|menu"
    r"|search|close|log ?in|sign (in|up|out)|register|subscribe|follow( us)?|skip to .*|click here"
    r"|(read|show|load|view|see) (more|less|all)|next|previous|back to top|loading|play|pause|mute"
    r"|listen|facebook|twitter|whatsapp|linkedin|pinterest|telegram|instagram|youtube|reddit"
    r"|link copied.*|share (this|on|via|to).*|(tap|click) to .*|accept( all)?( cookies)?"
    r"|(subscribe|sign up) (to|for) .*|add as a preferred source.*|\d+ (shares|views|likes)"
    r"|\d+ min(ute)?s? read|est\. \d+ min.*)[.!:\u2026]?",
}
_WHOLE = {reason: re.compile(rf"(?:{text})", re.IGNORECASE) for reason, text in _PATTERNS.items()}
_START = {
    "copyright": re.compile(
        r"(?:copyright\s*(?:\u00a9|\(c\)|\d{4})|\u00a9|\(c\)\s*\d{4}|all rights reserved\b)",
        re.IGNORECASE,
    ),
    "disclaimer": re.compile(
        r"disclaimer\s*[:\u2013\u2014-]"
        r"|\(?this (?:story|article|post|report|copy|content) (?:has|is|was) (?:been |not been )?"
        r"(?:auto-?|not |only )?(?:published|generated|edited|reviewed|sourced)\b"
        r"|\(?except for the headline, this (?:story|article)\b",
        re.IGNORECASE,
    ),
}
_HEADINGS = {
    "related_stories": (
        "related stories", "related articles", "related news", "related posts", "related content",
        "related links", "related topics", "more stories", "top stories", "latest stories",
        "trending stories", "latest news", "read also", "also read", "read next", "see also",
        "you may also like", "you might also like", "recommended for you", "recommended stories",
        "most read", "most popular", "popular posts", "popular stories", "trending now",
        "more from this section", "what to read next", "more on this story", "don't miss",
        "editor's picks", "up next", "more news", "recent posts", "latest posts",
    ),
    "comments": (
        "comments", "leave a comment", "leave a reply", "post a comment", "add a comment",
        "join the conversation", "leave a response", "show comments", "view comments",
    ),
}  # fmt: skip
_HEADING_WORDS = 6
_SIMILAR = 0.85
_GLUED = re.compile(r"\w[a-z](?:[A-Z][\w'\u2019-]* |[\"\u201c][A-Z])")
_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*$")
_CUT = re.compile(r"\s*(?:\.{3,}|\u2026)$")
_CONTENT_WORD = re.compile(r"[^\W_]{4,}|[\u3040-\u9fff\uac00-\ud7af]{2}")
_TEASER = 20  # characters that a cut-off beginning must share with what follows
_SENTENCE = 6  # words from which a line with an end mark is prose
_PROSE = 25  # words from which a line without one is
_LABEL = 8  # words from which a line without one is a headline of something else
_LONGEST = 60  # words that count; a huge line is one vote, not all
_HEADLINE = 30
_HEADLINE_SHORTEST = 3
_OPENING = 40  # lines of the body that are compared with a headline
_FURNITURE = frozenset({*_PATTERNS, *_START, *_HEADINGS, "byline", "repeated_teaser", "no_text"})


def line_roles(lines: Sequence[str]) -> list[str]:
    """Return the role of each line: headline, body, or a key of REASONS.

    `lines` are stripped and not empty. There is at most one headline; there
    is no body when no line reads like prose.

    >>> line_roles(["Home", "Talks end in Vienna", "The two sides met for the first time in May."])
    ['navigation', 'headline', 'body']
    """
    plain = _plain_roles(lines)
    scores = [_score(line, role) for line, role in zip(lines, plain, strict=True)]
    start, end = _largest_run(scores)
    headline = _headline(lines, plain, start, end)
    roles = [role or _by_place(index, start, end) for index, role in enumerate(plain)]
    if headline is not None:
        _settle_above(lines, roles, headline, start)
    _name_sections(roles, end)
    return roles


def _plain_roles(lines: Sequence[str]) -> list[str | None]:
    teasers = _teasers(lines)
    return ["repeated_teaser" if n in teasers else _plain_role(s) for n, s in enumerate(lines)]


def _plain_role(line: str) -> str | None:
    if not any(character.isalnum() for character in line):
        return "no_text"
    words = len(line.split())
    if words <= _SHORT:
        for reason, pattern in _WHOLE.items():
            if pattern.fullmatch(line):
                return reason
    if words <= _HEADING_WORDS:
        heading = _heading(line)
        if heading:
            return heading
    for reason, pattern in _START.items():
        if pattern.match(line):
            return reason
    return "byline" if byline(line) else None


def _heading(line: str) -> str | None:
    """Tell which section a short line heads; a misspelt or prefixed heading still counts."""
    name = re.sub(r"^[\W\d]+|[\W\d]+$", "", line).casefold()
    words = name.split()
    for reason, headings in _HEADINGS.items():
        for heading in headings:
            tail = name if reason == "comments" else " ".join(words[-len(heading.split()) :])
            if tail == heading or _misspelt(tail, heading):
                return reason
    return None


def _misspelt(word: str, heading: str) -> bool:
    near = word[:1] == heading[0] and abs(len(word) - len(heading)) <= 1
    return near and difflib.SequenceMatcher(None, word, heading).ratio() >= _SIMILAR


def _teasers(lines: Sequence[str]) -> set[int]:
    found = set()
    for index, line in enumerate(lines):
        start = _CUT.sub("", line)
        if start != line and len(start) >= _TEASER:
            later = lines[index + 1 :]
            if any(other.startswith(start) and len(other) > len(line) for other in later):
                found.add(index)
    return found


def _score(line: str, role: str | None) -> float:
    """Rate a line: how much it speaks for being inside the body.

    The weights were fitted on one half of a set of flattened pages and held on
    the other; short lines cost little, so that subheadings and quotes of a few
    words do not split a body.
    """
    if role:
        return -6.0 if role in _HEADINGS else -1.0
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
    body = _content_words(" ".join(lines[start : start + _OPENING]))
    best, at = 0.0, None
    for index in range(min(start + 1, end)):
        words = _content_words(lines[index])
        if plain[index] or not words or len(lines[index].split()) > _HEADLINE:
            continue
        if index == start:  # its own words prove nothing; a sentence stays body
            if _END.search(lines[index]) and lines[index][-1] not in "?!":
                continue
            body = _content_words(" ".join(lines[start + 1 : start + _OPENING]))
        score = len(words & body) / len(words) + min(len(words), 6) / 6
        score -= min(start - index, 40) / 80
        score += 0.6 if "byline" in plain[index + 1 : index + 4] else 0.0
        score -= 1.0 if lines[index][-1] in ".:,;" else 0.0
        if score >= best:
            best, at = score, index
    return at


def _content_words(text: str) -> set[str]:
    words = text.split()
    # A headline of short words only still is one; a menu entry of one or two is not.
    found = _CONTENT_WORD.findall(text) or (words if len(words) >= _HEADLINE_SHORTEST else [])
    return {word.casefold() for word in found}


def _by_place(index: int, start: int, end: int) -> str:
    if index < start:
        return "navigation"
    return "body" if index < end else "after_article"


def _settle_above(lines: Sequence[str], roles: list[str], headline: int, start: int) -> None:
    for index in range(start):
        if roles[index] == "navigation" and lines[index] == lines[headline]:
            roles[index] = "repeated_headline"
        elif roles[index] == "navigation" and index > headline:
            # A full sentence under the headline is its standfirst, part of the article.
            standfirst = _score(lines[index], None) > 0
            roles[index] = "body" if standfirst else "page_furniture"
    roles[headline] = "headline"


def _name_sections(roles: list[str], end: int) -> None:
    section = None
    for index in range(end, len(roles)):
        if roles[index] in _HEADINGS:
            section = roles[index]
        elif roles[index] == "after_article" and section:
            roles[index] = section

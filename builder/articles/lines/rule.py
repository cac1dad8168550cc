"""What a line of a page dump says of itself: prompts, labels, headings of links, bylines.

Only what is unmistakable whatever stands around it; everything else is for
the model to judge.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from builder.articles.facts.metadata import byline

if TYPE_CHECKING:
    from collections.abc import Sequence

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
HEADINGS = {
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
"""What heads a section that is not the article, by the reason of what follows."""

_HEADING_WORDS = 6
_SIZED: dict[tuple[str, int], dict[str, list[str]]] = {}  # by number of words, by first letter
for _reason, _headings in HEADINGS.items():
    for _name in _headings:
        _sized = _SIZED.setdefault((_reason, len(_name.split())), {})
        _sized.setdefault(_name[0], []).append(_name)
_EDGE = re.compile(r"^[\W\d]+|[\W\d]+$")
_SIMILAR = 0.85
_DOTS = 3
_TEASER = 20  # characters that a cut-off beginning must share with what follows


def plain_roles(lines: Sequence[str]) -> list[str | None]:
    """Return for each line the reason it is furniture by its own words, or None.

    A cut-off beginning of a later line is a repeated teaser.

    >>> plain_roles(["Open in App", "Seoul has ..."])
    ['app_prompt', None]
    """
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
    name = _EDGE.sub("", line).casefold()
    words = name.split()
    for (reason, size), headings in _SIZED.items():
        tail = name if reason == "comments" else " ".join(words[-size:])
        near = headings.get(tail[:1], ())
        if tail in near or any(_misspelt(tail, heading) for heading in near):
            return reason
    return None


def _misspelt(word: str, heading: str) -> bool:
    near = abs(len(word) - len(heading)) <= 1
    return near and difflib.SequenceMatcher(None, word, heading).ratio() >= _SIMILAR


def _teasers(lines: Sequence[str]) -> set[int]:
    later: dict[str, dict[str, int]] = {}  # by how they begin: where each is last
    for index, line in enumerate(lines):
        later.setdefault(line[:_TEASER], {})[line] = index
    found = set()
    for index, line in enumerate(lines):
        start = _cut_off(line)
        others = later[line[:_TEASER]] if len(start) >= _TEASER else {}
        if any(
            last > index and len(other) > len(line) and other.startswith(start)
            for other, last in others.items()
        ):
            found.add(index)
    return found


def _cut_off(line: str) -> str:
    """Return what a cut-off line begins with; the empty string when nothing was cut."""
    start = line.removesuffix("\u2026") if line.endswith("\u2026") else line.rstrip(".")
    cut = len(line) - len(start)
    return start.rstrip() if line.endswith("\u2026") or cut >= _DOTS else ""

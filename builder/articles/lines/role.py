"""What each line of a page dump is: headline, body, or a named reason to drop it.

A trained model rates each line as body, and which line is the headline. Rules
name what is furniture by its own words; what else is left out is named by
where it stands. When in doubt a line stays, because a lost sentence costs
more than a kept scrap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from builder.articles.lines.headline import candidates, headline_rows
from builder.articles.lines.model import (
    LineModel,
    body_odds,
    body_run,
    in_body,
    less_seen,
    shipped_model,
)
from builder.articles.lines.rule import HEADINGS, plain_roles
from builder.articles.lines.trait import ends, page_traits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Seen = Callable[[Sequence[bool]], Sequence[int]]

REASONS = {
    "advertisement": "a label of an advertisement",
    "after_article": "below the body, not part of it",
    "app_prompt": "asks to open or install an app",
    "byline": "who wrote it and when; read into the article's facts",
    "byte_order_mark": "the mark at the start of the file",
    "comments": "readers' comments and their heading",
    "copyright": "a copyright line",
    "disclaimer": "the publisher's disclaimer",
    "inset": "between paragraphs, not part of them: captions, prompts, boxes",
    "interface": "a button or prompt of the page",
    "navigation": "above the headline: menus, sections, tickers",
    "no_text": "has neither letter nor digit",
    "page_furniture": "between headline and body: captions of controls, tags, counts",
    "related_stories": "links to other articles, and their heading",
    "repeated_headline": "the headline once more",
    "repeated_paragraph": "a long line once more, word for word",
    "repeated_teaser": "cut-off beginning of a paragraph that follows in full",
    "site_furniture": "also on other pages of the site",
}
"""Every reason for which raw text is left out, and what it means."""

_PARAGRAPH = 60  # characters from which a line that comes twice is a copy, not a refrain
_AMID = frozenset({"inset", "page_furniture"})  # names that say only where a line stands


def line_roles(
    lines: Sequence[str], memory: Seen | None = None, model: LineModel | None = None
) -> list[str]:
    """Return the role of each line: headline, body, or a key of REASONS.

    `lines` are stripped and not empty. `memory` is asked on how many other
    pages of the site each stands, given which lines are body by themselves.
    The model is the shipped one unless another is given. There is at most one
    headline; there is no body when no line reads like prose.

    >>> line_roles(["Home", "Talks end in Vienna", "The two sides met for the first time in May."])
    ['navigation', 'headline', 'body']
    """
    if not lines:
        return []
    model = model or shipped_model()
    plain = plain_roles(lines)
    traits = page_traits(lines, plain)
    odds, by_forests = body_odds(lines, plain, traits, model)
    seen = memory(in_body(odds, lines, plain)) if memory else ()
    odds = less_seen(odds, lines, seen)
    body = in_body(odds, lines, plain)
    start, end = body_run(odds, lines, body)
    text = {line for line, keep in zip(lines, body, strict=True) if keep and _states(line)}
    among = [n for n in candidates(lines, plain, start, end) if lines[n] not in text]
    rows = headline_rows(lines, traits, less_seen(by_forests, lines, seen), start, among)
    headline = among[int(np.argmax(model.headline.sums(rows)))] if among else None
    roles = [
        reason or ("body" if keep else _place(index, headline, start, end))
        for index, (reason, keep) in enumerate(zip(plain, body, strict=True))
    ]
    _name_seen(roles, seen)
    _name_repeats(lines, roles)
    if headline is not None:
        _name_headline(lines, roles, headline)
    _name_sections(roles, end)
    return roles


def _states(line: str) -> bool:
    return ends(line) and line[-1] not in "?!"  # a headline may ask or call


def _place(index: int, headline: int | None, start: int, end: int) -> str:
    if index < start:
        return "navigation" if headline is None or index < headline else "page_furniture"
    return "inset" if index < end else "after_article"


def _name_seen(roles: list[str], seen: Sequence[int]) -> None:
    for index, times in enumerate(seen):
        if times and roles[index] in _AMID:
            roles[index] = "site_furniture"


def _name_repeats(lines: Sequence[str], roles: list[str]) -> None:
    found = set()
    for index, line in enumerate(lines):
        if line in found and roles[index] in {"body", "after_article", *_AMID}:
            roles[index] = "repeated_paragraph"
        elif roles[index] == "body" and len(line) >= _PARAGRAPH:
            found.add(line)


def _name_headline(lines: Sequence[str], roles: list[str], headline: int) -> None:
    for index, line in enumerate(lines):
        if line == lines[headline]:
            roles[index] = "repeated_headline"
    roles[headline] = "headline"


def _name_sections(roles: list[str], end: int) -> None:
    section = None
    for index in range(end, len(roles)):
        if roles[index] in HEADINGS:
            section = roles[index]
        elif roles[index] == "after_article" and section:
            roles[index] = section

"""What tags and texts near a page's headline say of author and time, when its data say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

from builder.articles.facts.metadata import printed_time
from builder.articles.facts.moment import MONTH
from builder.articles.facts.person import person
from builder.articles.lines.trait import ends
from builder.articles.webpages.markup import Mark, Page, attributes
from builder.document import Fact

if TYPE_CHECKING:
    from builder.articles.webpages.markup import Block

NEAR = 6
"""Blocks around headline and opening in which a name or a time is the article's."""

_SHORT = 20  # words; longer texts near the headline are not about who and when
_OPENING = 2  # blocks
_LABEL = 40  # characters before a name or a time in which its label stands
_AUTHOR = re.compile(r"author|byline|writer|contributor", re.IGNORECASE)
_OTHER_ROLE = re.compile(
    r"review|edited|editor:|editing|fact.?check|contribut|photo|illustrat|verified|approved|updated"
    r"|translat|produced|video by|medical",
    re.IGNORECASE,
)
_UPDATED = re.compile(r"updat|modif|revis|edited|changed", re.IGNORECASE)
_BY = re.compile(
    r"(?:^|[\s|\u2022\u00b7\u2013\u2014-])"
    r"(?:(?:written|posted|published|words|story|article) )?by:?"
    r"\s+(?P<name>[^|\u2022\u00b7\u2013\u2014:;]+)",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(r"(?:(?:written|posted|words|story|article) )?by:?", re.IGNORECASE)
_DATING = re.compile(
    rf"\b(?:{MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|posted|published|last|updated|on|at"
    r"|am|pm|by|date)\b",
    re.IGNORECASE,
)
"""What a link says that shows when its own page appeared; with more it is another article's."""

_LETTERS = re.compile(r"[^\W\d_]{3,}")
_PARENTS = 2  # elements around a text in which one may call it an author
_PART = re.compile(r"\s*[|\u2022\u00b7\u2013\u2014]\s*|\s+-\s+|\s+on behalf of\s+|\s+on\s+")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A page's blocks with words and roles; the numbers of those near its top and at its foot.

    `near` has first what follows the headline, then what stands above it,
    going up: there are other articles' teasers and the day of the visit.
    """

    page: Page
    words: Sequence[str]
    roles: Sequence[str]
    near: Sequence[int]
    foot: Sequence[int]

    def short(self, at: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Yield number and words of the short blocks that are not of the body.

        What opens the body and is no sentence may be a byline taken for text.
        """
        opening = [n for n, role in enumerate(self.roles) if role == "body"][:_OPENING]
        for n in at:
            own = self.roles[n] != "body" or (n in opening and not ends(self.words[n]))
            if own and len(self.words[n].split()) <= _SHORT:
                yield n, self.words[n]

    def marks(self) -> list[Mark]:
        """Return the marks of the blocks near the headline, in their order."""
        place = {n: at for at, n in enumerate(self.near)}
        found = [mark for mark in self.page.marks if mark.block in place]
        return sorted(found, key=lambda mark: place[mark.block])

    def before(self, mark: Mark) -> str:
        """Return what stands in the mark's block before it, at least a label's length."""
        block = self.page.blocks[mark.block]
        text = self.page.raw[block.source.start : mark.attributes.start]
        own = " ".join(unescape(re.sub(r"<[^>]*>?", " ", text)).split())
        return own[-_LABEL:] if mark.attributes.start > block.source.start else ""

    def shown(self, mark: Mark) -> str:
        """Return the text right behind the mark's tag."""
        end = self.page.raw.find("<", mark.end)
        return " ".join(unescape(self.page.raw[mark.end : end]).split())


def surroundings(
    page: Page, words: Sequence[str], roles: Sequence[str], headline: int | None
) -> Surroundings:
    """Return what stands around the headline, the first paragraph, and behind the last."""
    body = [n for n, role in enumerate(roles) if role == "body"] or [len(roles)]
    top = headline if headline is not None else body[0]
    low, high = max(0, min(top, body[0]) - NEAR), min(len(roles), body[0] + NEAR)
    near = from_headline(range(low, high), top)
    foot = range(max(high, body[-1] + 1), min(len(roles), body[-1] + 1 + NEAR))
    return Surroundings(page, words, roles, near, foot)


def from_headline(numbers: Iterable[int], headline: int) -> list[int]:
    """Return what follows the headline, then what stands above it, going up.

    >>> from_headline(range(1, 7), 4)
    [4, 5, 6, 3, 2, 1]
    """
    return sorted(numbers, key=lambda n: (n < headline, abs(n - headline)))


def nearby_facts(around: Surroundings, country: str | None) -> list[Fact]:
    """Return what is said near the headline, tags before texts, then below the article."""
    return [
        *_time_tags(around),
        *_author_tags(around),
        *_author_elements(around, around.near, "author element"),
        *_texts(around, country),
        *_author_elements(around, around.foot, "author box"),
    ]


def _time_tags(around: Surroundings) -> Iterator[Fact]:
    for mark in around.marks():
        if mark.tag == "time":
            tag = mark.attributes.of(around.page.raw)
            said = attributes(tag)
            value = said.get("datetime", said.get("content", ("", None)))[0]
            element = around.page.blocks[mark.block].element.attributes
            told = f"{tag} {element} {around.before(mark)} {_label(around, mark.block)}"
            name = "updated_at" if _UPDATED.search(told) else "published_at"
            if value.strip():
                yield Fact(name, value, "time tag", 0.75)


def _label(around: Surroundings, block: int) -> str:
    """Return the words above a block if they are a label, such as "Last updated"."""
    above = around.words[block - 1] if block else ""
    return above if len(above.split()) <= 3 else ""  # noqa: PLR2004 - as long as a label is


def _author_tags(around: Surroundings) -> Iterator[Fact]:
    """Read the names that links to authors show."""
    for mark in around.marks():
        if mark.tag != "time":
            name = person(around.shown(mark))
            if name and not _OTHER_ROLE.search(around.before(mark) or _label(around, mark.block)):
                yield Fact("authors", name, "author tag", 0.7)


def _author_elements(around: Surroundings, at: Sequence[int], source: str) -> Iterator[Fact]:
    for n, text in around.short(at):
        label = _label(around, n)
        path = islice(around.page.blocks[n].element.path(), _PARENTS)
        if not _BY_ALONE.fullmatch(label) and not any(_AUTHOR.search(e.attributes) for e in path):
            continue
        names = [name for part in _PART.split(text) if (name := person(part))]
        if names and not _OTHER_ROLE.search(label):
            yield Fact("authors", names[0], source, 0.7)


def _texts(around: Surroundings, country: str | None) -> Iterator[Fact]:
    for n, text in around.short(around.near):
        time = None if _is_teaser(around.page.blocks[n], text) else printed_time(text, country)
        if time:
            field = "updated_at" if _UPDATED.search(_label(around, n)) else time[0]
            yield Fact(field, time[1], "near headline", 0.5)
        name = _named_after_by(text)
        if name:
            yield Fact("authors", name, "near headline", 0.6)


def _is_teaser(block: Block, text: str) -> bool:
    linked = block.linked > sum(len(run) for run in block.runs) / 2
    return linked and bool(_LETTERS.search(_DATING.sub("", text)))


def _named_after_by(text: str) -> str | None:
    """Return the name that follows "by", unless it is of someone who only checked the text.

    >>> _named_after_by("Published August 7, 2023 by Jane Roe | 5 min read")
    'Jane Roe'
    >>> _named_after_by("Medically reviewed by Jane Roe")
    """
    by = _BY.search(text)
    if not by or _OTHER_ROLE.search(text[max(0, by.start() - _LABEL) : by.start() + 1]):
        return None
    return person(_PART.split(by["name"])[0])

"""What is known of the pages that metadata are measured on, and what their files can show.

The web set has one date a page and does not say which: by its pages it is
now the first day, now that of the last update, and sometimes one that stands
nowhere in the file. So each truth is looked for in the page's own HTML, in
every usual spelling; what is not there no reader can find.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import urlsplit

from block_training import Sample

from builder.articles.facts.person import without_degrees

HALVES = ("work", "held")
_NO_WORD = re.compile(r"\W+")
_JOINED = re.compile(r",\s*(?:and\s+)?|\s+and\s+|;|&")
_DAYS = (
    "{y}-{m:02}-{d:02}", "{y}/{m:02}/{d:02}", "{y}.{m:02}.{d:02}", "{y}{m:02}{d:02}",
    "{m}/{d}/{y}", "{m:02}/{d:02}/{y}", "{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}.{m}.{y}",
    "{d:02}.{m:02}.{y}", "{m:02}-{d:02}-{y}", "{m}/{d}/{c:02}", "{m:02}/{d:02}/{c:02}",
    "{month} {d}", "{month} {d:02}", "{short} {d}", "{short} {d:02}", "{short}. {d}", "{d} {month}",
    "{d} {short}", "{d:02} {short}", "{d:02} {month}", "{d}. {month}",
)  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What people say of a page's author and time, and what of it its file holds."""

    sample: Sample

    @property
    def half(self) -> str:
        """The half of all sites that the page's site belongs to; one was worked on, one held."""
        host = (urlsplit(self.sample.url).hostname or self.sample.name).removeprefix("www.")
        return HALVES[int(hashlib.sha256(f"metadata {host}".encode()).hexdigest(), 16) % 2]

    @cached_property
    def time(self) -> dt.datetime | None:
        """The time as told; without a zone only its day is known."""
        told = self.sample.facts.get("published_at") or self.sample.facts.get("date")
        return dt.datetime.fromisoformat(str(told)) if told else None

    @cached_property
    def authors(self) -> dict[str, str]:
        """The names as told, without degrees, by their letters alone."""
        facts = self.sample.facts
        if "authors" in facts:
            told = list(facts["authors"] or ())
        else:
            told = _JOINED.split(str(facts.get("author") or ""))
        names = [without_degrees(str(name).strip()) for name in told]
        return {plain(name): name for name in names if plain(name)}

    @cached_property
    def html(self) -> str:
        """The page's HTML with its entities decoded."""
        return unescape(self.sample.raw.decode("utf-8", "replace"))

    def shows_day(self) -> bool:
        """Tell whether the day stands in the file, in any usual spelling."""
        if not self.time:
            return False
        at = self.time
        parts = {"y": at.year, "m": at.month, "d": at.day, "c": at.year % 100,
                 "month": f"{at:%B}", "short": f"{at:%b}"}  # fmt: skip
        spelt = "|".join(re.escape(form.format(**parts)) for form in _DAYS)
        return bool(re.search(rf"(?<!\d)(?:{spelt})(?!\d)", self.html, re.IGNORECASE))

    def shown_authors(self) -> int:
        """Count the names that stand in the file."""
        text = " ".join(self.html.casefold().split())
        return sum(" ".join(name.casefold().split()) in text for name in self.authors.values())


def plain(text: str) -> str:
    """Return a name's letters and digits alone.

    >>> plain("Jane  Roe-Cruz")
    'janeroecruz'
    """
    return _NO_WORD.sub("", text.casefold())

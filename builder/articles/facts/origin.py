"""From what was said about an article to its record: the best value of each fact, with its source.

Several places on a page tell the same thing and disagree. The order of trust
is fixed, and every value that was considered stays in the article's facts.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from builder.articles.facts.metadata import Byline, agency_name, byline
from builder.articles.facts.moment import moment
from builder.articles.facts.person import people
from builder.config import FILE as SETTINGS
from builder.document import Article, Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from builder.config import ArticleFacts

_DAY_IN_URL = re.compile(
    r"/(?P<y>20[0-4]\d)[/-](?P<m>0?[1-9]|1[0-2]|[a-z]{3})[/-](?P<d>0?[1-9]|[12]\d|3[01])(?=[/_-])"
)


_EMPTY = frozenset({"0000-00-00", "0001-01-01", "1900-01-01", "1970-01-01"})
"""Days that stand for an empty field."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article's record and why some of what was said could not be used."""

    article: Article
    notes: tuple[str, ...]


def known(article: Article, facts: Sequence[Fact], given: ArticleFacts) -> Known:
    """Return the article with the first usable value of each name, facts in order of trust.

    What people wrote into builder.toml goes before what a page says of itself
    for publisher, address, licence and publication.
    """
    notes: list[str] = []
    country = given.country or country_of(given.url or _first(facts, "url"))
    used = _times([*publication(given), *facts], country, notes)
    authors = _authors(facts, given.url or _first(facts, "url") or article.url)
    used += authors
    used += _plain("agency", facts) or _agency(facts, authors)
    used += [fact for name in ("section", "language") for fact in _plain(name, facts)]
    used += _given("publisher", given.publisher, facts)
    used += _given("url", given.url, facts)
    used += _given("license", given.license, facts)
    values: dict[str, str] = {}
    for fact in used:
        values.setdefault(fact.name, fact.value)
    values.pop("authors", None)
    names = dict.fromkeys(fact.value for fact in authors)
    fields: dict[str, Any] = {**values, "authors": tuple(n for n in names if not agency_name(n))}
    record = replace(article, **fields, facts=tuple(used))
    return Known(record, tuple(dict.fromkeys(notes)))


def publication(given: ArticleFacts) -> tuple[Fact, ...]:
    """Return when people say that an article came out.

    >>> from builder.config import ArticleFacts
    >>> publication(ArticleFacts("*", published_at="2025-06-26"))
    (Fact(name='published_at', value='2025-06-26', source='builder.toml', confidence=1.0),)
    """
    stated = given.published_at
    return (Fact("published_at", stated, SETTINGS, 1.0),) if stated else ()


def byline_facts(texts: Iterable[str], country: str | None) -> tuple[list[Fact], list[str]]:
    """Return what bylines in the text say, and what could not be used of them."""
    facts: list[Fact] = []
    notes: list[str] = []
    for text in texts:
        found = byline(text, country)
        if found:
            facts += list(_said(found))
            notes += found.notes
    return facts, notes


def day_in_url(url: str | None) -> Fact | None:
    """Return the day that an address gives, as most newspapers' do.

    >>> day_in_url("https://example.org/2024/05/03/talks").value
    '2024-05-03'
    """
    match = _DAY_IN_URL.search(url or "")
    if not match:
        return None
    month = match["m"]
    read = moment(
        f"{match['y']}-{int(month):02d}-{int(match['d']):02d}"
        if month.isdigit()
        else f"{match['d']} {month} {match['y']}"
    )
    return Fact("published_at", read.value, "url", 0.6) if read and read.value else None


def _said(found: Byline) -> Iterator[Fact]:
    for name, value in (("agency", found.agency), ("published_at", found.published_at),
                        ("updated_at", found.updated_at)):  # fmt: skip
        if value:
            yield Fact(name, value, "byline", 0.8)
    for author in found.authors:
        yield Fact("authors", author, "byline", 0.8)


def _first(facts: Sequence[Fact], name: str) -> str | None:
    return next((fact.value for fact in facts if fact.name == name), None)


def _plain(name: str, facts: Sequence[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.name == name][:1]


def _given(name: str, value: str | None, facts: Sequence[Fact]) -> list[Fact]:
    if value:
        return [Fact(name, value, SETTINGS, 1.0)]
    return [fact for fact in _plain(name, facts) if name != "url" or fact.value.startswith("http")]


def _times(facts: Sequence[Fact], country: str | None, notes: list[str]) -> list[Fact]:
    """Return publication and update; a publication after a surer update is another article's."""
    published = _time("published_at", facts, country, notes)
    updated = _time("updated_at", facts, country, notes)
    if published and updated and published[0].confidence < updated[0].confidence:
        first, last = (dt.date.fromisoformat(f[0].value[:10]) for f in (published, updated))
        if first - last > dt.timedelta(days=1):  # a day, as zones may differ
            notes.append(f"published_at {published[0].value!r} is after the update of {last}")
            return updated
    return [*published, *updated]


def _time(name: str, facts: Sequence[Fact], country: str | None, notes: list[str]) -> list[Fact]:
    """Return the time as said first, in full if any place gives the instant of that day."""
    read = []
    for fact in facts:
        found = moment(fact.value, country) if fact.name == name else None
        if found and found.day in _EMPTY:
            continue
        if found and found.value:
            read.append(Fact(name, found.value, fact.source, fact.confidence))
        elif found and found.day:
            notes.append(f"{name} {fact.value!r} {found.note}")
            read.append(Fact(name, found.day, fact.source, fact.confidence))
        elif fact.name == name and found:
            notes.append(f"{name} {fact.value!r} {found.note}")
    if not read:
        return []
    exact = [fact for fact in read if "T" in fact.value and fact.value[:10] == read[0].value[:10]]
    best = exact[0] if exact and "T" not in read[0].value else read[0]
    return [best]


def _agency(facts: Sequence[Fact], authors: Sequence[Fact]) -> list[Fact]:
    """Return the agency that the fields of the authors name, alone or as its writer's."""
    sources = {fact.source for fact in authors}
    for fact in facts:
        if fact.name == "authors" and fact.source in sources:
            for part in _PARTS.split(fact.value):
                known = agency_name(part.strip())
                if known:
                    return [replace(fact, name="agency", value=known)]
    return []


_PARTS = re.compile(r"[,;|/()]|\band\b")


def _authors(facts: Sequence[Fact], url: str | None) -> list[Fact]:
    sources = list(dict.fromkeys(fact.source for fact in facts if fact.name == "authors"))
    outlets = {fact.value.casefold() for fact in facts if fact.name == "publisher"}
    outlets |= {outlet.replace(" ", "") for outlet in outlets}
    outlets |= set(host_of(url).split("."))
    # A page that names its own outlet as author often prints a person as well.
    sources.sort(
        key=lambda s: all(
            _is_outlet(f.value, outlets) for f in facts if f.name == "authors" and f.source == s
        )
    )
    for source in sources:
        found = [f for f in facts if f.name == "authors" and f.source == source]
        names = [Fact("authors", n, source, f.confidence) for f in found for n in people(f.value)]
        persons = [fact for fact in names if not _is_outlet(fact.value, outlets)]
        if names:
            return persons or names
    return []


def _is_outlet(name: str, outlets: set[str]) -> bool:
    bare = name.casefold()
    return bare in outlets or bare.replace(" ", "") in outlets


def host_of(url: str | None) -> str:
    """Return the host of an address, with or without a scheme, but for its `www.`.

    >>> host_of("https://www.example.org/x"), host_of("example.org/x"), host_of(None)
    ('example.org', 'example.org', '')
    """
    address = url or ""
    host = urlsplit(address if "//" in address else f"//{address}").hostname
    return (host or "").removeprefix("www.")


def country_of(url: str | None) -> str | None:
    """Return the country of an address that ends in one; its clock is the publisher's.

    >>> country_of("https://www.example.co.uk/news"), country_of("https://example.io")
    ('GB', None)
    """
    end = host_of(url).rpartition(".")[2].upper()
    return {"UK": "GB"}.get(end, end) if len(end) == 2 and end not in _SOLD else None  # noqa: PLR2004 - country codes


_SOLD = frozenset({"IO", "CO", "TV", "ME", "AI", "FM", "LY", "TO", "CC", "WS", "GG", "IS", "EU"})
"""Country endings that are sold to everybody."""

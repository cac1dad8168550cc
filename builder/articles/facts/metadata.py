"""What an article says about itself: byline, agency, times, dateline."""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.articles.facts.moment import MONTH, NUMERIC, moment, numeric_day
from builder.document import Span

AGENCIES = {
    "AAP": "AU",
    "AFP": "FR",
    "AP": "US",
    "APP": "PK",
    "ANI": "IN",
    "ANSA": "IT",
    "Anadolu Agency": "TR",
    "Antara": "ID",
    "Associated Press": "US",
    "BSS": "BD",
    "Belga": "BE",
    "Bernama": "MY",
    "DPA": "DE",
    "EFE": "ES",
    "IANS": "IN",
    "IRNA": "IR",
    "Interfax": "RU",
    "KUNA": "KW",
    "Kyodo": "JP",
    "Kyodo News": "JP",
    "Lusa": "PT",
    "MENA": "EG",
    "PA Media": "GB",
    "PTI": "IN",
    "Reuters": "GB",
    "SPA": "SA",
    "TASS": "RU",
    "The Associated Press": "US",
    "UNI": "IN",
    "UPI": "US",
    "WAM": "AE",
    "Xinhua": "CN",
    "Yonhap": "KR",
}
"""News agencies and the country whose clock their copy is stamped with."""

_AGENCY_NAMES = {name.casefold(): name for name in AGENCIES}
_LETTERS = frozenset(name for name in AGENCIES if name.isupper()) | {"dpa"}
"""Names of letters; spelt otherwise they are words: App, Spa, Uni."""

_BY = re.compile(r"(?:Written |Reported |Posted )?by:?\s+(?P<names>\S.*)", re.IGNORECASE)
_TIME = re.compile(
    r"(?P<label>(?:Last |First )?(?:Updated|Modified|Published|Posted)(?: (?:on|at))?\s*:?)\s*"
    r"(?P<time>\S.*)",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[^\W\d_a-z][\w.'\u2019-]*(?: (?:[^\W\d_a-z][\w.'\u2019-]*|[a-z]{2,3})){0,4}")
_NO_PERSON = re.compile(
    rf"(?i)(?:{MONTH}(?!(?-i: [A-Z]\w))|\w+day|the|a|an|now|then|this|that|last)\b.*"
)
"""What follows "by" and is a time; June Roe is none."""


_WORD = r"[^\W\d_a-z][\w.'\u2019-]*"
_PLACE = rf"{_WORD}(?:[ /](?:{_WORD}|de|del|la|al|of|and)){{0,4}}"
_DAY = rf"(?:{MONTH} \d{{1,2}}|\d{{1,2}} {MONTH})(?:, \d{{4}})?"
_AFTER_DAY = r"(?:\s*[-\u2013\u2014:]+\s+|\s+(?=[^\Wa-z]|[\"'\u201c\u2018]))"
_DATELINE = re.compile(
    rf"(?P<place>{_PLACE}(?:, {_PLACE})??)"
    rf"(?:, (?P<day>{_DAY})(?:,? ?\((?P<agency>[^()]{{2,40}})\))?{_AFTER_DAY}"
    r"| \((?P<agency2>[^()]{2,40})\)\s*[-\u2013\u2014]+\s+)"
)
_NO_PLACE = re.compile(
    r"(?:On|In|At|By|Since|From|Until|After|Before|Last|This|Next|Early|Late|The|A|An|Updated"
    r"|Published|Posted|\w+day|Yesterday|Today|Tomorrow)\b"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote it and when, as a byline says it; `notes` tell what could not be used."""

    agency: str | None = None
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    updated_at: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dateline:
    """The place and day that open a report, as printed; `span` is in the paragraph."""

    span: Span
    place: str
    day: str | None
    agency: str | None


def byline(line: str, country: str | None = None) -> Byline | None:
    """Read a line that says only who and when; None when it says anything else.

    The zone of a time is that of `country` if given, else of the agency.

    >>> byline("By IANS | Updated: June 26, 2025 12:04 IST").updated_at
    '2025-06-26T12:04:00+05:30'
    >>> byline("By the time the troops arrived, it was over.") is None
    True
    """
    parts = [part.strip() for part in re.split(r"\s*[|\u2022\u00b7]\s*", line) if part.strip()]
    names = [_names(part) for part in parts]
    times = [_time(part) for part in parts]
    if not parts or not all(a or b for a, b in zip(names, times, strict=True)):
        return None
    people = [name for found in names for name in found]
    agency = next((agency_name(name) for name in people if agency_name(name)), None)
    country = country or AGENCIES.get(agency or "")
    found: dict[str, str | None] = {"published_at": None, "updated_at": None}
    notes = []
    for kind, text in filter(None, times):
        read = moment(text, country)
        if read and read.value:
            found[kind] = read.value
        elif read:
            notes.append(f"{text!r} {read.note}")
    authors = tuple(name for name in people if not agency_name(name))
    return Byline(agency, authors, found["published_at"], found["updated_at"], tuple(notes))


def printed_time(text: str, country: str | None = None) -> tuple[str, str] | None:
    """Return field and value of the first date in a line that says more than that.

    >>> printed_time("Medically reviewed by Jane Roe - Updated on May 3, 2024 | 5 min read")
    ('updated_at', '2024-05-03')
    """
    found = _SOME_DATE.search(text)
    if not found:
        return None
    read = moment(found[0], country)
    day = numeric_day(found[0], country) or (read.value or read.day if read else None)
    if not day:
        return None
    before = text[: found.start()].casefold()
    field = "updated_at" if _UPDATED.search(before[-_LABEL:]) else "published_at"
    return field, day


_LABEL = 24
"""Characters before a date in which it is called an update."""
_UPDATED = re.compile(r"updat|modif|review|edited|revis|changed")
_SOME_DATE = re.compile(
    rf"(?:{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {MONTH},? \d{{4}}"
    rf"|(?<!\d)\d{{4}}-\d{{2}}-\d{{2}}(?!\d)|{NUMERIC})",
    re.IGNORECASE,
)


def dateline(paragraph: str) -> Dateline | None:
    """Read the place and day, or place and agency, that a report opens with.

    >>> dateline("Seoul, June 26 South Korea and NATO have agreed").place
    'Seoul'
    >>> dateline("LONDON (Reuters) - Britain said on Friday").agency
    'Reuters'
    >>> dateline("On Sunday, June 26 South Korea voted") is None
    True
    """
    match = _DATELINE.match(paragraph)
    if not match or _NO_PLACE.match(match["place"]):
        return None
    agency = match["agency"] or match["agency2"]
    known = agency_name(agency) if agency else None
    if match["agency2"] and not known:
        return None  # a name in brackets after a subject is no dateline
    end = match.end("day") if match["day"] else match.end("place")
    return Dateline(Span(0, end), match["place"], match["day"], known)


def agency_name(name: str) -> str | None:
    """Return the agency that a name is of, also when it is that of one of its writers.

    >>> agency_name("AP Auto Writer"), agency_name("the associated press"), agency_name("App")
    ('AP', 'The Associated Press', None)
    """
    bare = _STAFF.sub("", name)
    known = _AGENCY_NAMES.get(bare.casefold())
    return None if known and known.isupper() and bare not in _LETTERS else known


_STAFF = re.compile(r" (?:[\w-]+ ){0,3}(?:writer|reporter|correspondent|staff)s?$", re.IGNORECASE)


def _names(part: str) -> tuple[str, ...]:
    match = _BY.fullmatch(part)
    if not match:
        return (part,) if agency_name(part) else ()
    names = re.split(r",\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s*/\s*", match["names"])
    good = [name for name in names if agency_name(name) or _is_person(name)]
    return tuple(good) if len(good) == len(names) else ()


def _is_person(name: str) -> bool:
    return bool(_PERSON.fullmatch(name)) and not _NO_PERSON.fullmatch(name)


def _time(part: str) -> tuple[str, str] | None:
    match = _TIME.fullmatch(part)
    text = match["time"] if match else part
    if not moment(text):
        return None
    updated = match and re.search(r"updated|modified", match["label"], re.IGNORECASE)
    return ("updated_at" if updated else "published_at"), text

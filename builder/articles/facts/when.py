"""When a time expression of the text was or will be, seen from the article's own day.

English only. An expression that reading alone cannot place - `recently`, `two
days later`, `next Friday` on a Monday, a weekday in a sentence without a verb -
is None, never a guess.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from builder.articles.facts.metadata import AGENCIES
from builder.articles.facts.moment import MONTH, MONTHS, moment
from builder.articles.facts.period import (
    UNITS,
    Period,
    day,
    month,
    reach,
    week,
    weekday,
    weekend,
    year,
)
from builder.articles.sentence import sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.document import Document, Span

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?"
_PART_OF_DAY = r"(?: (?:early|late))?(?: (?:morning|afternoon|evening|night))?"
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = rf"(?P<number>an?|\d{{1,3}}|{'|'.join(_NUMBERS)})"
_CLOCK = re.compile(
    r"(?:at )?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))? ?(?P<half>[ap])\.?m\.?,?"
    r"(?: \(?(?P<zone>[A-Z]{1,5}|local time)\)?)?,?(?: (?:on )?|$)"
)
_FUTURE = re.compile(
    # With the verb that follows, so that `will be offered` is not taken for a past tense.
    r"(?:\b(?:will|would|shall|to be|due|scheduled|expected|plans?|planned|planning|set|going"
    r"|upcoming|to [a-z]{3,})\b|'ll\b|\u2019ll\b)(?: [a-z]+){0,2}"
)
_PAST = re.compile(
    r"\b(?:[a-z]{2,}ed|said|says|told|was|were|had|did|met|began|held|came|went|took|left|made"
    r"|gave|won|lost|saw|spoke|wrote|sent|brought|became|found|led|hit|fell|rose|struck|fought"
    r"|has|have)\b"
)
_NEAREST = 183  # days: half a year, beyond which a date without a year is the next or last one


def resolve_time(document: Document, span: Span) -> Period | None:
    """Return the day or days that the words in `span` mean, or None when that cannot be known.

    They count from the dateline's day, else from the day of publication, both
    as the publisher's clock shows them. Weeks run from Monday to Sunday.
    """
    if (document.article.language or "en").partition("-")[0] != "en":
        return None
    anchor = _anchor(document)
    words = " ".join(span.of(document.text).split()).strip(" ,.;")
    clock = _CLOCK.match(words)
    found = _period(_bare(words[clock.end() :] if clock else words), anchor, document, span)
    if clock and found and found.first == found.last:
        zoned = f"{clock['hour']}:{clock['minute'] or '00'} {clock['half']}m {clock['zone'] or ''}"
        read = moment(f"{found.first} {zoned}".strip(), AGENCIES.get(document.article.agency or ""))
        return Period(found.first, found.last, read.value if read else None)
    return found


def _anchor(document: Document) -> dt.date | None:
    """Return the day that `today` means: the dateline's if it is shortly before publication."""
    stamp = document.article.published_at or document.article.updated_at
    try:
        published = dt.date.fromisoformat((stamp or "")[:10])
    except ValueError:
        return None
    written = _month_day(document.article.dateline_day or "", published)
    close = written and 0 <= (published - written).days < len(_WEEKDAYS)
    return written if close else published


def _bare(words: str) -> str:
    return re.sub(
        r"^(?:on|since|until|by|from|during|before|after|in|over|of) ",
        "",
        words,
        flags=re.IGNORECASE,
    )


def _period(words: str, anchor: dt.date | None, document: Document, span: Span) -> Period | None:
    absolute = _absolute(words)
    if absolute or anchor is None:
        return absolute
    for pattern, meaning in _MEANINGS:
        match = pattern.fullmatch(words)
        if match:
            ahead = _ahead(document, span)
            try:
                return meaning(match, anchor, ahead)
            except (ValueError, OverflowError):  # a day that no calendar has
                return None
    return None


def _absolute(words: str) -> Period | None:
    """Read what needs no anchor: a date with its year, a month of a year, a year."""
    read = moment(words)
    if read and read.value:
        date = dt.date.fromisoformat(read.value[:10])
        return Period(date, date, read.value if "T" in read.value else None)
    found = re.fullmatch(rf"(?:(?P<month>{MONTH}),? (?:of )?)?(?P<year>(?:1[89]|20)\d\d)", words)
    if not found:
        return None
    date = dt.date(int(found["year"]), _number_of_month(found["month"] or "January"), 1)
    return month(date) if found["month"] else year(date)


def _ahead(document: Document, span: Span) -> bool | None:
    """Tell whether the verb nearest to the span looks ahead; None without a verb.

    The verb before the span counts first: `said on Thursday it would meet`.
    """
    text = document.text
    around = next((s for s in sentences(document) if span in s), span)
    before, after = text[around.start : span.start], text[span.end : around.end]
    future = max((m.end() for m in _FUTURE.finditer(before)), default=0)
    past = max((m.end() for m in _PAST.finditer(before)), default=0)
    if future or past:
        return future >= past
    future = min((m.start() for m in _FUTURE.finditer(after)), default=len(text))
    past = min((m.start() for m in _PAST.finditer(after)), default=len(text))
    return None if future == past else future < past


def _weekday(match: re.Match[str], anchor: dt.date, ahead: bool | None) -> Period | None:
    number = _WEEKDAYS.index(match["weekday"][:3].lower())
    which = (match["which"] or "").lower()
    if which == "last":
        return day(weekday(anchor - dt.timedelta(days=1), number, ahead=False))
    if which in ("next", "coming", "this coming"):
        found = weekday(anchor + dt.timedelta(days=1), number, ahead=True)
        same_week = found <= week(anchor).last
        return None if which == "next" and same_week else day(found)
    return None if ahead is None else day(weekday(anchor, number, ahead=ahead))


def _named(match: re.Match[str], anchor: dt.date, _: bool | None) -> Period | None:
    return day(anchor, _NAMED_DAYS[match[0].lower()])


def _unit(match: re.Match[str], anchor: dt.date, ahead: bool | None) -> Period | None:
    shift = {"last": -1, "this": 0, "next": 1}[match["which"].lower()]
    unit = match["unit"].lower()
    if unit == "weekend":
        return _weekend(anchor, shift, ahead)
    found = UNITS[unit](anchor, shift)
    half = (match["half"] or "").lower()
    if half == "earlier" and shift == 0:
        return Period(found.first, anchor)
    return Period(anchor, found.last) if half == "later" and shift == 0 else found


def _weekend(anchor: dt.date, shift: int, ahead: bool | None) -> Period | None:
    this = weekend(anchor)
    if shift == 0 and anchor < this.first and not ahead:
        # On a Monday `this weekend` was or will be; only the verb tells.
        return None if ahead is None else weekend(anchor, -1)
    return weekend(anchor, shift)


def _ago(match: re.Match[str], anchor: dt.date, _: bool | None) -> Period | None:
    return UNITS[match["unit"].lower()](anchor, -_number(match["number"]))


def _hence(match: re.Match[str], anchor: dt.date, _: bool | None) -> Period | None:
    return UNITS[match["unit"].lower()](anchor, _number(match["number"]))


def _reach(match: re.Match[str], anchor: dt.date, _: bool | None) -> Period | None:
    sign = 1 if match["which"].lower() in ("next", "coming") else -1
    return reach(anchor, match["unit"].lower(), sign * _number(match["number"]))


def _hours(match: re.Match[str], anchor: dt.date, _: bool | None) -> Period | None:
    days, rest = divmod(int(match["number"]), 24)
    sign = 1 if match["which"].lower() in ("next", "coming") else -1
    return reach(anchor, "day", sign * days) if days and not rest else None


def _month(match: re.Match[str], anchor: dt.date, ahead: bool | None) -> Period | None:
    which = (match["which"] or "").lower()
    ahead = {"last": False, "next": True}.get(which, ahead)
    first = anchor.replace(month=_number_of_month(match["month"]), day=1)
    here = anchor.replace(day=1)
    if ahead is None or (which and first == here):
        return None
    if first > here and not ahead:
        first = first.replace(year=first.year - 1)
    elif first < here and ahead:
        first = first.replace(year=first.year + 1)
    return month(first)


def _date(match: re.Match[str], anchor: dt.date, _: bool | None) -> Period | None:
    found = _month_day(match["date"], anchor)
    named = match["weekday"]
    if found and named and found.weekday() != _WEEKDAYS.index(named[:3].lower()):
        return None  # weekday and date contradict each other
    return day(found) if found else None


def _month_day(text: str, anchor: dt.date) -> dt.date | None:
    """Read a date, in the year that brings it nearest to the anchor if it names none."""
    if re.search(r"\d{4}", text):
        read = moment(text)
        return dt.date.fromisoformat(read.value[:10]) if read and read.value else None
    years = (anchor.year - 1, anchor.year, anchor.year + 1)
    reads = [
        moment(f"{text}, {number}" if text[:1].isalpha() else f"{text} {number}")
        for number in years
    ]
    dates = [dt.date.fromisoformat(read.value[:10]) for read in reads if read and read.value]
    near = [date for date in dates if abs((date - anchor).days) < _NEAREST]
    return near[0] if len(near) == 1 else None


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return _NUMBERS.index(word.lower()) + 1 if word.lower() in _NUMBERS else 1


def _number_of_month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1


_NAMED_DAYS = {
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "earlier today": 0,
    "later today": 0,
    "yesterday": -1,
    "yesterday morning": -1,
    "yesterday afternoon": -1,
    "yesterday evening": -1,
    "last night": -1,
    "the day before yesterday": -2,
    "tomorrow": 1,
    "tomorrow morning": 1,
    "tomorrow night": 1,
    "the day after tomorrow": 2,
}
_MONTH_DAY = rf"(?:{MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)? {MONTH})"
_MEANINGS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str], dt.date, bool | None], Period | None]], ...
] = tuple(
    (re.compile(pattern, re.IGNORECASE), meaning)
    for pattern, meaning in (
        ("|".join(_NAMED_DAYS), _named),
        (
            (
                r"(?:(?:early|late) )?(?:(?P<which>last|next|this coming|coming|this) )?"
                rf"{_WEEKDAY}{_PART_OF_DAY}"
            ),
            _weekday,
        ),
        (
            (
                r"(?:(?P<half>early|earlier|late|later) )?(?P<which>last|this|next) "
                r"(?P<unit>week|weekend|month|year)"
            ),
            _unit,
        ),
        (rf"(?:about )?{_NUMBER} (?P<unit>day|week|month|year)s? ago", _ago),
        (rf"{_NUMBER} (?P<unit>day|week|month|year)s?(?:' time|\u2019 time| from now)", _hence),
        (
            rf"(?:the )?(?P<which>past|last|next|coming) {_NUMBER} (?P<unit>day|week|month|year)s?",
            _reach,
        ),
        (r"(?:the )?(?P<which>past|last|next|coming) (?P<number>\d{2,3}) hours", _hours),
        (rf"(?:(?:early|late|mid) ?-?)?(?:(?P<which>last|next) )?(?P<month>{MONTH})", _month),
        (rf"(?:{_WEEKDAY},? )?(?P<date>{_MONTH_DAY})", _date),
    )
)

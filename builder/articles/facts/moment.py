"""Dates and times as pages print them, to ISO 8601; a zone is resolved or named as unclear."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)

_SAME_EVERYWHERE = {
    "UTC": "+00:00",
    "GMT": "+00:00",
    "Z": "+00:00",
    "WET": "+00:00",
    "WEST": "+01:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
    "MSK": "+03:00",
    "TRT": "+03:00",
    "EAT": "+03:00",
    "SAST": "+02:00",
    "WAT": "+01:00",
    "PKT": "+05:00",
    "NPT": "+05:45",
    "WIB": "+07:00",
    "ICT": "+07:00",
    "HKT": "+08:00",
    "SGT": "+08:00",
    "JST": "+09:00",
    "KST": "+09:00",
    "AWST": "+08:00",
    "ACST": "+09:30",
    "AEST": "+10:00",
    "AEDT": "+11:00",
    "NZST": "+12:00",
    "NZDT": "+13:00",
    "EDT": "-04:00",
    "CDT": "-05:00",
    "MDT": "-06:00",
    "PDT": "-07:00",
    "BRT": "-03:00",
}
_BY_COUNTRY: dict[str, dict[str, str]] = {
    "IST": {"IN": "+05:30", "IE": "+01:00", "IL": "+02:00"},
    "BST": {"GB": "+01:00", "BD": "+06:00"},
    "EST": {"US": "-05:00", "CA": "-05:00", "AU": "+10:00"},
    "CST": {"US": "-06:00", "CA": "-06:00", "CN": "+08:00", "TW": "+08:00", "CU": "-05:00"},
    "MST": {"US": "-07:00", "CA": "-07:00", "MY": "+08:00"},
    "PST": {"US": "-08:00", "CA": "-08:00", "PH": "+08:00"},
    "AST": {"CA": "-04:00", "SA": "+03:00", "IQ": "+03:00", "KW": "+03:00"},
    "GST": {"AE": "+04:00", "OM": "+04:00"},
}

_DAY = rf"""
    (?: (?P<month>{MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})
    |   (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?P<month2>{MONTH}),?[\s-]+(?P<year2>\d{{4}})
    |   (?P<iso>\d{{4}}(?P<dash>[-/.]?)\d{{2}}(?P=dash)\d{{2}}) )
"""
_TIME = r"""
    (?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,:]\d+)?)?
    (?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?
"""
_OFFSET = r"(?:UTC|GMT)?\s*(?P<sign>[+-])(?P<oh>\d{1,2}):?(?P<om>\d{2})?"
_MOMENT = re.compile(
    rf"""
    (?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,?\s+)?
    {_DAY}
    (?: (?:T|,?\s+(?:at\s+|-\s+)?) {_TIME}
        (?: \s*\(?(?: {_OFFSET} | (?P<zone>[A-Z][A-Za-z]{{0,4}}) )\)? )?
    )?
    """,
    re.VERBOSE | re.IGNORECASE,
)


NUMERIC = r"(?<![\d/.-])\d{1,2}(?P<dash>[/.-])\d{1,2}(?P=dash)(?:19|20)\d\d(?![\d/-])"
_NUMERIC = re.compile(
    r"(?P<first>\d{1,2})(?P<dash>[/.-])(?P<second>\d{1,2})(?P=dash)(?P<year>\d{4})"
)
_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW"})
_MIXED = frozenset({"CA", "ZA", "KE", "GH"})
"""Countries in which numbers are printed in both orders."""

_BASIC = re.compile(r"^(\d{8})T(\d{2})(\d{2})(\d{2})(?!\d)")
"""ISO 8601 without separators, as NITF writes it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in ISO 8601 with offset, or a day; None with a note when that is not certain.

    `day` is the day that was printed, also where the instant is not certain.
    """

    value: str | None
    note: str | None = None
    day: str | None = None


def moment(text: str, country: str | None = None) -> Moment | None:
    """Read a day or a time with its offset; None when `text` is something else.

    A time has seconds, as RFC 3339 wants them, also where minutes were printed;
    a day stays a day.

    `country` (ISO 3166, two letters) is the publisher's; it decides what a
    zone abbreviation means where countries differ.

    >>> moment("June 26, 2025 12:04 IST", "IN").value
    '2025-06-26T12:04:00+05:30'
    >>> moment("16 November 2004").value
    '2004-11-16'
    >>> moment("June 26, 2025 12:04 IST").note
    "zone 'IST' is +05:30 in IN, +01:00 in IE, +02:00 in IL; name the country in builder.toml"
    """
    match = _MOMENT.fullmatch(_BASIC.sub(r"\1T\2:\3:\4", text.strip()))
    if not match:
        return None
    parts = match.groupdict()
    try:
        day = _day(parts)
        clock = _clock(parts)
    except ValueError as error:
        return Moment(None, f"is no date of the calendar: {error}")
    if clock is None:
        return Moment(day.isoformat(), day=day.isoformat())
    offset, note = _offset(parts, country)
    if offset is None and not parts["zone"]:
        offset = local_offset(dt.datetime.fromisoformat(f"{day}T{clock}"), country)
    value = f"{day}T{clock}{offset}" if offset else None
    return Moment(value, None if value else note, day.isoformat())


def numeric_day(text: str, country: str | None = None) -> str | None:
    """Return the day of a date in numbers; None where it could be two days.

    With dots the day comes first. Else the country decides, or the number
    that can be no month.

    >>> numeric_day("2/24/2026"), numeric_day("03.05.2024"), numeric_day("3/5/2024")
    ('2026-02-24', '2024-05-03', None)
    >>> numeric_day("3/5/2024", "GB"), numeric_day("3/5/2024", "US")
    ('2024-05-03', '2024-03-05')
    """
    match = _NUMERIC.fullmatch(text.strip())
    if not match:
        return None
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    orders = {(second, first), (first, second)}  # month, day
    if match["dash"] == "." or (country and country not in _MONTH_FIRST | _MIXED):
        orders = {(second, first)}
    elif country in _MONTH_FIRST:
        orders = {(first, second)}
    days = [_existing(year, month, day) for month, day in orders]
    found = [day for day in days if day]
    return found[0] if len(found) == 1 else None


def _existing(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def local_offset(moment: dt.datetime, country: str | None) -> str | None:
    """Return the offset of a country's clocks at a local time; None where they differ.

    >>> local_offset(dt.datetime(2025, 6, 26, 12, 4), "IN")
    '+05:30'
    >>> local_offset(dt.datetime(2025, 6, 26, 12, 4), "US") is None
    True
    """
    local = {moment.replace(tzinfo=zone).isoformat()[-6:] for zone in _zones(country or "")}
    return local.pop() if len(local) == 1 else None


@cache
def _zones(country: str) -> tuple[ZoneInfo, ...]:
    """Return the zones that the time zone database lists for a country."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(ZoneInfo(row[2]) for row in rows if row[0] == country)


def _day(parts: Mapping[str, str | None]) -> dt.date:
    if parts["iso"]:
        return dt.date.fromisoformat(re.sub(r"[/.]", "-", parts["iso"]))
    month = MONTHS.index((parts["month"] or parts["month2"] or "")[:3].lower()) + 1
    year = int(parts["year"] or parts["year2"] or 0)
    return dt.date(year, month, int(parts["day"] or parts["day2"] or 0))


def _clock(parts: Mapping[str, str | None]) -> str | None:
    if not parts["hour"]:
        return None
    hour, half = int(parts["hour"]), (parts["half"] or "").lower()
    if half and not 1 <= hour <= 12:  # noqa: PLR2004 - the clock's face
        raise ValueError(f"{hour} {half}m is not on the clock")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    clock = dt.time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))
    return clock.isoformat("seconds")


def _offset(parts: Mapping[str, str | None], country: str | None) -> tuple[str | None, str]:
    if parts["sign"]:
        return _numeric(parts["sign"], int(parts["oh"] or 0), int(parts["om"] or 0))
    zone = (parts["zone"] or "").upper()
    if not zone:
        return None, "has a time without a zone, so the instant is not known"
    if zone in _SAME_EVERYWHERE:
        return _SAME_EVERYWHERE[zone], ""
    meanings = _BY_COUNTRY.get(zone)
    if meanings is None:
        return None, f"zone {zone!r} is unknown here; an offset such as +05:30 would be clear"
    if country in meanings:
        return meanings[country], ""
    listed = ", ".join(f"{offset} in {place}" for place, offset in meanings.items())
    return None, f"zone {zone!r} is {listed}; name the country in builder.toml"


def _numeric(sign: str, hours: int, minutes: int) -> tuple[str | None, str]:
    offset = f"{sign}{hours:02d}:{minutes:02d}"
    if hours > 14 or minutes > 59:  # noqa: PLR2004 - no clock on earth is further from UTC
        return None, f"{offset} is no offset of any clock"
    return offset, ""

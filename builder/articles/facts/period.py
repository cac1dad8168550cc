"""Days and runs of days, and the arithmetic that news writing does with them."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

DAYS_IN_WEEK = 7
MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; `instant` when the minute is known too."""

    first: dt.date
    last: dt.date
    instant: str | None = None

    @property
    def iso(self) -> str:
        """The instant, the day, or `first/last`, in ISO 8601.

        >>> Period(dt.date(2025, 6, 16), dt.date(2025, 6, 22)).iso
        '2025-06-16/2025-06-22'
        """
        if self.instant:
            return self.instant
        days = (self.first, self.last)
        return "/".join(day.isoformat() for day in dict.fromkeys(days))


def day(date: dt.date, shift: int = 0) -> Period:
    """Return the day `shift` days after a date."""
    moved = date + dt.timedelta(days=shift)
    return Period(moved, moved)


def week(date: dt.date, shift: int = 0) -> Period:
    """Return Monday to Sunday of the week `shift` weeks after that of a date."""
    monday = date + dt.timedelta(days=DAYS_IN_WEEK * shift - date.weekday())
    return Period(monday, monday + dt.timedelta(days=DAYS_IN_WEEK - 1))


def weekend(date: dt.date, shift: int = 0) -> Period:
    """Return Saturday and Sunday of the week `shift` weeks after that of a date."""
    sunday = week(date, shift).last
    return Period(sunday - dt.timedelta(days=1), sunday)


def month(date: dt.date, shift: int = 0) -> Period:
    """Return the month `shift` months after that of a date.

    >>> month(dt.date(2025, 1, 31), 1).iso
    '2025-02-01/2025-02-28'
    """
    index = date.year * MONTHS_IN_YEAR + date.month - 1 + shift
    first = dt.date(index // MONTHS_IN_YEAR, index % MONTHS_IN_YEAR + 1, 1)
    return Period(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def year(date: dt.date, shift: int = 0) -> Period:
    """Return the year `shift` years after that of a date."""
    number = date.year + shift
    return Period(dt.date(number, 1, 1), dt.date(number, 12, 31))


UNITS = {"day": day, "week": week, "weekend": weekend, "month": month, "year": year}


def reach(date: dt.date, unit: str, number: int) -> Period:
    """Return the days from a date to `number` units before (if negative) or after it.

    >>> reach(dt.date(2025, 6, 26), "week", -2).iso
    '2025-06-12/2025-06-26'
    """
    if unit in ("day", "week"):
        other = date + dt.timedelta(days=number * (DAYS_IN_WEEK if unit == "week" else 1))
    else:
        there = month(date, number * (MONTHS_IN_YEAR if unit == "year" else 1))
        other = there.first.replace(day=min(date.day, there.last.day))
    return Period(min(date, other), max(date, other))


def weekday(date: dt.date, number: int, *, ahead: bool) -> dt.date:
    """Return the nearest such day of the week before or after a date, the date itself included."""
    distance = (number - date.weekday()) % DAYS_IN_WEEK
    if distance and not ahead:
        distance -= DAYS_IN_WEEK
    return date + dt.timedelta(days=distance)

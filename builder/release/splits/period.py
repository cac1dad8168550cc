"""Splitting by date: the days at which validation and test begin, decided once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.document import Article

NEVER = "9999-12-31"
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Cuts:
    """The first days (UTC) of validation and test; what is older is train."""

    validation: str
    test: str

    def split(self, day: str) -> str:
        """Return the split of a day.

        >>> Cuts("2020-03-01", "2020-06-01").split("2020-03-01")
        'validation'
        """
        if day >= self.test:
            return "test"
        return "validation" if day >= self.validation else "train"


def cuts(days: Iterable[str], shares: Mapping[str, float]) -> Cuts:
    """Return the days that give test the newest and validation the next share of `days`.

    A day is never cut in two, so test and validation may be larger than their
    share. They have one day at least where train keeps one too, because the
    days hold for good; with a share of zero they never begin.

    >>> cuts(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"],
    ...      {"train": 0.5, "validation": 0.25, "test": 0.25})
    Cuts(validation='2020-01-03', test='2020-01-04')
    """
    ordered = sorted(days)
    test = _first(ordered, shares["test"])
    before = [day for day in ordered if day < test]
    rest = shares["train"] + shares["validation"]
    return Cuts(_first(before, shares["validation"] / rest) if rest else NEVER, test)


def day(article: Article) -> str | None:
    """Return the UTC day an article was published (or, unknown that, updated), None if unknown.

    A month or year that was given alone counts as its first day.
    """
    stated = article.published_at or article.updated_at
    if stated is None:
        return None
    if _DAY.fullmatch(stated):
        return stated + "-01-01"[len(stated) - 4 :]
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()


def number(day: str) -> int:
    """Return a day as a number that sorts as days do.

    >>> number("2020-03-01")
    20200301
    """
    return int(day.replace("-", ""))


def _first(ordered: list[str], share: float) -> str:
    wanted = round(share * len(ordered))
    if share and len(ordered) > 1:
        wanted = max(1, wanted)
    return ordered[-wanted] if wanted else NEVER

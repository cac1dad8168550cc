"""When relative expressions were: real ones, and those that nobody can place."""

import datetime as dt

import pytest

from builder.articles.assembly import document, lines, whole
from builder.articles.facts.metadata import byline
from builder.articles.facts.when import resolve_time
from builder.document import Article, Span

# Published, sentence with the expression in [brackets], the day or days. The expressions are
# those of real articles (Wikinews, US and UK governments), the sentences reworded, the dates
# mostly ours; the last seven are made up.
REAL = [
    (
        "2004-11-24",
        "Congress read the e-mails during a speech [last week].",
        "2004-11-15/2004-11-21",
    ),
    ("2004-11-24", "Lawmakers rejected the proposal [in October].", "2004-10-01/2004-10-31"),
    (
        "2004-11-30",
        "Protesters clashed with riot police in Ottawa briefly [on Tuesday].",
        "2004-11-30",
    ),
    (
        "2004-11-18",
        "Leaders will attend the summit in Chile [later this month].",
        "2004-11-18/2004-11-30",
    ),
    (
        "2004-12-04",
        "The study covers climate activity during [the last 50 years].",
        "1954-12-04/2004-12-04",
    ),
    (
        "2004-11-30",
        "He announced he would dissolve Parliament [on Tuesday, November 30].",
        "2004-11-30",
    ),
    ("2005-01-04", "It will be offered to Congress [in February].", "2005-02-01/2005-02-28"),
    ("2004-12-07", "The summit is planned [in April of 2005].", "2005-04-01/2005-04-30"),
    ("2004-11-17", "The test is due to begin in Brisbane [tomorrow].", "2004-11-18"),
    ("2016-05-04", "The officer was killed [yesterday] in northern Iraq.", "2016-05-03"),
    ("2016-05-04", "The commander released the following statement [today].", "2016-05-04"),
    ("2016-12-28", "[On Monday 19 December] the Security Council adopted it.", "2016-12-19"),
    ("2017-07-06", "The isolation of Raqqa began [early last month].", "2017-06-01/2017-06-30"),
    ("2017-07-06", "It advanced five miles in [the past 24 hours].", "2017-07-05/2017-07-06"),
    ("2016-11-10", "The force will lead an exercise [early next year].", "2017-01-01/2017-12-31"),
    (
        "2016-11-10",
        "We shot with them for [the past two weeks] before this.",
        "2016-10-27/2016-11-10",
    ),
    ("2015-06-30", "Parliament voted [a year ago].", "2014-01-01/2014-12-31"),
    ("2004-12-05", "He was sworn in by deputies [this weekend].", "2004-12-04/2004-12-05"),
    ("2005-02-11", "It stopped the import of grain [earlier this month].", "2005-02-01/2005-02-11"),
    ("2016-10-03", "[On Saturday], they claimed two attacks.", "2016-10-01"),
    ("2004-12-05", "He is due back after a secret visit [last month].", "2004-11-01/2004-11-30"),
    ("2025-06-26", "Rutte said [Thursday] that talks will resume.", "2025-06-26"),
    ("2025-06-26", "Rutte said on Thursday that talks will resume [on Monday].", "2025-06-30"),
    ("2025-06-26", "They agreed to meet [in three days' time].", "2025-06-29"),
    ("2025-01-02", "The ministers met [on December 30].", "2024-12-30"),
    ("2025-06-26", "They met [two weeks ago].", "2025-06-09/2025-06-15"),
    ("2025-06-26", "The vote is [next Wednesday].", "2025-07-02"),
    ("2025-06-26", "It was signed [on 3 May 1999].", "1999-05-03"),
]
UNKNOWN = [
    ("2004-11-24", "He tortured them over [the next few years]."),
    ("2004-12-07", "It withdrew [six years later]."),
    ("2016-11-10", "Support fell in [the past couple years]."),
    ("2004-12-07", "It meets [in March or April] this year."),
    ("2025-06-23", "They will meet [next Friday]."),  # four days ahead, or eleven?
    ("2025-06-26", "Talks [Monday]"),  # no verb
    ("2025-06-26", "They met [on Friday, June 25]."),  # it was a Wednesday
    ("2025-06-26", "They [recently] met."),
    ("2025-06-26", "It was agreed [on February 30]."),
    (None, "They met [yesterday]."),
]
# Bylines of our own making, in the forms that pages print;
# the zone is clear, or clear by the country, or it is not clear.
BYLINES = [
    ("By IANS | Updated: June 26, 2025 12:04 IST", None, "2025-06-26T12:04:00+05:30"),
    ("Updated: Mar 4, 2025, 20:30 IST", "IN", "2025-03-04T20:30:00+05:30"),
    ("Updated: Mar 4, 2025, 20:30 IST", None, None),
    ("Published on November 9, 2024, 4:20pm EST", "US", "2024-11-09T16:20:00-05:00"),
    ("Published on November 9, 2024, 4:20pm EST", "AU", "2024-11-09T16:20:00+10:00"),
    ("Dec 2, 2024 6:10 am PST", "US", "2024-12-02T06:10:00-08:00"),
    ("Apr 8, 2024 7:30 am PDT", None, "2024-04-08T07:30:00-07:00"),
    ("Updated: January 5, 2024, 8:12am CST", "US", "2024-01-05T08:12:00-06:00"),
    ("Updated: January 5, 2024, 8:12am CST", None, None),
    ("By Ann Example | Feb. 3, 2026 8:15 am EST", "US", "2026-02-03T08:15:00-05:00"),
    ("Updated: Dec 30, 2024 7:45pm UTC", None, "2024-12-30T19:45:00+00:00"),
    ("Published: 18 June 2025 14:30 BST", "GB", "2025-06-18T14:30:00+01:00"),
    ("Published: 18 June 2025 14:30 BST", None, None),
    ("By Xinhua | Updated: June 26, 2025 12:04 CST", None, "2025-06-26T12:04:00+08:00"),
    ("By Yonhap | Updated: June 26, 2025 12:04 KST", None, "2025-06-26T12:04:00+09:00"),
]


def made(text: str, **facts: str | None):
    page = [piece for _, piece in lines(whole(f"Headline\n{text}", "utf-8"), "utf-8")]
    return document(page[0], page[1:], (), Article("a.txt", "0", "utf-8", **facts))


def resolved(text: str, **facts: str | None) -> str | None:
    before, _, rest = text.partition("[")
    words, _, after = rest.partition("]")
    found = made(before + words + after, **facts)
    start = found.text.index(before + words) + len(before)
    when = resolve_time(found, Span(start, start + len(words)))
    return when.iso if when else None


@pytest.mark.parametrize(("published", "text", "wanted"), REAL)
def test_a_relative_expression_is_resolved(published, text, wanted):
    assert resolved(text, published_at=published) == wanted


@pytest.mark.parametrize(("published", "text"), UNKNOWN)
def test_what_cannot_be_known_is_none(published, text):
    assert resolved(text, published_at=published) is None


@pytest.mark.parametrize(("line", "country", "wanted"), BYLINES)
def test_a_zoned_byline_gives_the_instant_or_nothing(line, country, wanted):
    read = byline(line, country)
    assert read is not None
    assert (read.published_at or read.updated_at) == wanted


def test_days_count_on_the_publishers_clock():
    text = "They met [yesterday]."
    assert resolved(text, published_at="2025-06-26T00:30+05:30") == "2025-06-25"


def test_the_datelines_day_comes_before_the_day_of_publication():
    text = "Seoul, June 25 The two sides met [today]."
    assert resolved(text, published_at="2025-06-26") == "2025-06-25"


def test_a_zoned_hour_is_an_instant_and_one_without_a_zone_a_day():
    text = "The meeting began [at 9 a.m. KST on Wednesday]."
    assert resolved(text, published_at="2025-06-26") == "2025-06-25T09:00:00+09:00"
    assert resolved(text.replace(" KST", ""), published_at="2025-06-26") == "2025-06-25"
    indian = "It began [at 9:15 a.m. IST on Wednesday]."
    assert resolved(indian, published_at="2025-06-26", agency="PTI") == "2025-06-25T09:15:00+05:30"
    assert resolved(indian, published_at="2025-06-26") == "2025-06-25"


def test_another_language_is_not_read():
    assert resolved("They met [yesterday].", published_at="2025-06-26", language="de") is None


@pytest.mark.parametrize("published", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("words", ["two weeks ago", "next year", "the next 300 years", "tomorrow"])
def test_the_ends_of_the_calendar_are_no_error(published, words):
    assert resolved(f"They met [{words}].", published_at=published) is None or published


def test_no_length_of_a_month_surprises():
    for offset in range(366):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=offset)
        assert resolved("They met [last month].", published_at=day.isoformat()) is not None
        assert (
            resolved("They met in [the past two months].", published_at=day.isoformat()) is not None
        )

import pytest

from builder.articles.facts.metadata import Byline, byline, dateline
from builder.articles.facts.moment import moment


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "By Jane Roe and Ben de la Cruz, Reuters",
            Byline("Reuters", ("Jane Roe", "Ben de la Cruz")),
        ),
        ("IANS", Byline("IANS")),
        ("By June Roe", Byline(authors=("June Roe",))),
        ("May 3, 2024", Byline(published_at="2024-05-03")),
        (
            "By PTI | Last Updated on: 3 May 2024, 5:05 pm IST",
            Byline("PTI", updated_at="2024-05-03T17:05:00+05:30"),
        ),
    ],
)
def test_a_byline_tells_who_and_when(line, expected):
    assert byline(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "By Monday",
        "By June",
        "By the river",
        "Updated rules apply",
        "By Jane Roe, who lives in Rome",
        "App",
        "Spa",
        "|",
        "x",
    ],
)
def test_other_lines_are_no_byline(line):
    assert byline(line) is None


def test_the_publishers_country_goes_before_the_agencys():
    line = "By IANS | Updated: June 26, 2025 12:04 IST"
    assert byline(line, "IE").updated_at == "2025-06-26T12:04:00+01:00"


@pytest.mark.parametrize(
    ("paragraph", "place", "day", "agency"),
    [
        ("Seoul, June 26 South Korea said", "Seoul", "June 26", None),
        ("New Delhi, 26 June (IANS): The", "New Delhi", "26 June", "IANS"),
        ("SEOUL, South Korea (AP) — The", "SEOUL, South Korea", None, "AP"),
        ("WASHINGTON, Jan. 5, 2024 -- The", "WASHINGTON", "Jan. 5, 2024", None),
    ],
)
def test_a_dateline_gives_place_and_day(paragraph, place, day, agency):
    found = dateline(paragraph)
    assert (found.place, found.day, found.agency) == (place, day, agency)
    assert found.span.of(paragraph) == (f"{place}, {day}" if day else place)


@pytest.mark.parametrize(
    "paragraph",
    [
        "On Sunday, June 26 South Korea voted.",
        "Stockholm, June 3 saw the first talks.",
        "NATO (the alliance) - and its partners",
        "The Hague hosted talks.",
        "Monday, June 26 Ministers met.",
    ],
)
def test_a_sentence_is_no_dateline(paragraph):
    assert dateline(paragraph) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Thursday, 26 June 2025", "2025-06-26"),
        ("June 26th, 2025 at 12:04:30 +0530", "2025-06-26T12:04:30+05:30"),
        ("2025-06-26T12:04Z", "2025-06-26T12:04:00+00:00"),
        ("20250626T120400+0530", "2025-06-26T12:04:00+05:30"),
        ("2025-06-26T12:04:00.123+0530", "2025-06-26T12:04:00+05:30"),
        ("Thu, 26 Jun 2025 12:04:00 GMT", "2025-06-26T12:04:00+00:00"),
        ("Sept. 1, 2025 12:30 AM UTC+3", "2025-09-01T00:30:00+03:00"),
        ("June 26, 2025 12:04 (KST)", "2025-06-26T12:04:00+09:00"),
    ],
)
def test_a_moment_keeps_the_precision_that_was_given(text, value):
    assert moment(text).value == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("June 31, 2025", "no date of the calendar"),
        ("June 26, 2025 25:00 UTC", "no date of the calendar"),
        ("June 26, 2025 13:00 pm UTC", "not on the clock"),
        ("June 26, 2025 12:04", "without a zone"),
        ("June 26, 2025 12:04 QQT", "zone 'QQT' is unknown"),
        ("June 26, 2025 12:04 CST", "-06:00 in US"),
        ("June 26, 2025 12:04 +29:00", "no offset"),
    ],
)
def test_an_unclear_moment_has_a_note_instead_of_a_guess(text, said):
    found = moment(text)
    assert found.value is None
    assert said in found.note


def test_text_is_no_moment():
    assert moment("in the summer of 2025") is None

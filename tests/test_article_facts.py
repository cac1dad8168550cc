"""What people state of raw files in builder.toml: read as it is meant, or refused with its line."""

from __future__ import annotations

import pytest

from builder.articles import read_articles
from builder.config import load_project
from builder.document import Document
from builder.errors import UsageError

DUMP = """\
Officials sign the water agreement
By Jane Roe | Published: June 26, 2025 12:04 IST
LONDON: Officials of both countries signed the water agreement on Thursday after two years of talks.
The ministers said the agreement would help farmers on both sides of the river in dry summers.
It enters into force when both parliaments have agreed to it, which may take until next spring.
"""
ROW = '{"title": "A title", "text": "The first paragraph of a text.", "date": "2024-01-02"}\n'
BARE = '{"title": "A title", "text": "The first paragraph of a text."}\n'


@pytest.fixture
def project(tmp_path):
    """Return a function that makes a project which states something of all its files."""

    def _project(line):
        (tmp_path / "builder.toml").write_text(f'[[articles]]\nmatch = "*"\n{line}\n')
        return load_project(tmp_path)

    return _project


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("published_at = 2025-06-26", "2025-06-26"),
        ('published_at = "2025-06-26"', "2025-06-26"),
        ("published_at = 2025-06-26T12:04:00+05:30", "2025-06-26T12:04:00+05:30"),
        ('published_at = "2025-06-26 12:04+05:30"', "2025-06-26T12:04:00+05:30"),
        ('published_at = "2025-06-26T06:34:00Z"', "2025-06-26T06:34:00+00:00"),
    ],
)
def test_a_day_stays_a_day_and_a_time_has_seconds_and_its_offset(project, line, value):
    assert project(line).facts("a.txt").published_at == value


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('published_at = "June 26, 2025"', "'June 26, 2025'; it is neither a day nor a time with"),
        ('published_at = "2025-02-30"', "'2025-02-30'; day is out of range for month"),
        ("published_at = 2025-06-26T12:04:00", "'2025-06-26T12:04:00'; it is neither"),
        ("published_at = 12:04:00", "'12:04:00'; it is neither"),
        ("published_at = 2025", "'2025'; it is neither"),
    ],
)
def test_what_is_no_date_is_refused_with_its_line(project, line, found):
    with pytest.raises(UsageError) as error:
        project(line)
    assert str(error.value).startswith(f"builder.toml:1: published_at is {found}")
    assert str(error.value).endswith("write it as 2025-06-26 or 2025-06-26T12:04:00+05:30")


def told(project, name, text):
    (project.root / name).write_text(text, "utf-8")
    (found,) = (o for o in read_articles(project.root / name, project) if isinstance(o, Document))
    sources = [fact.source for fact in found.article.facts if fact.name == "published_at"]
    return found.article.published_at, sources


def test_a_dump_has_the_stated_day_and_where_it_was_stated(project):
    stated = project("published_at = 2025-06-27")
    assert told(stated, "a.txt", DUMP) == ("2025-06-27", ["builder.toml"])


def test_a_byline_gives_the_instant_of_the_stated_day(project):
    stated = project('published_at = 2025-06-26\ncountry = "IN"')
    assert told(stated, "a.txt", DUMP) == ("2025-06-26T12:04:00+05:30", [])


def test_a_row_goes_before_what_is_stated_of_its_file(project):
    stated = project("published_at = 2025-06-27")
    assert told(stated, "a.jsonl", ROW) == ("2024-01-02", ["field date"])
    assert told(stated, "b.jsonl", BARE) == ("2025-06-27", ["builder.toml"])

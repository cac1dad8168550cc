import pytest

from builder.articles.assembly import whole
from builder.articles.webpages.webpage import Webpage

BODY = "".join(
    f"<p>The two sides met in {place} for the first time in May, officials said on Friday.</p>"
    for place in ("Vienna", "Geneva", "Doha", "Oslo")
)


def marked(above="", below="", foot="", country=None):
    raw = f"<html><body>{above}<h1>Talks end in Vienna</h1>{below}{BODY}{foot}</body></html>"
    found = Webpage(whole(raw, "utf-8"), "utf-8").marked(country)
    return [(fact.name, fact.value) for fact in found]


@pytest.mark.parametrize(
    ("below", "said"),
    [
        ("<div>Published August 7, 2023 by Jane Roe</div>", ("authors", "Jane Roe")),
        ("<div>Published August 7, 2023 by Jane Roe</div>", ("published_at", "2023-08-07")),
        ("<div>Last updated</div><div>2/24/2026</div>", ("updated_at", "2026-02-24")),
        ("<div>Updated <time datetime='2026-02-24'>now</time></div>", ("updated_at", "2026-02-24")),
        ("<time datetime='2026-02-24'>now</time>", ("published_at", "2026-02-24")),
        ("<div class='byline'>May 3, 2024 &middot; Jane Roe on behalf of us</div>",
         ("authors", "Jane Roe")),
        ("<div>Article by</div><div>Jane Roe</div>", ("authors", "Jane Roe")),
        ("<a rel='author' href='/x'>Jane Roe</a>", ("authors", "Jane Roe")),
    ],
)  # fmt: skip
def test_what_stands_below_the_headline_tells_who_and_when(below, said):
    assert said in marked(below=below)


@pytest.mark.parametrize(
    "below",
    [
        "<div>Medically reviewed by Jane Roe</div>",
        "<div>Reviewed by <a rel='author' href='/x'>Jane Roe</a></div>",
        "<div class='author'>About the team</div>",
    ],
)
def test_who_only_checked_a_text_is_no_author(below):
    assert not [value for name, value in marked(below=below) if name == "authors"]


def test_a_day_in_numbers_that_could_be_two_days_needs_the_country():
    below = "<div>Posted 3/5/2024</div>"
    assert marked(below=below) == []
    assert marked(below=below, country="GB") == [("published_at", "2024-05-03")]


def test_what_follows_the_headline_goes_before_what_stands_above():
    found = marked(above="<div>January 1, 2020</div>", below="<div>May 3, 2024</div>")
    assert found == [("published_at", "2024-05-03"), ("published_at", "2020-01-01")]


def test_a_linked_title_with_a_date_is_another_article():
    assert marked(above="<li><a href='/x'>Talks begin in Doha May 3, 2024</a></li>") == []


def test_a_box_below_the_article_names_its_author_when_nothing_else_does():
    found = marked(foot="<div class='author-box'>Jane Roe</div>")
    assert found == [("authors", "Jane Roe")]

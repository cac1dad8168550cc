import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.lines.role import REASONS, line_roles

HEAD = "Ministers sign border treaty"
BODY = [
    "Ministers of both countries signed the border treaty on Monday, officials said.",
    "The treaty ends a dispute that began in 1998, the foreign ministry said.",
]
BODY_MORE = [
    "Both parliaments have to agree before it can come into force in the autumn.",
    "A first meeting of the new commission is planned for March, the ministry said.",
]


def roles(*lines):
    return dict(zip(lines, line_roles(lines), strict=True))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Open in App", "app_prompt"),
        ("Download the News24 app now", "app_prompt"),
        ("Advertisement", "advertisement"),
        ("© 2024 The Daily Post. All rights reserved.", "copyright"),
        ("Disclaimer: This post was auto-published.", "disclaimer"),
        ("* * *", "no_text"),
        ("By Jane Roe", "byline"),
        ("Subscribe to our newsletter", "interface"),
    ],
)
def test_unmistakable_furniture_is_dropped_inside_the_body(line, reason):
    assert roles(HEAD, BODY[0], line, BODY[1])[line] == reason


@pytest.mark.parametrize(
    "line",
    [
        "By the time they met, copyright law had changed.",
        "Next, the ministers will share a meal.",
        "“We agreed.”",
        "What happens now",
        "Comments by the minister angered his hosts.",
    ],
)
def test_text_inside_the_body_stays(line):
    assert roles(HEAD, BODY[0], line, BODY[1])[line] == "body"


def test_a_repeated_teaser_is_cut_once():
    teaser = f"{BODY[0][:40]}..."
    found = line_roles([HEAD, teaser, *BODY])
    assert found == ["headline", "repeated_teaser", "body", "body"]


def test_a_teaser_without_its_paragraph_stays_text():
    line = "Ministers of both countries had been waiting for this day..."
    assert roles(HEAD, line, *BODY)[line] == "body"


def test_a_standfirst_under_the_headline_is_kept():
    line = "A long dispute is over, both sides say."
    assert roles("Home", HEAD, line, "Share", "Photo", "World", *BODY)[line] == "body"


def test_what_follows_a_heading_of_links_is_named_by_it():
    links = ["WorldMinisters to meet again", "SportRain stops play"]
    found = roles(HEAD, *BODY, "Realted Stories", *links, "3 Comments", "Anna")
    assert [found[line] for line in links] == ["related_stories"] * 2
    assert (found["3 Comments"], found["Anna"]) == ("comments", "comments")


def test_a_line_of_other_pages_is_site_furniture():
    notice = "Readers of this page also follow our daily briefing on the region"
    lines = [HEAD, *BODY, notice, *BODY_MORE]
    alone = line_roles(lines)
    known = line_roles(lines, lambda _: [5 * (line == notice) for line in lines])
    assert known[lines.index(notice)] == "site_furniture"
    assert [role for n, role in enumerate(known) if n != 3] == [
        role for n, role in enumerate(alone) if n != 3
    ]


def test_a_paragraph_that_comes_twice_is_kept_once():
    found = line_roles([HEAD, *BODY, BODY[0]])
    assert found == ["headline", "body", "body", "repeated_paragraph"]


def test_the_headline_inside_a_path_of_links_is_not_taken():
    found = line_roles(["Home", f"Home / World / {HEAD}", HEAD, "By Jane Roe", *BODY, *BODY_MORE])
    assert found.index("headline") == 2


def test_a_sentence_that_comes_again_is_no_headline():
    found = line_roles(["Home", HEAD, BODY[0], "Subscribe", BODY[1], "Home", "Home", BODY[0]])
    assert found[1] == "headline"
    assert "body" in found


def test_a_page_without_lines_has_no_roles():
    assert line_roles([]) == []


def test_scraps_without_prose_have_no_body():
    assert "body" not in line_roles(["Home", "News", "Sport"])


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool)))
def test_every_line_has_a_known_role_and_at_most_one_is_the_headline(lines):
    found = line_roles(lines)
    assert len(found) == len(lines)
    assert set(found) <= {"headline", "body", *REASONS}
    assert found.count("headline") <= 1

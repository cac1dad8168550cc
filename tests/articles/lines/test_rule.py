import pytest

from builder.articles.lines.rule import plain_roles


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Continue in the app", "app_prompt"),
        ("Story continues below this ad", "advertisement"),
        ("International Realted Stories", "related_stories"),
        ("3 Comments", "comments"),
        ("By Jane Roe | 3 May 2024", "byline"),
        ("The app opens in May.", None),
        ("Comments by the minister angered his hosts.", None),
    ],
)
def test_a_line_is_named_by_its_own_words(line, reason):
    assert plain_roles([line]) == [reason]


def test_a_cut_off_beginning_is_named_only_when_its_paragraph_follows():
    teaser, full = "Ministers of both countries ...", "Ministers of both countries met in May."
    assert plain_roles([teaser, full]) == ["repeated_teaser", None]
    assert plain_roles([full, teaser]) == [None, None]

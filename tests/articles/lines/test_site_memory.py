import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.lines.site_memory import PAGES, SiteMemory, read_memory, write_memory

MENU = ["Home", "World", "Sign up for the newsletter that our readers open every morning at six"]


def page(number):
    """Return a page of its own words; numbers are no words to the memory."""
    letters = random.Random(number)
    words = ["".join(letters.choices("abcdefgh", k=6)) for _ in range(40)]
    return [*MENU, " ".join(words[:15]), " ".join(words[15:30]), " ".join(words[30:])]


def seen(memory, lines, site="a.org"):
    return memory.seen(site, lines, [line not in MENU for line in lines])


def learned(pages, site="a.org"):
    memory = SiteMemory()
    for lines in pages:
        memory.add(site, lines)
    return memory


def test_lines_of_other_pages_are_counted_and_own_lines_are_not():
    memory = learned([page(1), page(2), page(3)])
    assert seen(memory, page(1)) == ([2, 2, 2, 0, 0, 0], 2)


def test_another_site_is_no_witness():
    assert seen(learned([page(1), page(2)], "9news.com"), page(3), "7news.com") == ([0] * 6, 0)


def test_an_article_that_was_fetched_twice_is_not_furniture():
    again = [*page(1)[:-1], "Updated 5 minutes ago"]
    memory = learned([page(1), again])
    assert seen(memory, page(1)) == ([0] * 6, 0)


def test_two_short_articles_among_the_same_long_notices_are_no_copies():
    notices = [f"{word} of this newspaper read our notices " * 2 for word in ("One", "Two", "All")]
    memory = learned([[*page(n), *notices] for n in (1, 2)])
    lines = [*page(1), *notices]
    body = [line in page(1)[3:] for line in lines]
    assert memory.seen("a.org", lines, body) == ([1, 1, 1, 0, 0, 0, 1, 1, 1], 1)


def test_a_page_that_is_added_again_counts_once():
    once, twice = learned([page(1), page(2)]), learned([page(1), page(2), page(2)])
    assert once.pages() == twice.pages()


@given(st.permutations(range(PAGES + 6)))
def test_the_order_of_a_batch_does_not_matter(order):
    shuffled, straight = learned(map(page, order)), learned(map(page, sorted(order)))
    assert shuffled.pages() == straight.pages()
    assert len(shuffled.pages()) == PAGES


@pytest.mark.parametrize("later", [1, PAGES + 10])
def test_a_page_of_an_earlier_run_is_judged_as_then(tmp_path, later):
    first = learned(page(n) for n in range(5))
    write_memory(tmp_path / "state", first)
    second = read_memory(tmp_path / "state")
    for number in range(5, 5 + later):
        second.add("a.org", page(number))
    for number in range(5):
        second.add("a.org", page(number))
        assert seen(second, page(number)) == seen(first, page(number))
    assert seen(second, page(6))[1] > 4


def test_a_page_of_a_full_site_is_judged_alike_ever_after(tmp_path):
    pages = [page(n) for n in range(PAGES + 10)]
    first = learned(pages)
    write_memory(tmp_path / "state", first)
    second = read_memory(tmp_path / "state")
    for number in range(500, 520):
        second.add("a.org", page(number))
    assert all(seen(second, p) == seen(first, p) for p in pages)


def test_what_is_written_is_read_back_and_holds_no_text(tmp_path):
    memory = learned([page(1), page(2)])
    write_memory(tmp_path / "state", memory)
    assert read_memory(tmp_path / "state").pages() == memory.pages()
    assert b"newsletter" not in (tmp_path / "state").read_bytes()
    assert read_memory(tmp_path / "none").pages() == []

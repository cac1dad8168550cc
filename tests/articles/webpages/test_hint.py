from builder.articles.webpages.hint import hint_traits
from builder.articles.webpages.markup import page


def hints(raw):
    return hint_traits(page(raw).blocks).tolist()


def test_names_of_classes_count_only_as_names():
    named, plain = hints('<div class="related-stories">a</div><div title="related">b</div>')
    assert sum(named) > sum(plain)


def test_a_block_inherits_what_the_elements_around_it_hint_at():
    (inside,) = hints("<aside class=newsletter><div><div><p>a</p></div></div></aside>")
    (outside,) = hints("<div><div><div><p>a</p></div></div></div>")
    assert sum(inside) == sum(outside) + 2  # the aside, and the name above


def test_headings_of_every_level_are_one_tag():
    assert hints("<h1>a</h1>") == hints("<h4>a</h4>") != hints("<p>a</p>")


def test_a_page_without_blocks_has_no_rows():
    assert hints("") == []

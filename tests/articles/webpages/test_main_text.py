from builder.articles.webpages.main_text import main_text, proposed
from builder.articles.webpages.markup import page

SENTENCES = [
    f"The two sides met in {town} for the first time in May, officials of both countries said."
    for town in ("Vienna", "Geneva", "Oslo", "Doha", "Rome")
]


def kept(raw):
    found = page(raw)
    words = [block.words(raw) for block in found.blocks]
    body, _ = main_text(found, words, ())
    return [text for text, keep in zip(words, body, strict=True) if keep]


def article(tag="p"):
    return "".join(f"<{tag}>{sentence}</{tag}>" for sentence in SENTENCES)


def test_an_article_is_kept_and_the_menu_is_not():
    menu = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(9))
    raw = f"<html><body><nav><ul>{menu}</ul></nav><article>{article()}</article></body></html>"
    assert kept(raw) == SENTENCES


def test_a_page_without_text_keeps_nothing():
    assert kept("<html><body><script>a</script></body></html>") == []


def test_an_article_stands_when_the_library_fails(monkeypatch):
    monkeypatch.setattr("builder.articles.webpages.main_text._extracted", lambda _: None)
    raw = f"<html><body><article class=article-body>{article() * 2}</article></body></html>"
    assert set(kept(raw)) == set(SENTENCES)


def test_what_the_library_cannot_parse_is_no_proposal():
    assert list(proposed("")) == []
    assert list(proposed("<!-- no element -->")) == []

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.webpages.markup import Block, Element
from builder.articles.webpages.text import ENDS, LINKS, PROSE, WORDS, text_traits
from builder.document import Span

NOWHERE = Element("p", "", None)
TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(
        lambda t: " ".join(t.split())
    ),
    min_size=1,
    max_size=8,
)


def rows(*texts, linked=0):
    blocks = [Block(NOWHERE, [Span(0, len(text) or 1)], linked) for text in texts]
    return text_traits(blocks, texts)


def test_a_sentence_is_prose_and_a_link_or_a_stub_is_not():
    sentence = "The two sides met in Vienna for the first time in May, officials said."
    long, short = rows(sentence, "They met.")
    assert (long[ENDS], long[PROSE], short[ENDS], short[PROSE]) == (1, 1, 1, 0)
    assert rows(sentence, linked=len(sentence))[0, [LINKS, PROSE]].tolist() == [1, 0]


@pytest.mark.parametrize(("text", "words"), [("a b c", 3), ("", 1), ("\u65e5" * 60, 10)])
def test_words_are_counted_also_where_nothing_separates_them(text, words):
    assert rows(text)[0, WORDS] == pytest.approx(math.log(words))


@given(TEXTS)
def test_a_text_is_measured_alike_alone_and_among_others(texts):
    together = rows(*texts)
    for row, text in zip(together, texts, strict=True):
        assert row.tolist() == rows(text)[0].tolist()

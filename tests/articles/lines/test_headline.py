import numpy as np

from builder.articles.lines.headline import candidates, headline_rows
from builder.articles.lines.trait import page_traits

LINES = [
    "Home / World / Ministers sign border treaty",
    "Ministers sign border treaty",
    "Ministers of both countries signed the border treaty on Monday.",
    "It ends a dispute.",
]


def test_a_sentence_of_the_body_is_no_headline():
    assert candidates(LINES, [None] * 4, 2, 4) == [0, 1]


def test_furniture_and_lines_far_below_the_body_start_are_no_headlines():
    assert candidates(["Share", *LINES[1:]], ["interface", None, None, None], 2, 4) == [1]
    assert candidates(["A b c"] * 9, [None] * 9, 2, 9) == [0, 1, 2, 3, 4]


def test_a_path_of_links_is_told_from_the_headline_inside_it():
    traits = page_traits(LINES, [None] * 4)
    path, headline = headline_rows(LINES, traits, np.zeros(4), 2, [0, 1])
    assert path[-2:].tolist() == [0, 1]
    assert headline[-2:].tolist() == [1, 0]

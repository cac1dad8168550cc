from builder.event import Support
from builder.merge.vote import count


def test_one_vote_is_not_called_unanimous():
    assert count({"a": "held"}).support == Support("single", 1, 1, ("a",))


def test_all_alike_is_unanimous():
    assert count({"b": 1, "a": 1}).support == Support("unanimous", 2, 2, ("a", "b"))


def test_more_than_half_is_a_majority():
    outcome = count({"a": 1, "b": 2, "c": 1})
    assert (outcome.value, outcome.support.rule) == (1, "majority")


def test_half_is_a_tie_and_keeps_both_sides():
    outcome = count({"a": 1, "b": 2})
    assert not outcome.decided
    assert outcome.sides == {1: ("a",), 2: ("b",)}


def test_the_largest_side_below_half_is_a_tie():
    assert not count({"a": 1, "b": 1, "c": 2, "d": 3}).decided

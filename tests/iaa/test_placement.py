from iaa_case import AGREED, MET, TEXT, answer, at

from builder.document import Span
from builder.event import Argument, Event
from builder.iaa.placement import token_coincidences, tokens, units


def test_every_token_of_the_text_is_a_unit_also_where_nobody_marked_anything():
    found = token_coincidences([answer("A", MET), answer("B", MET)], TEXT, "trigger")
    assert found.units == len(tokens(TEXT))
    assert found.values == {"": 2 * (len(tokens(TEXT)) - 1), "Meeting": 2}
    assert found.agreed == 2 * len(tokens(TEXT))


def test_a_span_that_ends_inside_a_word_labels_the_word():
    cut = Event("e", "Meeting", Span(at("Rutte").start, at("Rutte").start + 3))
    found = token_coincidences([answer("A", cut), answer("B", cut)], TEXT, "trigger")
    assert found.values["Meeting"] == 2


def test_a_word_with_two_labels_has_both_in_whatever_order_they_were_marked():
    both = [Event("s", "Statement", at("agreed")), AGREED]
    found = token_coincidences([answer("A", *both), answer("B", *both[::-1])], TEXT, "trigger")
    assert found.values["Agreement + Statement"] == 2


def test_the_parts_of_a_discontinuous_argument_are_units_of_its_role():
    parts = (at("Wi"), at("Rutte"))
    event = Event("e", "Meeting", at("met"), (Argument("Participant", parts),))
    assert units(answer("A", event), "argument") == {"Participant": list(parts)}
    assert units(answer("A", event), "trigger") == {"Meeting": [at("met")]}


def test_three_annotators_of_whom_one_marked_nothing_are_three_values_a_token():
    found = token_coincidences([answer("A", MET), answer("B", MET), answer("C")], TEXT, "trigger")
    assert found.values.total() == 3 * len(tokens(TEXT))
    # One of three pairs agrees on the marked token, with weight 1 / (3 - 1) for each order.
    assert found.agreed == 3 * (len(tokens(TEXT)) - 1) + 1

from dataclasses import replace

import pytest
from iaa_case import AGREED, MET, answer, argument, document

from builder.iaa.matched import matched_values


def of(variable, answers, schema):
    return [values for name, values in matched_values(answers, schema) if name == variable]


def test_whoever_did_not_mark_an_event_has_no_value_there(schema):
    answers = [answer("A", MET, AGREED), answer("B", MET), answer("C", MET)]
    assert of("type", answers, schema) == [["Meeting"] * 3, ["Agreement"]]


def test_roles_are_compared_among_those_who_agree_on_the_type(schema):
    other = replace(MET, type="Statement", arguments=(argument("Speaker", "Wi"),))
    answers = [answer("A", MET), answer("B", MET), answer("C", other)]
    assert ["Participant", "Participant"] in of("role", answers, schema)
    assert ["Speaker"] in of("role", answers, schema)


def test_a_default_that_nobody_touched_is_a_value(schema):
    chosen = replace(AGREED, attributes={"stage": "agreed_in_principle"})
    untouched = replace(AGREED, attributes={})
    answers = [answer("A", chosen), answer("B", untouched)]
    assert of("Agreement.stage", answers, schema) == [["agreed_in_principle"] * 2]
    assert of("polarity", answers, schema) == [["positive"] * 2]


def test_without_a_schema_there_are_no_attributes():
    assert {name for name, _ in matched_values([answer("A", MET)], None)} == {"type", "role"}


def test_a_flag_that_nobody_set_on_a_document_is_agreement_that_it_is_not_there(measured):
    marked = {"flags": ("needs_discussion",)}
    found = measured(
        document(answer("A", MET, **marked), answer("B", MET, **marked)),
        document(answer("A", MET, doc_id="e"), answer("B", MET, doc_id="e"), doc_id="e"),
        document(answer("A", MET, doc_id="f", **marked), answer("B", MET, doc_id="f"), doc_id="f"),
    )
    flag = found.overall("alpha", "flag needs_discussion")
    # Three yes and three no in three pairs of which one differs: 1 - (1/3) / (3 * 3 * 2 / 30).
    assert flag.value == pytest.approx(1 - (1 / 3) / (18 / 30))
    assert (flag.n, flag.documents) == (6, 3)

"""Each kind of disagreement, in the words that people read."""

from dataclasses import replace

import pytest
from iaa_case import AGREED, MET, TEXT, answer, argument, at

from builder.document import Span
from builder.event import Argument, Link
from builder.iaa.disagreement import KINDS, disagreements
from builder.iaa.marks import LAYERS
from builder.iaa.pairing import pair_answers

OUTCOME = Link("Outcome", "d-A:g")


def between(first, second, schema):
    return list(disagreements(pair_answers(first, second, TEXT), TEXT, schema))


CASES = [
    ("missed event", (), ("Meeting 'met'", "-")),
    ("type", (replace(MET, type="Statement", arguments=()),), ("Meeting", "Statement")),
    ("trigger boundary", (replace(MET, trigger=at("met in")),), ("'met'", "'met in'")),
    (
        "missed argument",
        (replace(MET, arguments=MET.arguments[:1]),),
        ("Place 'The Hague'", "-"),
    ),
    (
        "role",
        (replace(MET, arguments=(MET.arguments[0], argument("Host", "The Hague"))),),
        ("Place 'The Hague'", "Host 'The Hague'"),
    ),
    (
        "argument boundary",
        (replace(MET, arguments=(MET.arguments[0], argument("Place", "Hague"))),),
        ("Place 'The Hague'", "Place 'Hague'"),
    ),
    (
        "attribute",
        (replace(MET, attributes={"mode": "remote"}),),
        ("mode unspecified", "mode remote"),
    ),
]


@pytest.mark.parametrize(("kind", "other", "answers"), CASES, ids=[c[0] for c in CASES])
def test_a_difference_is_said_in_both_answers_words(kind, other, answers, schema):
    first = answer("A", MET, task_url="http://ls/1")
    second = answer("B", *other, task_url="http://ls/2")
    found = [d for d in between(first, second, schema) if d.kind == kind]
    assert [(d.answers, d.urls, d.event_type) for d in found] == [
        (answers, ("http://ls/1", "http://ls/2"), "Meeting")
    ]


def test_relations_and_flags_that_one_gave_are_named(schema):
    linked = (replace(MET, links=(OUTCOME,), cluster="c"), replace(AGREED, cluster="c"))
    first = answer("A", *linked, flags=("needs_discussion",))
    found = between(first, answer("B", MET, AGREED), schema)
    assert [(d.kind, d.answers[0]) for d in found] == [
        ("coreference", "Meeting 'met' the same as Agreement 'agreed'"),
        ("link", "Meeting 'met' Outcome Agreement 'agreed'"),
        ("flag", "needs_discussion"),
    ]


def test_a_long_mention_is_cut_and_its_line_breaks_are_spaces(schema):
    text = TEXT.replace(" in ", "\nin ")
    long = replace(MET, arguments=(Argument("Topic", (Span(0, len(text)),)),))
    bare = replace(MET, arguments=())
    pairing = pair_answers(answer("A", long), answer("B", bare), text)
    (found,) = disagreements(pairing, text, schema)
    assert found.answers[0].startswith("Topic 'Wi and Rutte met in The Hague.")
    assert found.answers[0].endswith("...'")
    assert len(found.answers[0]) < 80


def test_every_kind_names_layers_that_exist():
    assert {layer for layers in KINDS.values() for layer in layers} == set(LAYERS)

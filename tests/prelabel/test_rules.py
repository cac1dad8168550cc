"""Triggers by the words of the schema."""

from pathlib import Path

import pytest

from builder.document import Span
from builder.prelabel.rules import forms, suggest, version
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")


def words(text):
    return [(event.type, event.trigger.of(text)) for event in suggest(text, SCHEMA)]


def test_every_form_of_a_trigger_word_is_found_whatever_its_case():
    text = "Seoul SIGNED it 🙂, Ulm is signing; they met and, according to Bonn, agreed."
    assert words(text) == [
        ("Agreement", "SIGNED"),
        ("Agreement", "signing"),
        ("Meeting", "met"),
        ("Statement", "according to"),
        ("Agreement", "agreed"),
    ]


def test_a_part_of_a_word_is_no_trigger():
    assert words("A signal, a dealer, a metre, an essay.") == []


@pytest.mark.parametrize("text", ["", "🙂", "\ud83d", "a\r\nb"])
def test_any_text_can_be_asked_about(text):
    assert suggest(text, SCHEMA) == []


def test_nothing_but_triggers_is_suggested():
    (event,) = suggest("Ulm signed.", SCHEMA)
    assert (event.trigger, event.arguments, event.attributes) == (Span(4, 10), (), None)


def test_forms_of_regular_and_irregular_words():
    assert forms("say") == ("say", "says", "said", "saying")
    assert forms("discuss") == ("discuss", "discusses", "discussed", "discussing")
    assert forms("urge") == ("urge", "urges", "urged", "urging")


def test_another_schema_is_another_version():
    assert version(SCHEMA).endswith(SCHEMA.version)

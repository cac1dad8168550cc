"""Sentences: the traps of news writing, and what the spans promise."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.assembly import document, lines, whole
from builder.articles.sentence import sentence_spans, sentences
from builder.document import Article, Span

TRAPS = Path(__file__).parents[3] / "shared" / "conformance" / "sentences.json"
OWN = Path(__file__).parents[2] / "benchmarks" / "sentence_traps.json"

KEPT_TOGETHER = [
    "The talks began at 9 a.m. Tuesday in Geneva.",
    "They will resume at 7 p.m. Eastern time.",
    "It landed at 6 p.m. CEST on Friday.",
    "Rep. Ro Khanna met Brig. Gen. Amir Saadi.",
    "The state paid Rs. 500 crore.",
    'Lt. Gen. "Mick" Mulholland spoke to the U.S. "Star Wars" office.',
    "3. Prisoners are exchanged.",
    '"Will it hold?" he asked.',
    "\u201cNever!\u201d Gen. Lee shouted.",
    "It starts at 10 a.m. Nov. 29 in Geneva.",
    "Updated Wed. March 6 in Vienna.",
    "The 1st Bn. of the 5th Regt. took part.",
    "The song Do They Know It\u2019s Christmas? was played.",
]
KEPT_APART = [
    ["It was signed in the U.S.", "\u201cWe are pleased,\u201d he said."],
    ["They met in Albany, N.Y.", "Officials said nothing."],
    ["The envoy left the U.N.", "Nobody followed him."],
    ["A good day \u201cfor the E.U.\u201d", "Markets agreed."],
    ["hi, i am daniel.", "i hack."],
    ["The shop is on McKinley St.", "Their menu changed."],
]


def split(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)]


@pytest.mark.parametrize("text", KEPT_TOGETHER)
def test_an_abbreviation_inside_a_sentence_does_not_end_it(text):
    assert split(text) == [text]


@pytest.mark.parametrize("wanted", KEPT_APART)
def test_an_abbreviation_can_end_a_sentence(wanted):
    assert split(" ".join(wanted)) == wanted


def f1(traps):
    right = found = wanted = 0
    for trap in traps:
        ours = split(" ".join(trap))
        right += len(set(ours) & set(trap))
        found, wanted = found + len(ours), wanted + len(trap)
    return 2 * right / (found + wanted)


@pytest.mark.skipif(not TRAPS.exists(), reason="the shared conformance data is not here")
def test_the_shared_traps_reach_the_aim():
    assert f1(json.loads(TRAPS.read_text("utf-8"))) >= 0.95


@pytest.mark.parametrize("part", ["open", "held"])
def test_traps_that_were_marked_before_the_rules_stay_as_right_as_they_are(part):
    own = json.loads(OWN.read_text("utf-8"))
    assert f1([trap["sentences"] for trap in own if trap["part"] == part]) >= 0.9


def test_rules_for_english_stay_out_of_other_languages():
    text = "Er kam um 9 a.m. Monday war frei."
    assert len(sentence_spans(text, "de")) >= len(sentence_spans(text, "en"))
    assert split("") == split(" \n ") == []


def test_sentences_of_a_document_stay_inside_their_paragraphs():
    page = [
        piece
        for _, piece in lines(whole("Pact signed\nIt holds. We hope\nso. Yes.", "utf-8"), "utf-8")
    ]
    made = document(page[0], page[1:], (), Article("a.txt", "0", "utf-8"))
    assert [span.of(made.text) for span in sentences(made)] == [
        "Pact signed",
        "It holds.",
        "We hope",
        "so.",
        "Yes.",
    ]


@given(
    st.text(alphabet=st.sampled_from('ab A.!?"\u201d\u2019 1U.S.\U0001f600e\u0301'), max_size=60)
)
def test_every_character_that_is_no_space_is_in_exactly_one_sentence(text):
    spans = sentence_spans(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    inside = "".join(span.of(text) for span in spans)
    assert "".join(inside.split()) == "".join(text.split())
    assert all(span.of(text) == span.of(text).strip() and span != Span(0, 0) for span in spans)

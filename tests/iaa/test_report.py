"""Agreement as a whole: what each kind of difference does to which number."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iaa_case import AGREED, MET, TEXT, all_f1, answer, at, document, f1

from builder.document import Span
from builder.event import Annotation, Argument, Event, Link
from builder.iaa.pairing import pair_answers
from builder.iaa.report import report
from builder.iaa.study import Answers, compare

ARGUMENT_LAYERS = {"argument", "role", "event"}


def changed(found, other):
    """Return the layers that differ between two reports at any granularity."""
    before, after = all_f1(found), all_f1(other)
    return {
        layer
        for layer, granularity in before
        if before[layer, granularity] != after.get((layer, granularity))
    }


def test_identical_answers_agree_perfectly_on_every_layer(measured):
    linked = (
        MET,
        replace(AGREED, cluster="c"),
        replace(AGREED, trigger=at("set"), event_id="x", cluster="c"),
    )
    linked = (replace(linked[0], links=(Link("Outcome", "d-A:g"),)), *linked[1:])
    second = tuple(
        replace(e, links=tuple(replace(x, target=x.target.replace("-A:", "-B:")) for x in e.links))
        for e in linked
    )
    found = measured(
        document(
            answer("A", *linked, flags=("needs_discussion",)),
            answer("B", *second, flags=("needs_discussion",)),
        )
    )
    numbers = all_f1(found)
    assert set(numbers.values()) == {1.0}
    assert {layer for layer, _ in numbers} == {
        "trigger",
        "type",
        "argument",
        "role",
        "event",
        "attribute",
        "link",
        "coreference",
        "flag",
    }
    assert {m.value for m in found.measures} <= {1.0, None}
    assert found.study.disagreements == []


def test_removing_one_argument_changes_exactly_the_argument_layers(measured):
    both = measured(document(answer("A", MET, AGREED), answer("B", MET, AGREED)))
    fewer = replace(AGREED, arguments=AGREED.arguments[1:])
    one_less = measured(document(answer("A", MET, AGREED), answer("B", MET, fewer)))
    assert changed(both, one_less) == ARGUMENT_LAYERS
    assert f1(one_less, "argument") == f1(one_less, "role") == pytest.approx(2 * 4 / (5 + 4))
    assert f1(one_less, "event") == pytest.approx(0.5)
    assert [d.kind for d in one_less.study.disagreements] == ["missed argument"]


def test_an_attribute_that_one_chose_and_one_left_at_its_default_agree(measured):
    chosen = replace(AGREED, attributes={"stage": "signed", "form": "unspecified"})
    found = measured(document(answer("A", chosen), answer("B", AGREED)))
    assert f1(found, "attribute") == 1.0


def test_another_attribute_changes_the_attribute_layer_only(measured):
    both = measured(document(answer("A", AGREED), answer("B", AGREED)))
    other = replace(AGREED, attributes={"stage": "adopted"})
    found = measured(document(answer("A", AGREED), answer("B", other)))
    assert changed(both, found) == {"attribute"}
    assert [d.answers for d in found.study.disagreements] == [("stage signed", "stage adopted")]


def test_another_type_leaves_the_trigger_and_the_extents_of_arguments(measured):
    both = measured(document(answer("A", MET), answer("B", MET)))
    found = measured(document(answer("A", MET), answer("B", replace(MET, type="Statement"))))
    assert changed(both, found) == {"type", "role", "event", "attribute"}
    assert f1(found, "trigger") == f1(found, "argument") == 1.0


def test_punctuation_at_an_edge_is_forgiven_by_edge_normalisation_and_nothing_else(measured):
    wide = replace(MET, arguments=(MET.arguments[0], Argument("Place", (at("The Hague."),))))
    found = measured(document(answer("A", MET), answer("B", wide)))
    assert [f1(found, "role", g) for g in ("exact", "edge", "overlap")] == [0.5, 1.0, 1.0]
    assert [d.forgiven for d in found.study.disagreements] == ["edge"]
    assert found.study.trimming.changed == 1


def test_a_word_more_is_forgiven_by_overlap_only(measured):
    longer = replace(AGREED, trigger=Span(at("agreed").start - 5, at("agreed").end))
    found = measured(document(answer("A", AGREED), answer("B", longer)))
    assert [f1(found, "trigger", g) for g in ("exact", "edge", "overlap")] == [0.0, 0.0, 1.0]
    assert [d.kind for d in found.study.disagreements] == ["trigger boundary"]


def test_an_empty_answer_misses_every_event(measured):
    found = measured(document(answer("A", MET, AGREED), answer("B")))
    assert f1(found, "event") == 0.0
    assert [d.kind for d in found.study.disagreements] == ["missed event", "missed event"]


def test_unfinished_and_skipped_answers_never_count(measured):
    found = measured(
        document(
            answer("A", MET),
            answer("B", MET),
            answer("C", state="unfinished"),
            answer("D", AGREED, state="skipped"),
        )
    )
    assert f1(found, "event") == 1.0
    assert dict(found.study.left_out) == {"unfinished": 1, "skipped": 1}


def test_a_document_with_one_answer_is_counted_and_not_compared(measured):
    found = measured(
        document(answer("A", MET), answer("B", MET)),
        document(answer("A", AGREED, doc_id="e"), doc_id="e"),
        document(doc_id="f"),
    )
    assert found.study.documents == ["d"]
    assert dict(found.study.alone) == {"one answer": 1, "no answer": 1}


def test_coreference_that_one_drew_is_a_missed_pair(measured):
    same = [replace(MET, cluster="c"), replace(AGREED, cluster="c")]
    found = measured(document(answer("A", *same), answer("B", MET, AGREED)))
    assert f1(found, "coreference") == 0.0
    assert [d.kind for d in found.study.disagreements] == ["coreference"]


def test_documents_weigh_by_their_units_not_alike(measured):
    found = measured(
        document(answer("A", MET, AGREED), answer("B", MET, AGREED)),
        document(answer("A", MET, doc_id="e"), answer("B", doc_id="e"), doc_id="e"),
    )
    # Four matched units of five; a mean of documents would say one half.
    assert f1(found, "type") == pytest.approx(4 / 5)


def test_groups_hold_the_units_of_their_own(measured):
    found = measured(
        document(
            answer("A", MET, updated_at="2026-11-16T09:00:00Z"),
            answer(
                "B",
                replace(MET, arguments=MET.arguments[:1]),
                updated_at="2026-11-23T09:00:00Z",
                shown_prediction="rules",
            ),
            source="DFAT",
        )
    )
    roles = {m.group[1]: m.value for m in found.groups("role", "exact") if m.layer == "role"}
    assert roles == {"Participant": 1.0, "Place": 0.0}
    for breakdown, name in (
        ("annotators", "A - B"),
        ("week", "2026-W48"),
        ("source", "DFAT"),
        ("shown", "one of two assisted"),
        ("event type", "Meeting"),
    ):
        assert {m.group[1] for m in found.groups(breakdown, "exact")} == {name}


def test_every_number_says_how_it_was_made(measured):
    found = measured(document(answer("A", MET, AGREED), answer("B", MET)))
    signatures = [m.signature for m in found.measures]
    assert len(set(signatures)) == len(signatures)
    assert all("|documents:" in s and "|n:" in s and "schema:test" in s for s in signatures)
    assert all("|builder:" in s for s in signatures)


spans = st.tuples(st.integers(0, 30), st.integers(1, 5)).map(lambda p: Span(p[0], p[0] + p[1]))
arguments = st.builds(
    lambda role, span: Argument(role, (span,)), st.sampled_from(["Party", "Place"]), spans
)
events = st.builds(
    lambda kind, span, own: Event(f"{kind}{span.start}-{span.end}", kind, span, tuple(own)),
    st.sampled_from(["Agreement", "Meeting"]),
    spans,
    st.lists(arguments, max_size=2, unique=True),
)
answers = st.lists(events, max_size=3, unique_by=lambda e: e.event_id)


def given_answers(answered):
    return tuple(
        Annotation(f"n{n}", "d", f"A{n}", "events" if own else "empty", tuple(own))
        for n, own in enumerate(answered)
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(answers, min_size=2, max_size=3))
def test_the_order_of_annotators_and_events_changes_nothing(schema, answered):
    own = given_answers(answered)
    wanted = report(compare([Answers("d", TEXT, own)], schema), {}).facts()
    for order in permutations(own):
        shuffled = tuple(replace(a, events=a.events[::-1]) for a in order)
        found = report(compare([Answers("d", TEXT, shuffled)], schema), {})
        assert found.facts() == wanted


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(answers, min_size=2, max_size=4), min_size=2, max_size=3))
def test_the_order_of_documents_changes_nothing(schema, answered):
    documents = [
        Answers(f"d{n}", TEXT, tuple(replace(a, doc_id=f"d{n}") for a in given_answers(own)))
        for n, own in enumerate(answered)
    ]
    forward = report(compare(documents, schema, listed=True), {})
    backward = report(compare(documents[::-1], schema, listed=True), {})
    assert forward.facts() == backward.facts()
    assert forward.study.disagreements == backward.study.disagreements


@settings(deadline=None, max_examples=60)
@given(answers, answers)
def test_f1_is_one_minus_the_share_of_units_that_only_one_marked(schema, first, second):
    # Dice (1945): 2|A and B| / (|A| + |B|) = 1 - |A xor B| / (|A| + |B|).
    found = report(compare([Answers("d", TEXT, given_answers([first, second]))], schema), {})
    for measure in (m for m in found.measures if m.metric == "f1" and m.n):
        alone = measure.counts.units - measure.counts.matched
        assert measure.value == pytest.approx(1 - alone / measure.n)


@settings(deadline=None, max_examples=60)
@given(answers, answers)
def test_the_disagreements_explain_every_unmatched_unit(schema, first, second):
    given = given_answers([first, second])
    found = report(compare([Answers("d", TEXT, given)], schema), {}, replicates=0)
    kinds, missed = found.kinds(), 0
    for pair in pair_answers(*given, TEXT).events:
        missed += len(pair.arguments) if not (pair.first and pair.second) else 0
    expected = {
        "trigger": kinds["missed event"] + 2 * kinds["trigger boundary"],
        "argument": missed + kinds["missed argument"] + 2 * kinds["argument boundary"],
    }
    for layer, unmatched in expected.items():
        measure = found.overall("f1", layer, "exact")
        assert (measure.counts.units - measure.counts.matched if measure else 0) == unmatched


@settings(deadline=None, max_examples=60)
@given(answers, answers)
def test_stricter_layers_and_granularities_never_agree_more(schema, first, second):
    found = report(compare([Answers("d", TEXT, given_answers([first, second]))], schema), {})
    numbers = all_f1(found)
    for layer in {layer for layer, _ in numbers}:
        exact, edge, overlap = (numbers[layer, g] for g in ("exact", "edge", "overlap"))
        assert exact <= edge <= overlap
    for looser, stricter in (("trigger", "type"), ("type", "event"), ("argument", "role")):
        if (stricter, "exact") in numbers:
            assert numbers[stricter, "exact"] <= numbers[looser, "exact"]


def test_alpha_of_rare_units_is_nearly_their_f1():
    # Hripcsak and Rothschild (2005), JAMIA 12:296: with ever more negatives, chance-corrected
    # agreement comes near the F measure.
    text = "word " * 50_000
    first = Event("e", "Meeting", Span(0, 20))
    second = Event("e", "Meeting", Span(10, 30))
    own = given_answers([[first], [second]])
    found = report(compare([Answers("d", text, own)], None), {}, replicates=0)
    tokens = found.overall("alpha", "trigger tokens")
    assert tokens.value == pytest.approx(2 * 2 / (4 + 4), abs=1e-4)

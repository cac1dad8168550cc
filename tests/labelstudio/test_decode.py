"""Reading what people and other programs leave in Label Studio."""

from pathlib import Path

import pytest

from builder.document import Span, text_sha256
from builder.event import Argument, Link
from builder.labelstudio.decode import read_task
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parent.parent.parent / "schemas")
TEXT = "Wi met Rutte. South Korea and NATO agreed, said Seoul. NATO was in Seoul."


def span(region, control, words, labels, occurrence=0):
    start = -1
    for _ in range(occurrence + 1):
        start = TEXT.index(words, start + 1)
    value = {"start": start, "end": start + len(words), "labels": labels}
    return {"id": region, "from_name": control, "to_name": "text", "type": "labels", "value": value}


def arrow(source, target, **extra):
    return {"type": "relation", "from_id": source, "to_id": target, "direction": "right", **extra}


def choice(region, control, *values):
    return {
        "id": region,
        "from_name": control,
        "to_name": "text",
        "type": "choices",
        "value": {"choices": list(values)},
    }


def task(*items, **annotation):
    data = {"text": TEXT, "doc_id": "d1", "text_sha256": text_sha256(TEXT)}
    answer = {"id": 3, "unique_id": "u3", "completed_by": 1, "result": list(items), **annotation}
    return {"id": 7, "data": data, "annotations": [answer], "drafts": []}


def read(given):
    return read_task(given, SCHEMA, lambda who: f"<{who}>", "http://ls/projects/1/data")


def only(given):
    reading = read(given)
    return reading.annotations[0], [(f.severity, f.kind) for f in reading.findings]


AGREED = span("t1", "event", "agreed", ["Agreement"])
MET = span("t2", "event", "met", ["Meeting"])
SAID = span("t3", "event", "said", ["Statement"])
NATO = span("a1", "role", "NATO", ["Party"])


def test_an_arrow_says_whose_argument_a_mention_is():
    annotation, _ = only(task(AGREED, NATO, arrow("t1", "a1")))
    assert annotation.events[0].arguments == (Argument("Party", (Span(30, 34),)),)


def test_an_arrow_drawn_backwards_means_the_same():
    forwards, _ = only(task(AGREED, NATO, arrow("t1", "a1")))
    backwards, _ = only(task(AGREED, NATO, arrow("a1", "t1")))
    assert backwards.events == forwards.events


def test_a_labelled_arrow_names_the_role():
    both = span("a1", "role", "NATO", ["Party", "Signatory"])
    annotation, _ = only(task(AGREED, both, arrow("t1", "a1", labels=["Signatory"])))
    assert ("Signatory", False) in [(a.role, a.implied) for a in annotation.events[0].arguments]


def test_without_an_arrow_the_only_possible_event_is_implied():
    annotation, found = only(task(AGREED, MET, NATO))
    agreement = next(e for e in annotation.events if e.type == "Agreement")
    assert [a.implied for a in agreement.arguments] == [True]
    assert ("warning", "ambiguous_argument") not in found


def test_without_an_arrow_two_possible_events_are_named():
    seoul = span("a2", "role", "Seoul", ["Place"])
    reading = read(task(AGREED, MET, seoul))
    what = next(f.what for f in reading.findings if f.kind == "ambiguous_argument")
    assert what == "Place could belong to Meeting t2, Agreement t1; draw an arrow from its trigger"


def test_one_mention_plays_a_role_in_each_event_that_points_to_it():
    both = span("a1", "role", "NATO", ["Party", "Speaker"])
    annotation, found = only(task(AGREED, SAID, both, arrow("t1", "a1"), arrow("t3", "a1")))
    assert [[a.role for a in e.arguments] for e in annotation.events] == [["Party"], ["Speaker"]]
    assert all(kind == "cardinality" for _, kind in found)


def test_an_arrow_between_mentions_of_one_role_joins_their_parts():
    parts = [
        span("a1", "role", "South Korea and NATO", ["Content"]),
        span("a2", "role", "in Seoul", ["Content"]),
    ]
    annotation, _ = only(task(SAID, *parts, arrow("t3", "a1"), arrow("a1", "a2")))
    (argument,) = annotation.events[0].arguments
    assert argument.parts == (Span(14, 34), Span(64, 72))


def test_an_arrow_between_events_is_the_link_of_their_types_whichever_way_it_was_drawn():
    for source, target in (("t1", "t2"), ("t2", "t1")):
        annotation, _ = only(task(AGREED, MET, arrow(source, target)))
        linked = {e.type: e.links for e in annotation.events if e.links}
        assert set(linked) <= {"Agreement", "Meeting"}
        assert linked


def test_an_arrow_from_meeting_to_agreement_is_its_outcome():
    annotation, _ = only(task(AGREED, MET, arrow("t2", "t1")))
    agreement = next(e for e in annotation.events if e.type == "Agreement")
    meeting = next(e for e in annotation.events if e.type == "Meeting")
    assert meeting.links == (Link("Outcome", agreement.event_id),)


def test_two_labels_on_one_region_are_two_events_there():
    annotation, _ = only(task(span("t1", "event", "agreed", ["Agreement", "Statement"])))
    assert [e.type for e in annotation.events] == ["Agreement", "Statement"]
    assert len({e.event_id for e in annotation.events}) == 2


def test_a_region_written_as_two_items_is_one_region():
    trigger_and_mention = span("t1", "role", "agreed", ["Topic"])
    annotation, _ = only(task(AGREED, trigger_and_mention, SAID, arrow("t3", "t1")))
    said = next(e for e in annotation.events if e.type == "Statement")
    assert [a.role for a in said.arguments] == ["Topic"]


def test_an_attribute_belongs_to_the_event_of_its_region():
    annotation, _ = only(
        task(
            AGREED,
            choice("t1", "Agreement_stage", "signed"),
            choice("t1", "every_polarity", "negative"),
        )
    )
    assert annotation.events[0].attributes == {"polarity": "negative", "stage": "signed"}


def test_an_attribute_of_a_region_that_is_no_event_is_a_warning():
    _, found = only(task(AGREED, NATO, choice("a1", "Agreement_stage", "signed")))
    assert ("warning", "orphan_attribute") in found


def test_whitespace_at_the_edges_is_cut_and_noted():
    annotation, found = only(task(span("t1", "event", " agreed", ["Agreement"])))
    assert annotation.events[0].trigger.of(TEXT) == "agreed"
    assert ("note", "trimmed") in found


def test_a_mention_of_a_role_that_the_type_does_not_have_is_a_warning_that_names_what_it_has():
    reading = read(task(MET, NATO, arrow("t2", "a1")))
    what = next(f.what for f in reading.findings if f.kind == "role_not_of_type")
    assert what.startswith("Meeting has no role Party; allowed: Participant, Host")


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        (
            [{**AGREED, "value": {"start": 60, "end": 999, "labels": ["Agreement"]}}],
            "span_outside_text",
        ),
        (
            [{**AGREED, "value": {"start": "1", "end": 3, "labels": ["Agreement"]}}],
            "span_outside_text",
        ),
        ([span("t1", "event", "agreed", ["Agrement"])], "unknown_label"),
        ([span("t1", "events", "agreed", ["Agreement"])], "unknown_control"),
        ([AGREED, arrow("t1", "gone")], "dangling_arrow"),
        ([AGREED, choice("t1", "Agreement_stage", "sealed")], "unknown_value"),
        ([AGREED, choice("t1", "Agreement_colour", "red")], "unknown_control"),
        ([choice("f", "document_flags", "noevent")], "unknown_flag"),
    ],
)
def test_an_answer_with_an_error_is_set_aside_whole_and_named(items, kind):
    reading = read(task(*items))
    assert reading.annotations == ()
    assert [f.kind for f in reading.findings if f.severity == "error"] == [kind]


def test_a_changed_text_is_an_error():
    given = task(AGREED)
    given["data"]["text"] = TEXT.replace("Wi", "Mr Wi")
    assert [f.kind for f in read(given).findings if f.severity == "error"] == ["stale_text"]


def test_an_error_names_task_annotator_region_and_url():
    reading = read(task(span("t1", "event", "agreed", ["Agrement"])))
    assert str(reading.findings[0].where) == (
        "task 7 (d1) http://ls/projects/1/data?task=7 annotator <1> region t1"
    )
    assert reading.findings[0].what == (
        "unknown label 'Agrement' of 'event'; did you mean 'Agreement'?"
    )


def test_the_four_states_are_kept_apart():
    assert only(task(AGREED))[0].state == "events"
    assert only(task(choice("f", "document_flags", "no_event")))[0].state == "empty"
    assert only(task())[0].state == "unfinished"
    assert only(task(NATO))[0].state == "unfinished"
    assert only(task(was_cancelled=True))[0].state == "skipped"


def test_submitting_nothing_without_the_flag_is_reported_as_unfinished():
    assert only(task())[1] == [("warning", "nothing_marked")]
    assert only(task(choice("f", "document_flags", "no_event")))[1] == []


def test_an_open_draft_is_unfinished_work():
    given = task()
    given["annotations"] = []
    given["drafts"] = [{"id": 9, "user": "a@b", "result": [AGREED]}]
    annotation, _ = only(given)
    assert (annotation.state, annotation.annotator) == ("unfinished", "<a@b>")


def test_a_draft_left_open_on_a_submitted_answer_is_reported():
    given = task(AGREED)
    given["drafts"] = [{"id": 9, "user": "a@b", "annotation": 3, "result": []}]
    _, found = only(given)
    assert ("warning", "open_draft") in found


def test_events_and_the_flag_no_event_contradict_each_other():
    _, found = only(task(AGREED, choice("f", "document_flags", "no_event")))
    assert ("warning", "contradictory_flag") in found


def test_users_are_read_as_number_or_record():
    by_number, _ = only(task(completed_by=4))
    by_record, _ = only(task(completed_by={"id": 4, "email": "x@y"}))
    assert (by_number.annotator, by_record.annotator) == ("<4>", "<x@y>")


def test_a_trigger_marked_twice_counts_once_with_the_arrows_of_both():
    again = {**AGREED, "id": "t9"}
    annotation, found = only(task(AGREED, again, NATO, arrow("t9", "a1")))
    (event,) = annotation.events
    assert [a.role for a in event.arguments] == ["Party"]
    assert ("note", "duplicated_span") in found


def test_a_trigger_marked_twice_with_other_attributes_is_a_warning_and_stays_two():
    again = {**AGREED, "id": "t9"}
    choices = (
        choice("t1", "Agreement_stage", "signed"),
        choice("t9", "Agreement_stage", "adopted"),
    )
    annotation, found = only(task(AGREED, again, *choices))
    assert len(annotation.events) == 2
    assert ("warning", "duplicated_span") in found


def test_a_mention_marked_twice_counts_once_whether_or_not_an_arrow_leads_to_it():
    again = {**NATO, "id": "a9"}
    for arrows in ((), (arrow("t1", "a9"),)):
        annotation, found = only(task(AGREED, NATO, again, *arrows))
        (argument,) = annotation.events[0].arguments
        assert argument.implied is not bool(arrows)
        assert ("note", "duplicated_span") in found


def test_an_arrow_drawn_twice_is_noted_and_one_to_itself_is_a_warning():
    _, found = only(task(AGREED, NATO, arrow("t1", "a1"), arrow("t1", "a1"), arrow("t1", "t1")))
    assert ("note", "repeated_arrow") in found
    assert ("warning", "arrow_to_itself") in found


def test_the_raw_offsets_of_a_trimmed_span_are_in_the_note():
    reading = read(task(span("t1", "event", " agreed", ["Agreement"])))
    what = next(f.what for f in reading.findings if f.kind == "trimmed")
    assert what.endswith("34..41 is read as 35..41")


def test_a_region_in_two_places_and_an_item_that_is_none_are_errors():
    moved = {**AGREED, "value": {**AGREED["value"], "start": 0, "end": 2}}
    assert ("error", "two_places") in [
        (f.severity, f.kind) for f in read(task(AGREED, moved)).findings
    ]
    assert ("error", "malformed_item") in [(f.severity, f.kind) for f in read(task("x")).findings]


def test_an_answer_says_which_suggestion_it_started_from_and_what_became_of_it():
    gone = span("a7", "role", "Seoul", ["Place"])
    shown = {"model_version": "rules", "result": [AGREED, NATO, gone]}
    stage = choice("t1", "Agreement_stage", "signed")
    new = span("a8", "role", "South Korea", ["Party"])
    annotation, _ = only(task(AGREED, stage, NATO, new, prediction=shown))
    assert annotation.shown_prediction == "rules"
    outcomes = {e.region: e.outcome for e in annotation.edits}
    assert outcomes == {"t1": "changed", "a1": "kept", "a7": "deleted", "a8": "added"}


def test_work_resumed_from_a_draft_finds_its_suggestion_by_the_ids():
    given = task({**AGREED, "origin": "prediction"}, NATO)
    given["predictions"] = [
        {"model_version": "other", "result": [SAID]},
        {"model_version": "rules", "result": [AGREED]},
    ]
    annotation, _ = only(given)
    assert annotation.shown_prediction == "rules"
    assert {e.region: e.outcome for e in annotation.edits} == {"t1": "kept", "a1": "added"}


def test_work_from_scratch_has_no_edits():
    annotation, _ = only(task(AGREED, prediction={}))
    assert (annotation.shown_prediction, annotation.edits) == (None, ())


def test_every_finding_carries_the_link_of_its_task():
    (finding,) = read(task()).findings
    assert finding.task_url == "http://ls/projects/1/data?task=7"

"""Labelled spans out of exports that other people made."""

import json
from pathlib import Path

import pytest

from builder.document import Span
from builder.iaa.report import report
from builder.iaa.study import Answers, compare
from builder.labelstudio.exported import read_exported
from builder.labelstudio.spans import SpanReader

LEOKA = Path(__file__).parents[3] / "shared" / "samples" / "leoka" / "LEOKA_team_1.json"


def labels(start, end, *names):
    return {
        "type": "labels",
        "from_name": "l",
        "value": {"start": start, "end": end, "labels": [*names]},
    }


def answer(person, *items, **facts):
    return {"id": 1, "completed_by": {"email": person}, "result": list(items), **facts}


def task(*answers, **facts):
    return {"id": 7, "data": {"text": "Two people met."}, "annotations": list(answers), **facts}


def read(*tasks, **options):
    reader = SpanReader(str.upper, **options)
    return list(reader.read(tasks)), +reader.dropped


def test_a_label_is_an_event_and_a_path_a_flag():
    path = {"type": "taxonomy", "from_name": "kind", "value": {"taxonomy": [["Met", "Talks"]]}}
    choice = {"type": "choices", "from_name": "sure", "value": {"choices": ["yes"]}}
    found, dropped = read(task(answer("a", labels(11, 14, "Meeting", "Event"), path, choice)))
    own = found[0].annotations[0]
    assert [(e.type, e.trigger) for e in own.events] == [
        ("Event", Span(11, 14)),
        ("Meeting", Span(11, 14)),
    ]
    assert own.flags == ("kind: Met > Talks", "sure: yes")
    assert (found[0].doc_id, own.annotator, own.state) == ("task 7", "A", "events")
    assert not dropped


def test_whatever_is_left_out_is_counted_by_what_it_was():
    items = [
        labels(11, 14, "Meeting"),
        labels(11, 14, "Meeting"),
        labels(11, 99, "Meeting"),
        {"type": "relation", "from_id": "a", "to_id": "b"},
        {"type": "choices", "value": {"start": 11, "end": 14, "choices": ["held"]}},
    ]
    older = answer("a", labels(0, 3, "Number"), updated_at="2024-01-01")
    newest = answer("a", *items, updated_at="2024-01-02")
    _, dropped = read(task(older, newest, drafts=[{}]), {"id": 8, "data": {"body": "x"}})
    assert dict(dropped) == {
        "draft": 1,
        "older answer of the same annotator": 1,
        "span marked twice by one annotator": 1,
        "span outside the text": 1,
        "relation without a span": 1,
        "choices on a span": 1,
        "task without a text in 'text'": 1,
    }


def test_an_empty_submission_is_unfinished_and_a_cancelled_one_skipped():
    found, _ = read(task(answer("a"), answer("b", was_cancelled=True)))
    assert [a.state for a in found[0].annotations] == ["unfinished", "skipped"]


@pytest.fixture(scope="module")
def leoka():
    if not LEOKA.exists():
        pytest.skip("shared/samples/leoka is not beside the checkout")
    reader = SpanReader(lambda who: who)
    found = reader.read(read_exported(LEOKA))
    study = compare((Answers(d.doc_id, d.text, d.annotations) for d in found), None)
    return report(study, {}, replicates=0), +reader.dropped


def test_a_real_export_of_other_people_is_read_to_the_last_item(leoka):
    found, dropped = leoka
    raw = json.loads(LEOKA.read_text("utf-8"))
    marked = sum(
        len(item["value"]["labels"])
        for one in raw
        for given in one["annotations"]
        for item in given["result"]
        if item["type"] == "labels"
    )
    alone = marked - found.study.trimming.mentions
    assert dropped["span marked twice by one annotator"] == 3
    assert alone == 3 + 2  # and two spans in documents that have one answer only


def test_edge_punctuation_alone_moves_agreement_in_a_real_corpus(leoka):
    found, _ = leoka
    numbers = {g: found.overall("f1", "type", g) for g in ("exact", "edge", "overlap")}
    assert {g: round(m.value, 3) for g, m in numbers.items()} == {
        "exact": 0.385,
        "edge": 0.667,
        "overlap": 0.849,
    }
    assert {m.n for m in numbers.values()} == {6493}
    assert (found.study.trimming.changed, found.study.trimming.mentions) == (1101, 3255)

"""A conflict as a Label Studio task: the page, the words above the text, and what is pre-filled.

`verdict` reads the answers back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from builder.document import text_sha256
from builder.event import Argument, Event, GoldDocument, Link
from builder.labelstudio.config import label_config
from builder.labelstudio.controls import TEXT
from builder.labelstudio.encode import result
from builder.merge.collect import Answered
from builder.merge.consensus import judge_document
from builder.merge.decision import REASONS, Decision, decision
from builder.merge.policy import Policy
from builder.merge.reliability import Reliability
from builder.schema import Schema

if TYPE_CHECKING:
    from builder.document import Span
    from builder.event import Conflict, GoldEvent

    Task = dict[str, Any]

VERDICT = "verdict"
REASON = "reason"
LETTERS = "ABCDEF"
"""Names of the versions; a seventh and further ones can only be marked in the text."""
MARKED = "as_marked"
NEITHER = "none"
AGREED = "agreed"
"""The prediction that is pre-filled: what is decided without this conflict."""
AROUND = 70
STYLE = """
.ev-question :is(h1, h2, h3, h4, h5, h6) { font-size: 14px; line-height: 1.4; margin: 4px 0 0; }
"""
QUESTIONS = {
    "article": "Is this a news article?",
    "event": "Is this an event?",
    "type": "Which type is it?",
    "trigger": "Where does the trigger start and end?",
    "argument": "Is this an argument of the event?",
    "role": "Which role is it?",
    "boundary": "Where does the argument start and end?",
    "attribute": "Which value is right?",
    "link": "Does this link hold?",
    "coreference": "Are these the same event?",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One document with open conflicts, and all that its merge was made from."""

    answered: Answered
    gold: GoldDocument
    schema: Schema
    policy: Policy
    decisions: Mapping[str, Decision]
    reliability: Reliability | None = None


def question_config(schema: Schema) -> str:
    """Return the adjudication page: the annotators' page below the question and its answers."""
    view = ET.fromstring(label_config(schema))  # noqa: S314 - we made it
    ET.SubElement(view, "Style").text = STYLE
    box = ET.Element("View", className="ev-question")
    for field in ("question", "where", *(f"version_{letter}" for letter in LETTERS)):
        size = "4" if field == "question" else "6"
        ET.SubElement(box, "Header", value=f"${field}", size=size)
    options = [(letter, f"version {letter}") for letter in LETTERS]
    options += [(MARKED, "what is marked in the text now"), (NEITHER, "no version is right")]
    _choices(box, VERDICT, options, "12345678")
    _choices(box, REASON, list(REASONS.items()), "gst")
    view.insert(1, box)
    ET.indent(view)
    return ET.tostring(view, encoding="unicode") + "\n"


def question_instruction() -> str:
    """Return what the adjudicator reads first, as HTML."""
    reasons = "".join(
        f"<li><b>{name}</b>: {escape(meaning)}</li>" for name, meaning in REASONS.items()
    )
    return (
        "<p>Annotators differ on one thing in this article; it is described above the text. "
        "What they agree on is marked already. Names are hidden and versions are in no "
        "order.</p><p>Choose the version that the guidelines ask for. When none fits, mark the "
        f"right answer in the text and choose <b>{MARKED}</b>, or <b>{NEITHER}</b> when it does "
        f"not belong into the data at all. Then say why they differed:</p><ul>{reasons}</ul>"
        "<p>A note helps whoever mends the guidelines. Skip what you cannot decide.</p>"
    )


def questions(case: Case) -> list[Task]:
    """Return one task for each open conflict of a document."""
    return [_question(case, conflict) for conflict in case.gold.conflicts]


def letters(conflict: Conflict) -> dict[str, str]:
    """Return the versions by letter, in an order that says nothing about who gave them."""
    answers = sorted(
        (version.answer for version in conflict.versions),
        key=lambda answer: hashlib.sha256(f"{conflict.conflict_id}\0{answer}".encode()).digest(),
    )
    return dict(zip(LETTERS, answers, strict=False))


def _question(case: Case, conflict: Conflict) -> Task:
    text = case.answered.text
    versions = letters(conflict)
    owner = next((e for e in case.gold.events if e.event_id == conflict.event_id), None)
    about = f" (of the {owner.type} {owner.trigger.of(text)!r})" if owner else ""
    data = {
        "text": text,
        # The server's tasks are known by this name: here one task is one conflict.
        "doc_id": conflict.conflict_id,
        "document": case.answered.doc_id,
        "text_sha256": text_sha256(text),
        "schema": case.schema.version,
        "question": f"{QUESTIONS[conflict.kind]} {conflict.what}{about}",
        "where": f"in: {_around(conflict.span, text)}",
        **{f"version_{letter}": "" for letter in LETTERS},
        **{f"version_{letter}": f"{letter}: {answer}" for letter, answer in versions.items()},
        "kind": conflict.kind,
        "what": conflict.what,
        "name": conflict.name,
        "span": [conflict.span.start, conflict.span.end],
        "versions": list(versions.values()),
        "event_type": owner.type if owner else None,
        "event_trigger": [owner.trigger.start, owner.trigger.end] if owner else None,
    }
    predictions = [
        {"model_version": letter, "result": _prefilled(case, _decided(case, conflict, answer))}
        for letter, answer in versions.items()
    ]
    # The server pre-fills from the version that came last.
    predictions.append({"model_version": AGREED, "result": _prefilled(case, case.gold)})
    return {"data": data, "predictions": predictions}


def _decided(case: Case, conflict: Conflict, answer: str) -> GoldDocument:
    """Return what the gold would be with one version chosen."""
    tried = decision(
        conflict, case.answered.doc_id, answer, reason="slip", adjudicator="", decided_at=""
    )
    return judge_document(
        case.answered,
        case.answered.annotations,
        case.schema,
        case.policy,
        decisions={**case.decisions, conflict.conflict_id: tried},
        reliability=case.reliability,
    ).gold


def _prefilled(case: Case, gold: GoldDocument) -> list[dict[str, Any]]:
    return result(gold_events(gold, case.schema), case.answered.text, case.schema)


def gold_events(gold: GoldDocument, schema: Schema) -> list[Event]:
    """Return the gold as one annotator's events; a default needs no choice.

    Of twins (one type at one place) only the first can be shown on a page.
    """
    shown: dict[tuple[str, Span], Event] = {}
    for event in gold.events:
        shown.setdefault((event.type, event.trigger), _as_event(event, schema))
    there = {event.event_id for event in shown.values()}
    return [
        replace(event, links=tuple(link for link in event.links if link.target in there))
        for event in shown.values()
    ]


def _as_event(event: GoldEvent, schema: Schema) -> Event:
    defaults = {n: attribute.default for n, attribute in schema.attributes(event.type).items()}
    return Event(
        event.event_id,
        event.type,
        event.trigger,
        tuple(Argument(a.role, a.parts) for a in event.arguments),
        {
            a.name: a.value
            for a in event.attributes
            if a.value is not None and a.value != defaults[a.name]
        },
        tuple(Link(link.name, link.target) for link in event.links),
        event.cluster,
    )


def _around(span: Span, text: str) -> str:
    before = text[max(0, span.start - AROUND) : span.start]
    after = text[span.end : span.end + AROUND]
    return " ".join(f"… {before}[[{span.of(text)}]]{after} …".split())


def _choices(parent: ET.Element, name: str, options: list[tuple[str, str]], keys: str) -> None:
    choices = ET.SubElement(
        parent, "Choices", name=name, toName=TEXT, choice="single-radio", showInline="true"
    )
    for place, (value, hint) in enumerate(options):
        choice = ET.SubElement(choices, "Choice", value=value, hint=hint)
        if place < len(keys):
            choice.set("hotkey", f"alt+{keys[place]}")

"""Label Studio tasks as annotations; `encode` writes what this reads.

Nothing is dropped without a finding. Offsets are code points, so `value.text`
of the server, which is not the slice, is never used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.document import text_sha256
from builder.event import Annotation, Finding
from builder.labelstudio.controls import FLAGS, NO_EVENT, NOT_AN_ARTICLE, NOTE
from builder.labelstudio.edits import edits, shown_prediction
from builder.labelstudio.inventory import answers_of, who
from builder.labelstudio.regions import Regions, collect_regions
from builder.labelstudio.structure import build_events

if TYPE_CHECKING:
    from builder.event import Event, State
    from builder.schema import Schema

Pseudonym = Callable[[str], str]
"""Turns an e-mail into the name that is used from here on."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one task said: annotations to use, and everything that was odd about it."""

    annotations: tuple[Annotation, ...]
    findings: tuple[Finding, ...]


def read_task(task: dict[str, Any], schema: Schema, pseudonym: Pseudonym, url: str = "") -> Reading:
    """Read all annotations and drafts of one task as the server exported it.

    `url` is the server's project page, used to name tasks. `pseudonym` turns an
    annotator's e-mail into the name used from here on. An annotation with an
    error (a span outside the text, an unknown label, an arrow to nowhere, a
    text that was changed after the task was made) is set aside whole: it is
    not among `annotations`, and its findings say why.
    """
    data = task.get("data") or {}
    text = str(data.get("text") or "")
    doc_id = str(data.get("doc_id") or "")
    task_url = f"{url}?task={task.get('id')}" if url else None
    annotations: list[Annotation] = []
    findings: list[Finding] = []
    submitted = {raw.get("id") for raw in task.get("annotations") or []}
    for raw, draft in answers_of(task):
        answer = _Answer(
            raw=raw,
            draft=draft,
            annotation_id=str(raw.get("unique_id") or f"{task.get('id')}-{raw.get('id')}"),
            annotator=pseudonym(who(raw)),
            where=f"task {task.get('id')} ({doc_id})" + (f" {task_url}" if task_url else ""),
            doc_id=doc_id,
            task_url=task_url,
            shown=shown_prediction(task, raw),
        )
        if draft and raw.get("annotation") in submitted:
            what = "a draft was left open on a submitted annotation; submit or discard it"
            findings.append(answer.finding("warning", "open_draft", "", what))
            continue
        regions = collect_regions(raw.get("result") or [], text, schema)
        found = [answer.finding(*spot) for spot in regions.findings]
        if data.get("text_sha256") not in (None, text_sha256(text)):
            what = "the task's text was changed after it was made; its offsets cannot be trusted"
            found.append(answer.finding("error", "stale_text", "", what))
        if not any(finding.severity == "error" for finding in found):
            events, spots = build_events(regions, schema, answer.annotation_id)
            found += [answer.finding(*spot) for spot in spots]
            annotation = _annotation(answer, regions, events)
            if draft:
                what = "a draft was never submitted; submit or discard it"
                found.append(answer.finding("note", "unsubmitted_draft", "", what))
            elif annotation.state == "unfinished":
                what = f"submitted without an event and without {NO_EVENT!r}; open it and finish it"
                found.append(answer.finding("warning", "nothing_marked", "", what))
            annotations.append(annotation)
        findings += found
    return Reading(tuple(annotations), tuple(findings))


@dataclass(frozen=True, slots=True)
class _Answer:
    raw: dict[str, Any]
    draft: bool
    annotation_id: str
    annotator: str
    where: str
    doc_id: str
    task_url: str | None
    shown: dict[str, Any] | None

    def finding(self, severity: Any, kind: str, region: str, what: str) -> Finding:  # noqa: ANN401 - a literal
        where = f"{self.where} annotator {self.annotator}" + (f" region {region}" if region else "")
        return Finding(severity, kind, where, what, self.doc_id, self.annotation_id, self.task_url)


def _annotation(answer: _Answer, regions: Regions, events: tuple[Event, ...]) -> Annotation:
    raw, shown = answer.raw, answer.shown
    notes = regions.texts.get(NOTE, [])
    return Annotation(
        annotation_id=answer.annotation_id,
        doc_id=answer.doc_id,
        annotator=answer.annotator,
        state=_state(answer, regions, events),
        events=events,
        flags=tuple(regions.choices.get(FLAGS, [])),
        note="\n".join(notes) or None,
        created_at=raw.get("created_at"),
        updated_at=raw.get("updated_at"),
        lead_time=raw.get("lead_time"),
        shown_prediction=str(shown.get("model_version") or "unnamed") if shown else None,
        task_url=answer.task_url,
        edits=edits(shown["result"], raw.get("result") or []) if shown else (),
    )


def _state(answer: _Answer, regions: Regions, events: tuple[Event, ...]) -> State:
    if answer.draft:
        return "unfinished"
    if answer.raw.get("was_cancelled"):
        return "skipped"
    if events:
        return "events"
    # Submitted with nothing, or with roles and no trigger, looks just like work that
    # somebody began and did not finish; only the flag says that there is nothing.
    said_so = {NO_EVENT, NOT_AN_ARTICLE}.intersection(regions.choices.get(FLAGS, []))
    return "empty" if said_so and not regions.spans else "unfinished"

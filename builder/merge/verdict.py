"""Adjudicators' answers as decisions; `question` wrote the tasks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builder.align import dice
from builder.document import Span
from builder.errors import Problem
from builder.event import Conflict, Version
from builder.labelstudio.decode import read_task
from builder.merge.decision import NONE, REASONS, Decision, decision
from builder.merge.dispute import Matter, in_words
from builder.merge.question import LETTERS, MARKED, NEITHER, REASON, VERDICT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.event import Annotation, Argument, Event
    from builder.labelstudio.decode import Pseudonym
    from builder.schema import Schema

    Task = dict[str, Any]

_YES_OR_NO = ("article", "link", "coreference")
_CAN_BE_NONE = ("type", "trigger", "role", "boundary")


@dataclass(slots=True)
class Verdicts:
    """What adjudicators answered, how many tasks wait, and what is wrong with some answers."""

    decisions: list[Decision] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Text:
    doc_id: str
    text: str


def verdicts(tasks: Iterable[Task], schema: Schema, pseudonym: Pseudonym, page: str) -> Verdicts:
    """Read the answered tasks of an adjudication project.

    The newest finished answer to a task counts. A task without one waits, a
    skipped one stays open; both are counted. An answer without a version or a
    reason, or marked so that it says nothing about the conflict, is a problem
    that names the task.
    """
    found = Verdicts()
    for task in tasks:
        given = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
        if not given:
            skipped = bool(task.get("annotations"))
            found.counts["skipped" if skipped else "waiting"] += 1
            continue
        newest = max(given, key=lambda answer: (str(answer.get("updated_at") or ""), answer["id"]))
        try:
            found.decisions.append(_decision(task, newest, schema, pseudonym))
            found.counts["answered"] += 1
        except _NoAnswerError as error:
            found.counts["unclear"] += 1
            found.problems.append(Problem(f"{page}?task={task['id']}", str(error)))
    return found


class _NoAnswerError(Exception):
    """Why an answer is none, in words for the adjudicator."""


def _decision(task: Task, raw: Task, schema: Schema, pseudonym: Pseudonym) -> Decision:
    data = task["data"]
    conflict = _conflict(data)
    chosen = {name: _one(raw, name) for name in (VERDICT, REASON)}
    if chosen[VERDICT] is None:
        raise _NoAnswerError("no version was chosen; open the task, choose one and update it")
    if chosen[REASON] not in REASONS:
        raise _NoAnswerError(f"no reason was chosen; allowed: {', '.join(REASONS)}")
    own = {VERDICT, REASON}
    plain = raw | {"result": [i for i in raw["result"] if i.get("from_name") not in own]}
    reading = read_task(task | {"annotations": [plain], "drafts": []}, schema, pseudonym)
    errors = [finding.what for finding in reading.findings if finding.severity == "error"]
    if errors:
        raise _NoAnswerError("; ".join(errors))
    (annotation,) = reading.annotations
    choice, spans = _choice(str(chosen[VERDICT]), conflict, data, annotation, schema)
    return decision(
        conflict,
        data["document"],
        choice,
        spans=spans,
        reason=str(chosen[REASON]),
        adjudicator=annotation.annotator,
        decided_at=str(annotation.updated_at),
        note=annotation.note,
    )


def _conflict(data: dict[str, Any]) -> Conflict:
    """Return the conflict as it was asked."""
    return Conflict(
        data["doc_id"],
        data["kind"],
        Span(*data["span"]),
        None,
        data["what"],
        tuple(Version(answer, ()) for answer in data["versions"]),
        data["name"],
    )


def _one(raw: Task, control: str) -> str | None:
    for item in raw["result"]:
        if item.get("from_name") == control:
            choices = (item.get("value") or {}).get("choices") or []
            return str(choices[0]) if len(choices) == 1 else None
    return None


def _choice(
    verdict: str,
    conflict: Conflict,
    data: dict[str, Any],
    annotation: Annotation,
    schema: Schema,
) -> tuple[str, tuple[Span, ...]]:
    if verdict == NEITHER:
        if conflict.kind not in _CAN_BE_NONE:
            raise _NoAnswerError(f"of {conflict.kind} one version has to be right; choose it")
        return NONE, ()
    if verdict != MARKED:
        place = LETTERS.find(verdict)
        if not 0 <= place < len(conflict.versions):
            allowed = ", ".join(LETTERS[: len(conflict.versions)])
            raise _NoAnswerError(f"there is no version {verdict}; allowed: {allowed}")
        return conflict.versions[place].answer, ()
    if conflict.kind in _YES_OR_NO:
        raise _NoAnswerError(f"a {conflict.kind} is decided by its version; choose A or B")
    value = _marked(conflict, data, annotation.events, schema)
    spans = (value,) if isinstance(value, Span) else value if isinstance(value, tuple) else ()
    return in_words(value, _Text(data["document"], data["text"])), spans


def _marked(
    conflict: Conflict, data: dict[str, Any], events: Sequence[Event], schema: Schema
) -> object:
    """Return what the marks in the text say about the matter in dispute."""
    matter = Matter(conflict.kind, conflict.span, conflict.what, None, conflict.name)
    if conflict.kind in ("event", "type", "trigger"):
        event = _nearest(events, matter.span)
        if conflict.kind == "event":
            return event is not None
        if event is None:
            raise _NoAnswerError(f"no event is marked there; mark it, or choose {NEITHER!r}")
        return event.type if conflict.kind == "type" else event.trigger
    same = [event for event in events if event.type == data["event_type"]]
    event = _nearest(same, Span(*data["event_trigger"]))
    if event is None:
        raise _NoAnswerError(f"the {data['event_type']} that this is about is not marked")
    if conflict.kind == "attribute":
        name = str(matter.name)
        return (event.attributes or {}).get(name, schema.attributes(event.type)[name].default)
    return _argument(conflict, _overlapping(event, matter.span))


def _argument(conflict: Conflict, argument: Argument | None) -> object:
    if conflict.kind == "argument":
        return argument is not None
    if argument is None:
        raise _NoAnswerError(f"no argument is marked there; mark it, or choose {NEITHER!r}")
    return argument.role if conflict.kind == "role" else argument.parts


def _nearest(events: Sequence[Event], span: Span) -> Event | None:
    near = [event for event in events if event.trigger.overlaps(span)]
    return max(near, key=lambda event: dice([event.trigger], [span]), default=None)


def _overlapping(event: Event, span: Span) -> Argument | None:
    near = [a for a in event.arguments if any(part.overlaps(span) for part in a.parts)]
    return max(near, key=lambda argument: dice(argument.parts, [span]), default=None)

"""What is in tasks of any labelling configuration, counted: states, people, problems, controls."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builder.event import Finding, State
from builder.labelstudio.items import gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from builder.labelstudio.items import Gathered

    Task = dict[str, Any]


@dataclass(slots=True)
class Inventory:
    """Counts over tasks. `people` holds the states by annotator, `controls` the items by control.

    Without a configuration nobody knows which flag means "no event", so `empty`
    is every submitted answer without a span.
    """

    tasks: int = 0
    untouched: int = 0
    states: Counter[State] = field(default_factory=Counter)
    people: dict[str, Counter[State]] = field(default_factory=dict)
    problems: Counter[str] = field(default_factory=Counter)
    controls: Counter[str] = field(default_factory=Counter)
    spans: int = 0
    arrows: int = 0
    findings: list[Finding] = field(default_factory=list)


def inventory(tasks: Iterable[Task], name: Callable[[str], str] = str) -> Inventory:
    """Count what tasks hold; `name` turns a person's e-mail into what they are called here."""
    counted = Inventory()
    for task in tasks:
        counted.tasks += 1
        answers = list(answers_of(task))
        counted.untouched += not answers
        people: Counter[str] = Counter()
        for raw, draft in answers:
            person = name(who(raw))
            gathered = gather(raw.get("result") or [], text_of(task))
            _count(counted, gathered, person, _state(raw, gathered, draft=draft))
            spots = list(gathered.findings)
            if draft:
                what = "a draft was left open; submit or discard it"
                spots.append(("warning", "open_draft", "", what))
            elif people[person]:
                what = "the same person annotated this task before"
                spots.append(("note", "double_annotation", "", what))
            people[person] += not draft
            _report(counted, spots, task, raw, person)
    return counted


def answers_of(task: Task) -> Iterator[tuple[Task, bool]]:
    """Give every annotation and draft of a task that is there in full, and whether it is a draft.

    Some answers of the server name a draft by its number only.
    """
    for kind in ("annotations", "drafts"):
        for raw in task.get(kind) or []:
            if isinstance(raw, dict):
                yield raw, kind == "drafts"


def who(raw: Task) -> str:
    """Name the person: the server gives a number, a record, or an e-mail (drafts)."""
    user = raw.get("completed_by") or raw.get("user")
    if isinstance(user, dict):
        return str(user.get("email") or user.get("id"))
    return str(user)


def text_of(task: Task) -> str | None:
    """Return the text that was annotated: `data.text`, else the longest there is, else None."""
    data = task.get("data") or {}
    if isinstance(data.get("text"), str):
        return str(data["text"])
    texts = [value for value in data.values() if isinstance(value, str)]
    return max(texts, key=len, default=None)


def _state(raw: Task, gathered: Gathered, *, draft: bool) -> State:
    if draft:
        return "unfinished"
    if raw.get("was_cancelled"):
        return "skipped"
    return "events" if gathered.marks else "empty"


def _count(counted: Inventory, gathered: Gathered, person: str, state: State) -> None:
    counted.states[state] += 1
    counted.people.setdefault(person, Counter())[state] += 1
    counted.spans += len(gathered.marks)
    counted.arrows += len(gathered.arrows)
    counted.controls.update(control for mark in gathered.marks.values() for control in mark.labels)
    counted.controls.update(said.control for said in gathered.said)


def _report(
    counted: Inventory, spots: list[tuple[str, str, str, str]], task: Task, raw: Task, person: str
) -> None:
    doc_id = str((task.get("data") or {}).get("doc_id") or "")
    for severity, kind, region, what in spots:
        counted.problems[kind] += 1
        where = f"task {task.get('id')} annotator {person}" + (
            f" region {region}" if region else ""
        )
        number = str(raw.get("unique_id") or raw.get("id"))
        counted.findings.append(Finding(severity, kind, where, what, doc_id, number))  # type: ignore[arg-type]

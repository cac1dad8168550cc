"""Labelled spans out of other people's Label Studio exports, whatever their configuration.

An export carries no configuration, so nothing is known about what the labels
mean. A label on a span is read as an event of that type without arguments, a
choice or taxonomy path of the whole task as a document flag. Everything else
is counted by what it was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builder.document import Span
from builder.event import Annotation, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.event import State

    Task = dict[str, Any]

Pseudonym = Callable[[str], str]
"""Turns an e-mail into the name that is used from here on."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One task's text and answers, at most one per annotator."""

    doc_id: str
    text: str
    annotations: tuple[Annotation, ...]


@dataclass(slots=True)
class SpanReader:
    """Reads tasks; `dropped` counts what was left out, in words."""

    pseudonym: Pseudonym
    text_key: str = "text"
    dropped: Counter[str] = field(default_factory=Counter)

    def read(self, tasks: Iterable[Task]) -> Iterator[Labelled]:
        """Yield the tasks that have a text, each with the newest answer of every annotator."""
        for task in tasks:
            text = (task.get("data") or {}).get(self.text_key)
            if not isinstance(text, str):
                self.dropped[f"task without a text in {self.text_key!r}"] += 1
                continue
            self.dropped["draft"] += len(task.get("drafts") or [])
            doc_id = str(task["data"].get("doc_id") or f"task {task.get('id')}")
            yield Labelled(doc_id, text, tuple(self._newest(task, doc_id, text)))

    def _newest(self, task: Task, doc_id: str, text: str) -> Iterator[Annotation]:
        by_person: dict[str, list[Task]] = defaultdict(list)
        for raw in task.get("annotations") or []:
            by_person[_person(raw)].append(raw)
        for person in sorted(by_person):
            *older, newest = sorted(by_person[person], key=_freshness)
            self.dropped["older answer of the same annotator"] += len(older)
            yield self._annotation(newest, person, doc_id, text)

    def _annotation(self, raw: Task, person: str, doc_id: str, text: str) -> Annotation:
        name = str(raw.get("unique_id") or raw.get("id"))
        items = raw.get("result") or []
        spans = self._spans(items, len(text))
        flags = tuple(sorted(self._flags(items)))
        # Like ours, an empty submission without a word is not taken for "nothing there".
        state: State = "events" if spans or flags else "unfinished"
        return Annotation(
            annotation_id=name,
            doc_id=doc_id,
            annotator=self.pseudonym(person),
            state="skipped" if raw.get("was_cancelled") else state,
            events=tuple(
                Event(f"{name}:{n}", label, span) for n, (span, label) in enumerate(spans)
            ),
            flags=flags,
            created_at=raw.get("created_at"),
            updated_at=raw.get("updated_at"),
            shown_prediction=_shown(raw),
            task_url=None,
        )

    def _spans(self, items: Iterable[Task], length: int) -> list[tuple[Span, str]]:
        found: dict[tuple[Span, str], None] = {}
        for item in items:
            value = item.get("value") or {}
            start, end = value.get("start"), value.get("end")
            if not isinstance(start, int) or not isinstance(end, int):
                if item.get("type") not in {"choices", "taxonomy"}:
                    self.dropped[f"{item.get('type')} without a span"] += 1
                continue
            labels = value.get("labels") if item.get("type") == "labels" else None
            if not labels:
                self.dropped[f"{item.get('type')} on a span"] += 1
                continue
            if not 0 <= start < end <= length:
                self.dropped["span outside the text"] += len(labels)
                continue
            for label in labels:
                marked = Span(start, end), str(label)
                self.dropped["span marked twice by one annotator"] += marked in found
                found[marked] = None
        return sorted(found)

    def _flags(self, items: Iterable[Task]) -> Iterator[str]:
        for item in items:
            value = item.get("value") or {}
            if isinstance(value.get("start"), int):
                continue
            for choice in value.get("choices") or []:
                yield f"{item.get('from_name')}: {choice}"
            for path in value.get("taxonomy") or []:
                yield f"{item.get('from_name')}: {' > '.join(path)}"


def _person(raw: Task) -> str:
    user = raw.get("completed_by")
    if isinstance(user, dict):
        return str(user.get("email") or user.get("id"))
    return str(user)


def _freshness(raw: Task) -> tuple[bool, str, int]:
    return not raw.get("was_cancelled"), str(raw.get("updated_at") or ""), int(raw.get("id") or 0)


def _shown(raw: Task) -> str | None:
    prediction = raw.get("prediction")
    return prediction.get("model_version") if isinstance(prediction, dict) else None

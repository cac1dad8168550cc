"""How far the work is: by state, by person, by batch, and how many saw each document."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from builder.event import State

if TYPE_CHECKING:
    from builder.event import Annotation
    from builder.labelstudio.decode import Reading

RECENT = timedelta(days=7)
FINISHED = ("events", "empty")


@dataclass(slots=True)
class Person:
    """One annotator's work: answers by state, seconds spent on each finished one, when."""

    states: Counter[State] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    def add(self, annotation: Annotation) -> None:
        """Count one answer."""
        self.states[annotation.state] += 1
        if annotation.state in FINISHED and annotation.lead_time:
            self.seconds.append(annotation.lead_time)
        if annotation.updated_at:
            self.times.append(moment(annotation.updated_at))

    def facts(self, now: datetime) -> dict[str, Any]:
        """Return the counts and the pace; `minutes` is the median of a finished answer.

        `per_day` is over the days of the last seven on which anything was done.
        """
        recent = [time for time in self.times if now - time <= RECENT]
        days = len({time.date() for time in recent})
        return {
            **{state: self.states[state] for state in ("events", "empty", "unfinished", "skipped")},
            "minutes": round(median(self.seconds) / 60, 1) if self.seconds else None,
            "hours": round(sum(self.seconds) / 3600, 1),
            "last_7_days": len(recent),
            "per_day": round(len(recent) / days, 1) if days else None,
            "last": f"{max(self.times):%Y-%m-%dT%H:%M:%SZ}" if self.times else None,
        }


@dataclass(slots=True)
class Progress:
    """Counts over tasks as they are read. A document is done when `overlap` people finished it."""

    overlap: int
    tasks: int = 0
    open_drafts: int = 0
    states: Counter[State] = field(default_factory=Counter)
    people: dict[str, Person] = field(default_factory=lambda: defaultdict(Person))
    reached: Counter[int] = field(default_factory=Counter)
    batches: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, task: dict[str, Any], reading: Reading) -> None:
        """Count one task."""
        data = task.get("data") or {}
        finished = {a.annotator for a in reading.annotations if a.state in FINISHED}
        stage = self._stage(len(finished), len(reading.annotations))
        self.tasks += 1
        self.reached[len(finished)] += 1
        self.batches[str(data.get("batch") or "none")][stage] += 1
        self.open_drafts += sum("draft" in finding.kind for finding in reading.findings)
        for annotation in reading.annotations:
            self.states[annotation.state] += 1
            self.people[annotation.annotator].add(annotation)

    def stages(self) -> Counter[str]:
        """Return how many documents are done, begun and untouched."""
        return sum(self.batches.values(), Counter())

    def facts(self, now: datetime) -> dict[str, Any]:
        """Return everything as JSON can say it."""
        times = [time for person in self.people.values() for time in person.times]
        return {
            "documents": self.tasks,
            "stages": {name: self.stages()[name] for name in ("done", "begun", "untouched")},
            "answers": {name: self.states[name] for name in ("events", "empty")}
            | {name: self.states[name] for name in ("unfinished", "skipped")},
            "open_drafts": self.open_drafts,
            "overlap": {"wanted": self.overlap, "reached": dict(sorted(self.reached.items()))},
            "batches": {name: dict(sorted(b.items())) for name, b in sorted(self.batches.items())},
            "annotators": {name: p.facts(now) for name, p in sorted(self.people.items())},
            "last_activity": f"{max(times):%Y-%m-%dT%H:%M:%SZ}" if times else None,
        }

    def _stage(self, finished: int, answers: int) -> str:
        if finished >= self.overlap:
            return "done"
        return "begun" if answers else "untouched"


def moment(text: str) -> datetime:
    """Read the server's time.

    >>> moment("2026-11-23T10:15:36.464024Z").hour
    10
    """
    return datetime.fromisoformat(text)

"""A whole project's merge: snapshots in, gold out, one document at a time."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from builder.align import align_events
from builder.engines.collector import seldom_collected
from builder.event import Annotation, Finding, GoldDocument
from builder.files import record_stream
from builder.labelstudio.snapshot import current_snapshots
from builder.merge.collect import Answered, answered_documents, document_ids
from builder.merge.consensus import FINISHED, judge_document
from builder.merge.decision import Decision, read_decisions, stale
from builder.merge.element import refuses
from builder.merge.policy import policy
from builder.merge.reliability import ANNOTATORS, Reliability, Votes, count_votes, estimate
from builder.merge.standing import Standing, write_standing
from builder.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from builder.config import Project
    from builder.merge.consensus import Judged
    from builder.merge.policy import Policy
    from builder.schema import Schema

    Each = Callable[[Answered, GoldDocument], None]

SAMPLE = 2000
"""Documents that the annotators' reliability is estimated on; their ids are hashes, so any will
do."""

TOGETHER = 250
"""Documents, and answers, that are held until they are written."""


@dataclass(slots=True)
class Merged:
    """What a merge came to: counts, and what people should look at."""

    snapshots: tuple[str, ...]
    reliability: Reliability | None = None
    findings: list[Finding] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    stale: list[Decision] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    states: Counter[str] = field(default_factory=Counter)
    annotators: set[str] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)
    arguments: int = 0
    decided: Counter[str] = field(default_factory=Counter)
    conflicts: Counter[str] = field(default_factory=Counter)
    disputed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Answered, judged: Judged, decisions: dict[str, Decision]) -> None:
        """Count one document."""
        gold = judged.gold
        self.hear(answer.findings)
        self.used |= judged.used
        self.disputed += bool(gold.conflicts)
        self.stale += stale(decisions, judged.used)
        self.states[gold.state] += 1
        self.annotators.update(gold.annotators)
        self.events.update(event.type for event in gold.events)
        self.arguments += sum(len(event.arguments) for event in gold.events)
        self.decided.update(event.support.rule for event in gold.events)
        self.conflicts.update(conflict.kind for conflict in gold.conflicts)
        self.rejected.update(f"{r.kind} by {r.support.rule}" for r in gold.rejected)

    def hear(self, findings: Iterable[Finding]) -> None:
        """Count findings by kind, and keep those that somebody has to look at."""
        for finding in findings:
            self.found[f"{finding.severity} {finding.kind}"] += 1
            if finding.severity != "note":
                self.findings.append(finding)

    def standing(self) -> Standing:
        """Return what the next question about this merge will be about."""
        stale_ones = sorted(each.conflict for each in self.stale)
        used = tuple(sorted(self.used))
        return Standing(self.conflicts.total(), self.disputed, used, tuple(stale_ones))

    def counts(self) -> dict[str, Any]:
        """Return how many there are of everything, for people and programs."""
        return {
            "documents": dict(self.states),
            "annotators": len(self.annotators),
            "events": dict(sorted(self.events.items())),
            "arguments": self.arguments,
            "decided": dict(sorted(self.decided.items())),
            "conflicts": dict(sorted(self.conflicts.items())),
            "decisions": {"used": len(self.used), "stale": len(self.stale)},
            "rejected": dict(sorted(self.rejected.items())),
            "findings": dict(sorted(self.found.items())),
            "snapshots": list(self.snapshots),
        }


def merge_project(project: Project, *, each: Each | None = None, dry_run: bool = False) -> Merged:
    """Merge all current snapshots of a project; write gold and answers unless it is a dry run.

    Documents are merged one by one; `each` is shown every one as it is done.
    Only counts, findings and the names of decisions are kept. The answers that
    were merged, one per annotator and document, go beside the gold.
    """
    schema = load_schema(project.schemas)
    merged = Merged(tuple(s.path.name for s in current_snapshots(project.snapshots)))
    found = _gold(project, schema, merged)
    with seldom_collected(), _writing(project) if not dry_run else nullcontext() as write:
        for answer, gold in found:
            if write:
                write(answer, gold)
            if each:
                each(answer, gold)
    if not dry_run:
        write_standing(project, merged.standing())
    return merged


@contextmanager
def _writing(project: Project) -> Iterator[Each]:
    """Give a function that writes a document's gold, and the answers that were merged."""
    with (
        record_stream(project.gold, GoldDocument, together=TOGETHER) as add_gold,
        record_stream(project.annotations, Annotation, together=TOGETHER) as add_answer,
    ):

        def write(answer: Answered, gold: GoldDocument) -> None:
            add_gold(gold)
            for annotation in answer.annotations:
                add_answer(annotation)

        yield write


def _gold(
    project: Project, schema: Schema, merged: Merged
) -> Iterator[tuple[Answered, GoldDocument]]:
    rules = policy(project)
    known = document_ids(project)
    decisions = read_decisions(project.decisions)
    merged.reliability = _reliability(project, schema, rules, set(known))
    for answer in _every_document(project, schema, known, merged):
        own = decisions.pop(answer.doc_id, {})
        judged = judge_document(
            answer,
            answer.annotations,
            schema,
            rules,
            decisions=own,
            reliability=merged.reliability,
        )
        merged.add(answer, judged, own)
        yield answer, judged.gold
    # What is left was decided on texts that are no longer among the documents.
    for doc_id in sorted(decisions):
        merged.stale += stale(decisions[doc_id], ())


def _every_document(
    project: Project, schema: Schema, known: list[str], merged: Merged
) -> Iterator[Answered]:
    """Yield every known document by doc_id, those that nobody answered without a text."""
    waiting = iter(known)
    doc_id = next(waiting, None)
    for answer in answered_documents(project, schema, set(known)):
        while doc_id is not None and doc_id < answer.doc_id:
            yield Answered(doc_id, "", (), ())
            doc_id = next(waiting, None)
        if doc_id == answer.doc_id:
            yield answer
            doc_id = next(waiting, None)
        else:
            merged.hear(answer.findings)
    while doc_id is not None:
        yield Answered(doc_id, "", (), ())
        doc_id = next(waiting, None)


def _reliability(
    project: Project, schema: Schema, rules: Policy, known: set[str]
) -> Reliability | None:
    if rules.weights != "reliability":
        return None
    votes = Votes.none()
    for answer in islice(answered_documents(project, schema, known), SAMPLE):
        finished = [a for a in answer.annotations if a.state in FINISHED and not refuses(a)]
        if len(finished) >= ANNOTATORS:
            count_votes(votes, finished, _aligned(finished))
    return estimate(votes) if votes.presence else None


def _aligned(annotations: list[Annotation]) -> list[dict[str, Any]]:
    return align_events({a.annotation_id: a.events for a in annotations})

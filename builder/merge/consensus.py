"""One document's gold: existence, type, trigger, arguments and attributes, each decided alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.event import (
    Conflict,
    GoldArgument,
    GoldAttribute,
    GoldDocument,
    GoldEvent,
    Rejection,
    Support,
)
from builder.merge.align import Cluster, align_arguments, align_events
from builder.merge.dispute import dispute
from builder.merge.relations import add_relations
from builder.merge.vote import Outcome, count, presence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.document import Document, Span
    from builder.event import Annotation, Event, State
    from builder.schema import Schema

FINISHED = ("events", "empty")


def merge_document(
    document: Document, annotations: Sequence[Annotation], schema: Schema, *, quorum: int = 1
) -> GoldDocument:
    """Merge the annotators' answers on one document.

    Each annotator may have one answer here. `events` and `empty` count as
    answers, `unfinished` and `skipped` never do; with fewer answers than
    `quorum` the document stays unfinished. Ties become conflicts; what a
    majority did not see is rejected and listed. The result does not depend on
    the order of the annotations.
    """
    answers = {a.annotation_id: a for a in annotations if a.state in FINISHED}
    annotators = tuple(sorted(a.annotator for a in answers.values()))
    if len(answers) < max(1, quorum):
        skipped = bool(annotations) and all(a.state == "skipped" for a in annotations)
        state: State = "skipped" if skipped else "unfinished"
        return GoldDocument(document.doc_id, state, annotators, (), ())
    merger = _Merger(document, schema, sorted(answers))
    clusters = align_events({name: answer.events for name, answer in answers.items()})
    found = [(cluster, merger.event(cluster)) for cluster in clusters]
    gold = [(cluster, event) for cluster, event in found if event is not None]
    events = add_relations(gold, merger.conflicts, merger.rejected, document)
    undecided = any(conflict.event_id is None for conflict in merger.conflicts)
    without: State = "unfinished" if undecided else "empty"
    return GoldDocument(
        doc_id=document.doc_id,
        state="events" if events else without,
        annotators=annotators,
        events=tuple(events),
        conflicts=tuple(merger.conflicts),
        rejected=tuple(merger.rejected),
    )


class _Merger:
    """Decides one document's clusters, keeping what is tied and what is rejected."""

    def __init__(self, document: Document, schema: Schema, voters: list[str]) -> None:
        self.document = document
        self.schema = schema
        self.voters = voters
        self.conflicts: list[Conflict] = []
        self.rejected: list[Rejection] = []
        self._ids: set[str] = set()

    def event(self, cluster: Cluster[Event]) -> GoldEvent | None:
        """Decide one event; None when it is tied or rejected."""
        span = min(event.trigger for event in cluster.values())
        kinds = " or ".join(sorted({event.type for event in cluster.values()}))
        existence = presence({voter: voter in cluster for voter in self.voters})
        what = f"{kinds} at {span.of(self.document.text)!r}"
        if not self._exists("event", span, what, existence, None):
            return None
        type_ = count({name: event.type for name, event in cluster.items()})
        if type_.value is None:
            self._tie("type", span, f"type of the event at {span.of(self.document.text)!r}", type_)
            return None
        trigger = count({name: event.trigger for name, event in cluster.items()})
        if trigger.value is None:
            self._tie("trigger", span, f"extent of the trigger of {type_.value}", trigger)
            return None
        members = {name: e for name, e in cluster.items() if e.type == type_.value}
        event_id = self._event_id(type_.value, trigger.value)
        return GoldEvent(
            event_id=event_id,
            type=type_.value,
            trigger=trigger.value,
            arguments=tuple(sorted(self._arguments(members, event_id), key=_place)),
            attributes=tuple(self._attributes(members, type_.value, trigger.value, event_id)),
            links=(),
            cluster=None,
            support=existence.support,
            type_support=type_.support,
            trigger_support=trigger.support,
        )

    def _arguments(self, members: Cluster[Event], event_id: str) -> Iterable[GoldArgument]:
        for cluster in align_arguments({name: e.arguments for name, e in members.items()}):
            span = min(argument.parts[0] for argument in cluster.values())
            quoted = repr(span.of(self.document.text))
            roles = " or ".join(sorted({argument.role for argument in cluster.values()}))
            existence = presence({name: name in cluster for name in members})
            if not self._exists("argument", span, f"{roles} {quoted}", existence, event_id):
                continue
            role = count({name: argument.role for name, argument in cluster.items()})
            parts = count({name: argument.parts for name, argument in cluster.items()})
            if role.value is None:
                self._tie("role", span, f"role of {quoted}", role, event_id)
            if parts.value is None:
                self._tie("boundary", span, f"extent of {roles} {quoted}", parts, event_id)
            if role.value is not None and parts.value is not None:
                support = _together(existence.support, role.support, parts.support)
                yield GoldArgument(role.value, parts.value, support)

    def _attributes(
        self, members: Cluster[Event], event_type: str, trigger: Span, event_id: str
    ) -> Iterable[GoldAttribute]:
        for name, attribute in self.schema.attributes(event_type).items():
            outcome = count(
                {
                    member: (event.attributes or {}).get(name, attribute.default)
                    for member, event in members.items()
                }
            )
            if not outcome.decided:
                quoted = repr(trigger.of(self.document.text))
                self._tie(
                    "attribute", trigger, f"{name} of {event_type} {quoted}", outcome, event_id
                )
            yield GoldAttribute(name, outcome.value, outcome.support)

    def _exists(
        self, kind: str, span: Span, what: str, outcome: Outcome[bool], event_id: str | None
    ) -> bool:
        if outcome.value is None:
            self._tie(kind, span, what, outcome, event_id)
        elif not outcome.value:
            self.rejected.append(Rejection(kind, span, what, outcome.support))
        return bool(outcome.value)

    def _tie(
        self, kind: str, span: Span, what: str, outcome: Outcome[Any], event_id: str | None = None
    ) -> None:
        tie = dispute(self.document, kind, span, what, outcome)
        self.conflicts.append(replace(tie, event_id=event_id))

    def _event_id(self, event_type: str, trigger: Span) -> str:
        """Name an event by where and what it is; a twin at the same place is numbered."""
        name = f"{self.document.doc_id}-{event_type.lower()}-{trigger.start}-{trigger.end}"
        twin = 2
        while name in self._ids:
            name = f"{name.partition('~')[0]}~{twin}"
            twin += 1
        self._ids.add(name)
        return name


def _together(*supports: Support) -> Support:
    """Return the support of decisions that hold together: the weakest rule, all who back each."""
    backers = set.intersection(*(set(support.annotations) for support in supports))
    weakest = min((s.rule for s in supports), key=("majority", "single", "unanimous").index)
    return Support(weakest, len(backers), supports[0].voters, tuple(sorted(backers)))


def _place(argument: GoldArgument) -> tuple[tuple[Span, ...], str]:
    return argument.parts, argument.role

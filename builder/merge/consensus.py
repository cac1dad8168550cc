"""One document's gold: existence, type, trigger, arguments and attributes, each decided alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.align import Cluster, align_arguments, align_events
from builder.event import GoldArgument, GoldAttribute, GoldDocument, GoldEvent, Support
from builder.merge.bench import Bench
from builder.merge.dispute import Matter
from builder.merge.element import argument_name, attribute_name, trigger_name, type_name
from builder.merge.policy import Policy
from builder.merge.relations import add_relations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.document import Span
    from builder.event import Annotation, Argument, Event, State
    from builder.merge.decision import Decision
    from builder.merge.dispute import Text
    from builder.merge.reliability import Reliability
    from builder.schema import Schema

FINISHED = ("events", "empty")
_WEAKEST = ("majority", "weighted_majority", "single", "unanimous")
Seen = tuple[Cluster["Event"], GoldEvent]
"""A gold event and, by annotation, the answers that have it with its type."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One document's gold and which decisions it asked for."""

    gold: GoldDocument
    used: frozenset[str] = frozenset()


def merge_document(
    document: Text,
    annotations: Sequence[Annotation],
    schema: Schema,
    policy: Policy | None = None,
    *,
    decisions: Mapping[str, Decision] | None = None,
    reliability: Reliability | None = None,
) -> GoldDocument:
    """Merge the annotators' answers on one document; `judge_document` says more."""
    return judge_document(
        document, annotations, schema, policy, decisions=decisions, reliability=reliability
    ).gold


def judge_document(
    document: Text,
    annotations: Sequence[Annotation],
    schema: Schema,
    policy: Policy | None = None,
    *,
    decisions: Mapping[str, Decision] | None = None,
    reliability: Reliability | None = None,
) -> Judged:
    """Merge the annotators' answers on one document, by the policy.

    Each annotator may have one answer here. `events` and `empty` count as
    answers, `unfinished` and `skipped` never do; with fewer answers than the
    policy needs the document stays unfinished. What a person decided in
    `decisions` (by conflict) goes before every vote. Ties become conflicts;
    what lost a vote is rejected and listed. The result does not depend on the
    order of the annotations.
    """
    policy = policy or Policy()
    answers = {a.annotation_id: a for a in annotations if a.state in FINISHED}
    annotators = tuple(sorted(a.annotator for a in answers.values()))
    if len(answers) < policy.answers_needed():
        skipped = bool(annotations) and all(a.state == "skipped" for a in annotations)
        state: State = "skipped" if skipped else "unfinished"
        return Judged(GoldDocument(document.doc_id, state, annotators, (), ()))
    bench = Bench(document, answers, policy, decisions, reliability)
    merger = _Merger(bench, schema)
    # Twins that say the same are told apart by their ids, whatever order they came in.
    clusters = align_events(
        {n: sorted(a.events, key=lambda event: event.event_id) for n, a in answers.items()}
    )
    found = [merger.event(cluster) for cluster in clusters]
    events = add_relations([seen for seen in found if seen is not None], bench)
    undecided = any(conflict.event_id is None for conflict in bench.conflicts)
    without: State = "unfinished" if undecided else "empty"
    gold = GoldDocument(
        doc_id=document.doc_id,
        state="events" if events else without,
        annotators=annotators,
        events=tuple(events),
        conflicts=tuple(bench.conflicts),
        rejected=tuple(bench.rejected),
    )
    return Judged(gold, frozenset(bench.used))


class _Merger:
    """Decides one document's clusters on its bench."""

    def __init__(self, bench: Bench, schema: Schema) -> None:
        self.bench = bench
        self.schema = schema
        self.text = bench.document.text
        self._ids: set[str] = set()

    def event(self, cluster: Cluster[Event]) -> Seen | None:
        """Decide one event; None when it is tied or rejected."""
        bench = self.bench
        span = min(event.trigger for event in cluster.values())
        quoted = repr(span.of(self.text))
        kinds = sorted({event.type for event in cluster.values()})
        likely = _likeliest(cluster)
        matter = Matter("event", span, f"{' or '.join(kinds)} at {quoted}")
        said = {name: (event.event_id,) for name, event in cluster.items()}
        present = {voter: voter in cluster for voter in bench.voters}
        existence = bench.exists(matter, present, said, likely)
        if not existence.value:
            return None
        said = {name: (type_name(event),) for name, event in cluster.items()}
        matter = Matter("type", span, f"type of the event at {quoted}")
        type_ = bench.choose(matter, {n: e.type for n, e in cluster.items()}, said, likely)
        if type_.value is None:
            return None
        said = {name: (trigger_name(event),) for name, event in cluster.items()}
        matter = Matter("trigger", span, f"extent of the trigger of {type_.value}")
        votes = {name: event.trigger for name, event in cluster.items()}
        trigger = bench.choose(matter, votes, said, type_.value)
        if trigger.value is None:
            return None
        members = {name: e for name, e in sorted(cluster.items()) if e.type == type_.value}
        event_id = self._event_id(type_.value, trigger.value)
        return members, GoldEvent(
            event_id=event_id,
            type=type_.value,
            trigger=trigger.value,
            arguments=tuple(sorted(self._arguments(members, event_id), key=_place)),
            attributes=tuple(
                self._attributes(members, type_.value, trigger.value, event_id, type_.support)
            ),
            links=(),
            cluster=None,
            support=existence.support,
            type_support=type_.support,
            trigger_support=trigger.support,
            sources=tuple(sorted(event.event_id for event in cluster.values())),
        )

    def _arguments(self, members: Cluster[Event], event_id: str) -> Iterable[GoldArgument]:
        taken: set[tuple[str, tuple[Span, ...]]] = set()
        for cluster in align_arguments({name: e.arguments for name, e in members.items()}):
            found = self._argument(cluster, members, event_id)
            if found is None:
                continue
            if (found.role, found.parts) in taken:
                self._twin(found, cluster, members, event_id)
                continue
            taken.add((found.role, found.parts))
            yield found

    def _argument(
        self, cluster: Cluster[Argument], members: Cluster[Event], event_id: str
    ) -> GoldArgument | None:
        bench = self.bench
        kind = next(iter(members.values())).type
        span = min(argument.parts[0] for argument in cluster.values())
        quoted = repr(span.of(self.text))
        roles = " or ".join(sorted({argument.role for argument in cluster.values()}))
        said = _said(cluster, members)
        matter = Matter("argument", span, f"{roles} {quoted}", event_id)
        existence = bench.exists(matter, {n: n in cluster for n in members}, said, kind)
        if not existence.value:
            return None
        votes = {name: argument.role for name, argument in cluster.items()}
        role = bench.choose(Matter("role", span, f"role of {quoted}", event_id), votes, said, kind)
        extents = {name: argument.parts for name, argument in cluster.items()}
        matter = Matter("boundary", span, f"extent of {roles} {quoted}", event_id)
        parts = bench.choose(matter, extents, said, kind)
        if role.value is None or parts.value is None:
            return None
        support = _together(existence.support, role.support, parts.support)
        return GoldArgument(role.value, parts.value, support)

    def _twin(
        self, found: GoldArgument, cluster: Cluster[Argument], members: Cluster[Event], event: str
    ) -> None:
        """Leave out an argument that the event has already."""
        what = f"{found.role} {found.parts[0].of(self.text)!r} once more"
        matter = Matter("argument", found.parts[0], what, event)
        support = Support("duplicate", len(cluster), len(members), tuple(sorted(cluster)))
        self.bench.reject(matter, support, _said(cluster, members), cluster.keys())

    def _attributes(
        self,
        members: Cluster[Event],
        event_type: str,
        trigger: Span,
        event_id: str,
        decided: Support,
    ) -> Iterable[GoldAttribute]:
        for name, attribute in self.schema.attributes(event_type).items():
            if not members:
                # A person gave it a type that no annotator had: nobody spoke of its attributes.
                yield GoldAttribute(name, attribute.default, decided)
                continue
            chosen = {m: (e.attributes or {}).get(name) for m, e in members.items()}
            votes = {m: value or attribute.default for m, value in chosen.items()}
            said = {m: (attribute_name(members[m], name),) for m in members if chosen[m]}
            what = f"{name} of {event_type} {trigger.of(self.text)!r}"
            matter = Matter("attribute", trigger, what, event_id, name)
            outcome = self.bench.choose(matter, votes, said, event_type)
            yield GoldAttribute(name, outcome.value, outcome.support)

    def _event_id(self, event_type: str, trigger: Span) -> str:
        """Name an event by where and what it is; a twin at the same place is numbered."""
        doc_id = self.bench.document.doc_id
        name = f"{doc_id}-{event_type.lower()}-{trigger.start}-{trigger.end}"
        twin = 2
        while name in self._ids:
            name = f"{name.partition('~')[0]}~{twin}"
            twin += 1
        self._ids.add(name)
        return name


def _likeliest(cluster: Cluster[Event]) -> str:
    types = Counter(event.type for event in cluster.values())
    return min(types, key=lambda name: (-types[name], name))


def _said(cluster: Cluster[Argument], members: Cluster[Event]) -> dict[str, tuple[str, ...]]:
    return {name: (argument_name(members[name], a),) for name, a in cluster.items()}


def _together(existence: Support, role: Support, parts: Support) -> Support:
    """Return the support of decisions that hold together: the weakest rule, all who back each."""
    supports = (existence, role, parts)
    backers = tuple(sorted(set(role.annotations) & set(parts.annotations)))
    margin = min(support.margin for support in supports)
    decided = next((s for s in supports if s.rule == "adjudicated"), None)
    if decided:
        return Support(
            "adjudicated",
            len(backers),
            existence.voters,
            backers,
            margin,
            decided.decision,
            decided.reason,
        )
    weakest = min((support.rule for support in supports), key=_WEAKEST.index)
    return Support(weakest, len(backers), existence.voters, backers, margin)


def _place(argument: GoldArgument) -> tuple[tuple[Span, ...], str]:
    return argument.parts, argument.role

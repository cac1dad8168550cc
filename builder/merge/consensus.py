"""One document's gold: existence, type, trigger, arguments and attributes, each decided alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from builder.align import Cluster, align_arguments, align_events
from builder.event import GoldArgument, GoldAttribute, GoldDocument, GoldEvent, Support
from builder.merge.article import is_article, judges
from builder.merge.bench import Bench
from builder.merge.policy import Policy
from builder.merge.relations import add_relations
from builder.merge.wording import ArgumentWords, EventWords, attribute_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.document import Span
    from builder.event import Annotation, Event, GoldState
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
    policy needs the document stays unfinished. What the majority calls no
    article has no gold. What a person decided in
    `decisions` (by conflict) goes before every vote. Ties become conflicts;
    what lost a vote is rejected and listed. The result does not depend on the
    order of the annotations.
    """
    policy = policy or Policy()
    answers = {a.annotation_id: a for a in annotations if a.state in FINISHED}
    annotators = tuple(sorted(a.annotator for a in answers.values()))
    if len(answers) < policy.answers_needed():
        skipped = bool(annotations) and all(a.state == "skipped" for a in annotations)
        state: GoldState = "skipped" if skipped else "unfinished"
        return Judged(GoldDocument(document.doc_id, state, annotators, (), ()))
    bench = Bench(document, answers, policy, decisions, reliability)
    article = is_article(answers, bench)
    if article.value:
        bench.hear(answers := judges(answers))
    if not article.value or len(answers) < policy.answers_needed():
        state = "not_an_article" if article.value is False else "unfinished"
        return _judged(document, state, annotators, (), bench)
    merger = _Merger(bench, schema)
    # Twins that say the same are told apart by their ids, whatever order they came in.
    clusters = align_events(
        {n: sorted(a.events, key=lambda event: event.event_id) for n, a in answers.items()}
    )
    found = [merger.event(cluster) for cluster in clusters]
    events = add_relations([seen for seen in found if seen is not None], bench)
    undecided = any(conflict.event_id is None for conflict in bench.conflicts)
    without: GoldState = "unfinished" if undecided else "empty"
    return _judged(document, "events" if events else without, annotators, events, bench)


def _judged(
    document: Text,
    state: GoldState,
    annotators: tuple[str, ...],
    events: Sequence[GoldEvent],
    bench: Bench,
) -> Judged:
    gold = GoldDocument(
        doc_id=document.doc_id,
        state=state,
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
        self._known: dict[str, list[tuple[str, str]]] = {}

    def event(self, cluster: Cluster[Event]) -> Seen | None:
        """Decide one event; None when it is tied or rejected."""
        bench = self.bench
        cluster = dict(sorted(cluster.items()))
        words = EventWords(cluster, self.text)
        likely = _likeliest(cluster)
        existence = bench.exists("event", likely, cluster, bench.voters, words.existence)
        if not existence.value:
            return None
        votes = {name: event.type for name, event in cluster.items()}
        type_ = bench.choose(likely, votes, words.type)
        kind = type_.value
        if kind is None:
            return None
        extents = {name: event.trigger for name, event in cluster.items()}
        trigger = bench.choose(kind, extents, lambda: words.trigger(kind))
        if trigger.value is None:
            return None
        members = {name: event for name, event in cluster.items() if event.type == kind}
        event_id = self._event_id(kind, trigger.value)
        return members, GoldEvent(
            event_id=event_id,
            type=kind,
            trigger=trigger.value,
            arguments=tuple(sorted(self._arguments(members, event_id), key=_place)),
            attributes=tuple(
                self._attributes(members, kind, trigger.value, event_id, type_.support)
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
            words = ArgumentWords(dict(sorted(cluster.items())), members, event_id, self.text)
            found = self._argument(words)
            if found is None:
                continue
            if (found.role, found.parts) in taken:
                support = Support("duplicate", len(cluster), len(members), tuple(words.cluster))
                self.bench.reject(words.twin(found), support, words.said, cluster)
                continue
            taken.add((found.role, found.parts))
            yield found

    def _argument(self, words: ArgumentWords) -> GoldArgument | None:
        bench, cluster, members = self.bench, words.cluster, words.members
        kind = next(iter(members.values())).type
        existence = bench.exists("argument", kind, cluster, list(members), words.existence)
        if not existence.value:
            return None
        votes = {name: argument.role for name, argument in cluster.items()}
        role = bench.choose(kind, votes, words.role)
        extents = {name: argument.parts for name, argument in cluster.items()}
        parts = bench.choose(kind, extents, words.boundary)
        if role.value is None or parts.value is None:
            return None
        support = _together(existence.support, role.support, parts.support)
        return GoldArgument(role.value, parts.value, support)

    def _attributes(
        self,
        members: Cluster[Event],
        event_type: str,
        trigger: Span,
        event_id: str,
        decided: Support,
    ) -> Iterable[GoldAttribute]:
        names = tuple(members)
        chosen = [event.attributes or {} for event in members.values()]
        for name, default in self._defaults(event_type):
            if not members:
                # A person gave it a type that no annotator had: nobody spoke of its attributes.
                yield GoldAttribute(name, default, decided)
                continue
            values = [own.get(name) or default for own in chosen]
            if values.count(values[0]) == len(values):
                yield GoldAttribute(name, values[0], self.bench.unanimous(names))
                continue
            outcome = self.bench.choose(
                event_type,
                dict(zip(names, values, strict=True)),
                partial(attribute_words, name, members, event_id, trigger, self.text),
            )
            yield GoldAttribute(name, outcome.value, outcome.support)

    def _defaults(self, event_type: str) -> list[tuple[str, str]]:
        if event_type not in self._known:
            known = self.schema.attributes(event_type).items()
            self._known[event_type] = [(name, attribute.default) for name, attribute in known]
        return self._known[event_type]

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
    first = next(iter(cluster.values())).type
    if all(event.type == first for event in cluster.values()):
        return first
    types = Counter(event.type for event in cluster.values())
    return min(types, key=lambda name: (-types[name], name))


def _together(existence: Support, role: Support, parts: Support) -> Support:
    """Return the support of decisions that hold together: the weakest rule, all who back each."""
    if existence is role is parts:
        return role
    supports = (existence, role, parts)
    backers = role.annotations
    if parts.annotations != backers:
        backers = tuple(name for name in backers if name in parts.annotations)
    margin = min(existence.margin, role.margin, parts.margin)
    decided = next((s for s in supports if s.rule == "adjudicated"), None)
    rule = "adjudicated" if decided else min((s.rule for s in supports), key=_WEAKEST.index)
    return Support(
        rule,
        len(backers),
        existence.voters,
        backers,
        margin,
        decided.decision if decided else None,
        decided.reason if decided else None,
    )


def _place(argument: GoldArgument) -> tuple[tuple[Span, ...], str]:
    return argument.parts, argument.role

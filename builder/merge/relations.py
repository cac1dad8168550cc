"""Links and coreference between gold events, decided by those who saw both events."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from builder.event import Event, GoldEvent, GoldLink, Support
from builder.merge.dispute import Matter
from builder.merge.element import link_name, same_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.align import Cluster
    from builder.merge.bench import Bench


def add_relations(
    gold: Sequence[tuple[Cluster[Event], GoldEvent]], bench: Bench
) -> list[GoldEvent]:
    """Return the gold events with links and clusters; the bench keeps ties and rejections.

    A link or a coreference is voted on by the annotators who have both events
    with the type of the gold. A link whose other event is not in the gold is
    rejected with that rule.
    """
    relations = _Relations(gold, bench)
    links = [tuple(relations.links(cluster, event)) for cluster, event in gold]
    clusters = relations.clusters()
    return [
        replace(event, links=own, cluster=clusters.get(event.event_id))
        if own or event.event_id in clusters
        else event
        for own, (_, event) in zip(links, gold, strict=True)
    ]


class _Relations:
    def __init__(self, gold: Sequence[tuple[Cluster[Event], GoldEvent]], bench: Bench) -> None:
        self.gold = gold
        self.bench = bench
        self.owner = {own.event_id: event for c, event in gold for own in c.values()}

    def links(self, cluster: Cluster[Event], event: GoldEvent) -> Iterator[GoldLink]:
        """Yield the links of one event that its annotators agree on."""
        if not any(own.links for own in cluster.values()):
            return
        self._reject_lost_links(cluster, event)
        for other_cluster, other in self.gold:
            voters = sorted(cluster.keys() & other_cluster.keys())
            drawn = {
                (voter, link.name): link_name(cluster[voter], link.name, link.target)
                for voter in voters
                for link in cluster[voter].links
                if self.owner.get(link.target) is other
            }
            for name in sorted({name for _, name in drawn}):
                what = f"{name} from {self._name(event)} to {self._name(other)}"
                matter = Matter("link", event.trigger, what, event.event_id, name)
                present = {voter: (voter, name) in drawn for voter in voters}
                said = {v: (drawn[v, name],) for v in voters if present[v]}
                outcome = self.bench.holds(matter, present, said)
                if outcome.value:
                    yield GoldLink(name, other.event_id, outcome.support)

    def clusters(self) -> dict[str, str]:
        """Return the cluster of each coreferring gold event: the id of its first event.

        Two events that others join, whatever the vote on these two, are joined.
        """
        claimed = [
            (cluster, event)
            for cluster, event in self.gold
            if any(own.cluster is not None for own in cluster.values())
        ]
        first = {event.event_id: event.event_id for _, event in claimed}
        doubts: list[tuple[GoldEvent, GoldEvent, Matter]] = []
        for (one_cluster, one), (other_cluster, other) in combinations(claimed, 2):
            claims = _claims(one_cluster, other_cluster)
            if not any(claims.values()):
                continue
            what = f"{self._name(one)} and {self._name(other)} are the same event"
            matter = Matter("coreference", other.trigger, what, other.event_id)
            present = {voter: claim is not None for voter, claim in claims.items()}
            said = {voter: (claim,) for voter, claim in claims.items() if claim is not None}
            if self.bench.holds(matter, present, said).value:
                old, new = first[other.event_id], first[one.event_id]
                first = {name: new if head == old else head for name, head in first.items()}
            else:
                doubts.append((one, other, matter))
        for one, other, matter in doubts:
            if first[one.event_id] == first[other.event_id]:
                self.bench.withdraw(matter)
        heads = list(first.values())
        return {name: head for name, head in first.items() if heads.count(head) > 1}

    def _reject_lost_links(self, cluster: Cluster[Event], event: GoldEvent) -> None:
        for voter, own in sorted(cluster.items()):
            for link in own.links:
                if link.target not in self.owner:
                    support = Support("other_event_not_in_gold", 1, len(cluster), (voter,))
                    what = f"{link.name} from {self._name(event)} to {link.target}"
                    matter = Matter("link", event.trigger, what, event.event_id, link.name)
                    said = {voter: (link_name(own, link.name, link.target),)}
                    self.bench.reject(matter, support, said, [voter])

    def _name(self, event: GoldEvent) -> str:
        quoted = repr(event.trigger.of(self.bench.document.text))
        return f"{event.type} {quoted} at {event.trigger.start}"


def _claims(one: Cluster[Event], other: Cluster[Event]) -> dict[str, str | None]:
    """Return by voter the claim that two events are the same, None from who did not make it."""
    return {
        voter: same_name(one[voter], other[voter]) if _same(one[voter], other[voter]) else None
        for voter in sorted(one.keys() & other.keys())
    }


def _same(one: Event, other: Event) -> bool:
    return one.cluster is not None and one.cluster == other.cluster

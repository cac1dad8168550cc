"""Links and coreference between gold events, decided by those who saw both events."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from builder.event import Conflict, Event, GoldEvent, GoldLink, Rejection, Support
from builder.merge.dispute import dispute
from builder.merge.vote import presence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.document import Document
    from builder.merge.align import Cluster
    from builder.merge.vote import Outcome


def add_relations(
    gold: Sequence[tuple[Cluster[Event], GoldEvent]],
    conflicts: list[Conflict],
    rejected: list[Rejection],
    document: Document,
) -> list[GoldEvent]:
    """Return the gold events with links and clusters; ties and rejections are added to the lists.

    A link or a coreference is voted on by the annotators who have both events.
    A link whose other event is not in the gold is rejected with that rule.
    """
    relations = _Relations(gold, conflicts, rejected, document)
    linked = [replace(e, links=tuple(relations.links(cluster, e))) for cluster, e in gold]
    clusters = relations.clusters()
    return [replace(event, cluster=clusters.get(event.event_id)) for event in linked]


class _Relations:
    def __init__(
        self,
        gold: Sequence[tuple[Cluster[Event], GoldEvent]],
        conflicts: list[Conflict],
        rejected: list[Rejection],
        document: Document,
    ) -> None:
        self.gold = gold
        self.conflicts = conflicts
        self.rejected = rejected
        self.document = document
        self.owner = {own.event_id: event for c, event in gold for own in c.values()}

    def links(self, cluster: Cluster[Event], event: GoldEvent) -> Iterator[GoldLink]:
        """Yield the links of one event that its annotators agree on."""
        self._reject_lost_links(cluster, event)
        for other_cluster, other in self.gold:
            voters = sorted(cluster.keys() & other_cluster.keys())
            drawn = {
                (voter, link.name)
                for voter in voters
                for link in cluster[voter].links
                if self.owner.get(link.target) is other
            }
            for name in sorted({name for _, name in drawn}):
                outcome = presence({voter: (voter, name) in drawn for voter in voters})
                what = f"{name} from {self._name(event)} to {self._name(other)}"
                if self._holds("link", event, what, outcome):
                    yield GoldLink(name, other.event_id, outcome.support)

    def clusters(self) -> dict[str, str]:
        """Return the cluster of each coreferring gold event: the id of its first event."""
        first = {event.event_id: event.event_id for _, event in self.gold}
        for (one_cluster, one), (other_cluster, other) in combinations(self.gold, 2):
            voters = sorted(one_cluster.keys() & other_cluster.keys())
            same = {v: _same(one_cluster[v], other_cluster[v]) for v in voters}
            what = f"{self._name(one)} and {self._name(other)} are the same event"
            if any(same.values()) and self._holds("coreference", other, what, presence(same)):
                old, new = first[other.event_id], first[one.event_id]
                first = {name: new if head == old else head for name, head in first.items()}
        heads = list(first.values())
        return {name: head for name, head in first.items() if heads.count(head) > 1}

    def _holds(self, kind: str, event: GoldEvent, what: str, outcome: Outcome[bool]) -> bool:
        if not outcome.decided:
            tie = dispute(self.document, kind, event.trigger, what, outcome)
            self.conflicts.append(replace(tie, event_id=event.event_id))
        elif not outcome.value:
            self.rejected.append(Rejection(kind, event.trigger, what, outcome.support))
        return bool(outcome.value)

    def _reject_lost_links(self, cluster: Cluster[Event], event: GoldEvent) -> None:
        for voter, own in sorted(cluster.items()):
            for link in own.links:
                if link.target not in self.owner:
                    support = Support("other_event_not_in_gold", 1, len(cluster), (voter,))
                    what = f"{link.name} from {self._name(event)} to {link.target}"
                    self.rejected.append(Rejection("link", event.trigger, what, support))

    def _name(self, event: GoldEvent) -> str:
        return f"{event.type} {event.trigger.of(self.document.text)!r} at {event.trigger.start}"


def _same(one: Event, other: Event) -> bool:
    return one.cluster is not None and one.cluster == other.cluster

"""What each vote is about, in words, and which of the annotators' elements stand in it.

Words are made only for votes that somebody lost or that are tied; most are unanimous.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from builder.align import Cluster
from builder.event import Argument, Event
from builder.merge.dispute import Matter
from builder.merge.element import argument_name, attribute_name, trigger_name, type_name

if TYPE_CHECKING:
    from builder.document import Span
    from builder.event import GoldArgument
    from builder.merge.bench import Said


@dataclass(frozen=True)
class EventWords:
    """Of one event, by all who saw it."""

    cluster: Cluster[Event]
    text: str

    def existence(self) -> tuple[Matter, Said]:
        """Say what is voted on when the question is whether it is there."""
        kinds = sorted({event.type for event in self.cluster.values()})
        matter = Matter("event", self._span, f"{' or '.join(kinds)} at {self._quoted}")
        return matter, {name: (event.event_id,) for name, event in self.cluster.items()}

    def type(self) -> tuple[Matter, Said]:
        """Say what is voted on when the question is its type."""
        matter = Matter("type", self._span, f"type of the event at {self._quoted}")
        return matter, {name: (type_name(event),) for name, event in self.cluster.items()}

    def trigger(self, kind: str) -> tuple[Matter, Said]:
        """Say what is voted on when the question is how far its trigger goes."""
        matter = Matter("trigger", self._span, f"extent of the trigger of {kind}")
        return matter, {name: (trigger_name(event),) for name, event in self.cluster.items()}

    @cached_property
    def _span(self) -> Span:
        return min(event.trigger for event in self.cluster.values())

    @property
    def _quoted(self) -> str:
        return repr(self._span.of(self.text))


@dataclass(frozen=True)
class ArgumentWords:
    """Of one argument, by those of an event's `members` who have it."""

    cluster: Cluster[Argument]
    members: Cluster[Event]
    event_id: str
    text: str

    def existence(self) -> tuple[Matter, Said]:
        """Say what is voted on when the question is whether it is there."""
        return Matter("argument", self._span, self._named, self.event_id), self.said

    def role(self) -> tuple[Matter, Said]:
        """Say what is voted on when the question is its role."""
        return Matter("role", self._span, f"role of {self._quoted}", self.event_id), self.said

    def boundary(self) -> tuple[Matter, Said]:
        """Say what is voted on when the question is how far it goes."""
        matter = Matter("boundary", self._span, f"extent of {self._named}", self.event_id)
        return matter, self.said

    def twin(self, found: GoldArgument) -> Matter:
        """Return what is left out when the event has the argument already."""
        what = f"{found.role} {found.parts[0].of(self.text)!r} once more"
        return Matter("argument", found.parts[0], what, self.event_id)

    @cached_property
    def said(self) -> Said:
        """The argument as each of the annotators named it."""
        return {n: (argument_name(self.members[n], a),) for n, a in self.cluster.items()}

    @cached_property
    def _span(self) -> Span:
        return min(argument.parts[0] for argument in self.cluster.values())

    @property
    def _quoted(self) -> str:
        return repr(self._span.of(self.text))

    @cached_property
    def _named(self) -> str:
        roles = sorted({argument.role for argument in self.cluster.values()})
        return f"{' or '.join(roles)} {self._quoted}"


def attribute_words(
    name: str, members: Cluster[Event], event_id: str, trigger: Span, text: str
) -> tuple[Matter, Said]:
    """Say what is voted on when the question is the value of an attribute."""
    kind = next(iter(members.values())).type
    what = f"{name} of {kind} {trigger.of(text)!r}"
    chosen = {m: event for m, event in members.items() if (event.attributes or {}).get(name)}
    said = {m: (attribute_name(event, name),) for m, event in chosen.items()}
    return Matter("attribute", trigger, what, event_id, name), said

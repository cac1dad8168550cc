"""Where one document's votes are settled: by a person's decision, by the count, or not yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from builder.event import Conflict, Rejection, Support
from builder.merge.dispute import dispute
from builder.merge.policy import Policy
from builder.merge.vote import Outcome, count, presence

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    from builder.event import Annotation
    from builder.merge.decision import Decision
    from builder.merge.dispute import Matter, Text
    from builder.merge.reliability import Reliability

V = TypeVar("V", bound="Hashable")
Said = Mapping[str, tuple[str, ...]]
"""Which elements each annotation put into a vote, by annotation."""


class Bench:
    """Settles votes; keeps conflicts, rejections, and which decisions were asked for."""

    def __init__(
        self,
        document: Text,
        answers: Mapping[str, Annotation],
        policy: Policy | None = None,
        decisions: Mapping[str, Decision] | None = None,
        reliability: Reliability | None = None,
    ) -> None:
        self.document = document
        self.voters = sorted(answers)
        self.people = {name: answer.annotator for name, answer in answers.items()}
        self.policy = policy or Policy()
        self.decisions = decisions or {}
        self.reliability = reliability
        self.conflicts: list[Conflict] = []
        self.rejected: list[Rejection] = []
        self.used: set[str] = set()

    def exists(
        self, matter: Matter, present: Mapping[str, bool], said: Said, event_type: str
    ) -> Outcome[bool]:
        """Settle whether an event or argument is there; `event_type` is whose reliability counts.

        What too few annotators saw is not, whatever the vote was.
        """
        kind = matter.kind
        known = None
        if self.reliability:
            votes = {self.people[name]: there for name, there in present.items()}
            known = self.reliability.belief(kind, event_type, votes)
        outcome = presence(present, known, margin=self.policy.margin)
        if self.policy.alone == "ask" and kind == "event" and len(self.voters) == 1:
            outcome = _asked(outcome)
        return self._enough(matter, self.settle(matter, outcome, said), said)

    def choose(
        self, matter: Matter, votes: Mapping[str, V], said: Said, event_type: str
    ) -> Outcome[V]:
        """Settle which of several values it is."""
        weights = None
        if self.reliability:
            known = self.reliability.weights(event_type, [self.people[name] for name in votes])
            if known:
                weights = {name: known[self.people[name]] for name in votes}
        return self.settle(matter, count(votes, weights, margin=self.policy.margin), said)

    def holds(self, matter: Matter, present: Mapping[str, bool], said: Said) -> Outcome[bool]:
        """Settle whether a relation between two events holds; all votes weigh the same."""
        outcome = presence(present, margin=self.policy.margin)
        return self._enough(matter, self.settle(matter, outcome, said), said)

    def settle(self, matter: Matter, outcome: Outcome[V], said: Said) -> Outcome[V]:
        """Apply what a person decided, else keep a tie as conflict; list what lost."""
        if len(outcome.sides) > 1 and (self.decisions or not outcome.decided):
            tie = dispute(self.document, matter, outcome, _names(said, said))
            decided = self.decisions.get(tie.conflict_id)
            if decided:
                self.used.add(tie.conflict_id)
                outcome = _ruled(outcome, decided, self.document)
            elif not outcome.decided:
                self.conflicts.append(tie)
                return outcome
        losers = said.keys() - set(outcome.support.annotations)
        if losers:
            self.reject(matter, outcome.support, said, losers)
        return outcome

    def reject(self, matter: Matter, support: Support, said: Said, losers: Collection[str]) -> None:
        """List what some annotations said as left out; nothing when they said nothing."""
        names = _names(said, losers)
        if names:
            self.rejected.append(Rejection(matter.kind, matter.span, matter.what, support, names))

    def withdraw(self, matter: Matter) -> None:
        """Forget a conflict or rejection that other votes have answered."""
        about = (matter.kind, matter.span, matter.what)
        self.conflicts = [c for c in self.conflicts if (c.kind, c.span, c.what) != about]
        self.rejected = [r for r in self.rejected if (r.kind, r.span, r.what) != about]

    def _enough(self, matter: Matter, outcome: Outcome[bool], said: Said) -> Outcome[bool]:
        support = outcome.support
        few = support.votes < self.policy.minimum_support
        if not outcome.value or support.rule == "adjudicated" or not few:
            return outcome
        support = replace(support, rule="minimum_support")
        self.reject(matter, support, said, said)
        return replace(outcome, value=False, support=support)


def _asked(outcome: Outcome[bool]) -> Outcome[bool]:
    support = replace(outcome.support, rule="tie", margin=0.0)
    return Outcome(False, None, support, {True: support.annotations, False: ()})


def _ruled(outcome: Outcome[Any], decided: Decision, document: Text) -> Outcome[Any]:
    value = decided.value(outcome, document)
    backers = outcome.sides.get(value, ()) if value is not None else ()
    support = Support(
        "adjudicated",
        len(backers),
        outcome.support.voters,
        backers,
        1.0,
        decided.conflict,
        decided.reason,
    )
    return Outcome(True, value, support, outcome.sides)


def _names(said: Said, annotations: Collection[str]) -> tuple[str, ...]:
    return tuple(name for annotation in sorted(annotations) for name in said[annotation])

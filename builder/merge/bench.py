"""Where one document's votes are settled: by a person's decision, by the count, or not yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from builder.event import Conflict, Rejection, Support
from builder.merge.dispute import Matter, dispute
from builder.merge.policy import Policy
from builder.merge.vote import Outcome, count, presence

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

    from builder.event import Annotation
    from builder.merge.decision import Decision
    from builder.merge.dispute import Text
    from builder.merge.reliability import Reliability

V = TypeVar("V", bound="Hashable")
Said = Mapping[str, tuple[str, ...]]
"""Which elements each annotation put into a vote, by annotation."""
Words = Callable[[], tuple[Matter, Said]]
"""What a vote is about, put into words only when somebody differs: most votes are unanimous."""


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
        self.hear(answers)
        self.policy = policy or Policy()
        self.decisions = decisions or {}
        self.reliability = reliability
        self.conflicts: list[Conflict] = []
        self.rejected: list[Rejection] = []
        self.used: set[str] = set()
        self._weights: dict[str, dict[str, float]] = {}
        self._unanimous: dict[tuple[str, ...], Support] = {}

    def hear(self, answers: Mapping[str, Annotation]) -> None:
        """Let these vote from here on."""
        self.voters = sorted(answers)
        self.people = {name: answer.annotator for name, answer in answers.items()}

    def unanimous(self, names: tuple[str, ...]) -> Support:
        """Return the support of what all of these annotations say; `names` are sorted."""
        support = self._unanimous.get(names)
        if support is None:
            rule = "single" if len(names) == 1 else "unanimous"
            support = Support(rule, len(names), len(names), names)
            self._unanimous[names] = support
        return support

    def exists(
        self, kind: str, event_type: str, seen: Collection[str], voters: Sequence[str], words: Words
    ) -> Outcome[bool]:
        """Settle whether an event or argument is there; `event_type` is whose reliability counts.

        What too few annotators saw is not, whatever the vote was.
        """
        policy, number = self.policy, len(voters)
        ask = kind == "event" and self._asks(voters)
        if len(seen) == number >= policy.minimum_support and not ask:
            names = tuple(voters)
            return Outcome(True, True, self.unanimous(names), {True: names})
        present = {name: name in seen for name in voters}
        known = None
        if self.reliability:
            votes = {self.people[name]: there for name, there in present.items()}
            known = self.reliability.belief(kind, event_type, votes)
        outcome = presence(present, known, margin=policy.margin)
        return self._enough(self.settle(_asked(outcome) if ask else outcome, words), words)

    def choose(self, event_type: str, votes: Mapping[str, V], words: Words) -> Outcome[V]:
        """Settle which of several values it is; `votes` are in the order of the annotations."""
        values = list(votes.values())
        if values.count(values[0]) == len(values):
            names = tuple(votes)
            return Outcome(True, values[0], self.unanimous(names), {values[0]: names})
        weights = self._known_weights(event_type)
        known = weights if votes.keys() <= weights.keys() else None
        return self.settle(count(votes, known, margin=self.policy.margin), words)

    def is_article(self, votes: Mapping[str, bool], words: Words) -> Outcome[bool]:
        """Settle whether the document is an article; all votes weigh the same."""
        outcome = presence(votes, margin=self.policy.margin)
        return self.settle(_asked(outcome) if self._asks(votes) else outcome, words)

    def holds(self, matter: Matter, present: Mapping[str, bool], said: Said) -> Outcome[bool]:
        """Settle whether a relation between two events holds; all votes weigh the same."""

        def words() -> tuple[Matter, Said]:
            return matter, said

        outcome = presence(present, margin=self.policy.margin)
        return self._enough(self.settle(outcome, words), words)

    def settle(self, outcome: Outcome[V], words: Words) -> Outcome[V]:
        """Apply what a person decided, else keep a tie as conflict; list what lost."""
        if len(outcome.sides) == 1:
            return outcome
        matter, said = words()
        if self.decisions or not outcome.decided:
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

    def _enough(self, outcome: Outcome[bool], words: Words) -> Outcome[bool]:
        support = outcome.support
        few = support.votes < self.policy.minimum_support
        if not outcome.value or support.rule == "adjudicated" or not few:
            return outcome
        support = replace(support, rule="minimum_support")
        matter, said = words()
        self.reject(matter, support, said, said)
        return replace(outcome, value=False, support=support)

    def _asks(self, voters: Collection[str]) -> bool:
        """Tell whether a person is asked although nobody differs: one annotator is not enough."""
        return len(voters) == 1 and self.policy.alone == "ask"

    def _known_weights(self, event_type: str) -> dict[str, float]:
        """Return what the vote of each annotation weighs, of those whose reliability is known."""
        if event_type not in self._weights:
            known = self.reliability.weights(event_type) if self.reliability else {}
            named = self.people.items()
            weights = {name: known[person] for name, person in named if person in known}
            self._weights[event_type] = weights
        return self._weights[event_type]


def _asked(outcome: Outcome[bool]) -> Outcome[bool]:
    support = replace(outcome.support, rule="tie", margin=0.0)
    said = bool(outcome.value)
    return Outcome(False, None, support, {said: support.annotations, not said: ()})


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

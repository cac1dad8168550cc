"""What a project decided about merging: `[merge]` of builder.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.config import Project


@dataclass(frozen=True, slots=True)
class Policy:
    """How votes become gold: adjudicated, else unanimous, else a majority that leads clearly.

    A document needs `quorum` finished answers. `alone` says what becomes of one
    that a single annotator finished: `accept` it, `ask` a person about each of
    its events, or `leave_out`. What enters the gold was seen by at least
    `minimum_support` annotators, and leads a vote by more than `margin` (0 is
    more than half). `weights` is equal, or reliability: then votes weigh by
    what is known of the annotators, where that can be known.
    """

    quorum: int = 1
    alone: str = "accept"
    minimum_support: int = 1
    margin: float = 0.0
    weights: str = "equal"

    def answers_needed(self) -> int:
        """Return how many finished answers a document needs to be merged at all."""
        alone = 2 if self.alone == "leave_out" else 1
        return max(self.quorum, self.minimum_support, alone)


def policy(project: Project) -> Policy:
    """Return the merge policy in the project's settings."""
    return Policy(
        quorum=project.number("merge.quorum"),
        alone=project.text("merge.alone"),
        minimum_support=project.number("merge.minimum_support"),
        margin=project.share("merge.margin"),
        weights=project.text("merge.weights"),
    )

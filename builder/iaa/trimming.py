"""How much edge normalisation had to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.iaa.granularity import extent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from builder.document import Span
    from builder.event import Annotation


@dataclass(slots=True)
class Trimming:
    """Mentions looked at, and those of which something was taken off or joined."""

    mentions: int = 0
    changed: int = 0

    def add(self, other: Trimming) -> None:
        """Add another count to this one."""
        self.mentions += other.mentions
        self.changed += other.changed


def trimming(answers: Iterable[Annotation], text: str) -> Trimming:
    """Count what edge normalisation does to the triggers and arguments of some answers."""
    found = Trimming()
    for answer in answers:
        for parts in _mentions(answer):
            covered = extent(parts, text)
            found.mentions += 1
            found.changed += covered.exact != covered.edge
    return found


def _mentions(answer: Annotation) -> Iterator[Sequence[Span]]:
    for event in answer.events:
        yield (event.trigger,)
        for argument in event.arguments:
            yield argument.parts

"""Whether a document is an article at all: decided first, because nothing in it counts if not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.document import Span
from builder.labelstudio.controls import NOT_AN_ARTICLE
from builder.merge.dispute import Matter
from builder.merge.element import flag_name, refuses
from builder.merge.vote import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.event import Annotation
    from builder.merge.bench import Bench, Said


def is_article(answers: Mapping[str, Annotation], bench: Bench) -> Outcome[bool]:
    """Settle whether a text is an article; not decided is a tie that waits for a person.

    Whoever set the flag and marked nothing says that it is none. With a no, all
    that the others marked is rejected; with a yes, the flag is.
    """
    votes = {name: not refuses(answer) for name, answer in sorted(answers.items())}
    if all(votes.values()):
        return Outcome(True, True, bench.unanimous(tuple(votes)), {True: tuple(votes)})

    def words() -> tuple[Matter, Said]:
        headline = bench.document.text.partition("\n")[0]
        said = {name: _said(answer) for name, answer in answers.items()}
        return Matter("article", Span(0, len(headline)), "the whole text"), said

    return bench.is_article(votes, words)


def _said(answer: Annotation) -> tuple[str, ...]:
    if refuses(answer):
        return (flag_name(answer, NOT_AN_ARTICLE),)
    return tuple(event.event_id for event in answer.events)


def judges(answers: Mapping[str, Annotation]) -> dict[str, Annotation]:
    """Return the answers of those who took the text for an article and looked for events."""
    return {name: answer for name, answer in answers.items() if not refuses(answer)}

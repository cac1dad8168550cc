"""What a release holds, in memory: annotated documents in their splits, the rest with a reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.document import Document
from builder.event import Annotation, GoldDocument, GoldEvent
from builder.release.features import RELEASED
from builder.release.rights import FULL
from builder.release.splits import BETWEEN, SPLITS, UNDATED, Assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

NOT_MERGED = "not_merged"
LEFT_OUT = {
    "unfinished": "too few annotators finished it, or their answers are tied throughout",
    "skipped": "the annotators skipped it",
    NOT_MERGED: "the gold does not know it",
    BETWEEN: "its near-duplicates or its story are in other splits, and nothing released moves",
    UNDATED: "splits go by date and it states none",
}
"""Why a document is in no split."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document, the merged answer on it, the answers that were merged.

    `form` is how much of the text may be passed on.
    """

    document: Document
    gold: GoldDocument
    answers: tuple[Annotation, ...] = ()
    form: str = FULL


@dataclass(frozen=True, slots=True)
class Contents:
    """The documents of every split, sorted by `doc_id`; `left_out` counts the others by reason."""

    splits: dict[str, tuple[Labelled, ...]]
    left_out: dict[str, int]

    def labelled(self) -> Iterator[Labelled]:
        """Give every released document."""
        for members in self.splits.values():
            yield from members

    def events(self) -> Iterator[GoldEvent]:
        """Give every released event."""
        for labelled in self.labelled():
            yield from labelled.gold.events


def contents(
    documents: Sequence[Document],
    gold: Sequence[GoldDocument],
    assignment: Assignment,
    answers: Iterable[Annotation] = (),
    form: Callable[[Document], str] = lambda _: FULL,
) -> Contents:
    """Put every annotated document into its split and count the others.

    `form` says how much of a document's text is passed on. The order of the
    input does not matter.
    """
    merged = {answer.doc_id: answer for answer in gold}
    given: defaultdict[str, list[Annotation]] = defaultdict(list)
    for answer in answers:
        given[answer.doc_id].append(answer)
    splits: dict[str, list[Labelled]] = {name: [] for name in SPLITS}
    left_out: Counter[str] = Counter()
    for document in sorted(documents, key=lambda d: d.doc_id):
        found = merged.get(document.doc_id)
        if found is None or found.state not in RELEASED:
            left_out[found.state if found else NOT_MERGED] += 1
        elif document.doc_id in assignment.left_out:
            left_out[assignment.left_out[document.doc_id]] += 1
        else:
            name = assignment.splits[document.doc_id]
            said = tuple(given[document.doc_id])
            splits[name].append(Labelled(document, found, said, form(document)))
    return Contents(
        {name: tuple(members) for name, members in splits.items()},
        {reason: left_out[reason] for reason in LEFT_OUT if left_out[reason]},
    )

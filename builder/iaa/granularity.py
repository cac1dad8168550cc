"""When two spans are the same: exactly, but for their edges, or because they overlap."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

GRANULARITIES = ("exact", "edge", "overlap")
"""From strict to loose; whoever agrees on one agrees on all that follow."""

Match = tuple[bool, bool, bool]
"""Whether two answers are the same, at each granularity."""
NO_MATCH: Match = (False, False, False)
MATCH: Match = (True, True, True)


@dataclass(frozen=True, slots=True)
class Extent:
    """The characters that a mention covers, as they are and without its edges."""

    exact: tuple[Span, ...]
    edge: tuple[Span, ...]


def extent(parts: Sequence[Span], text: str) -> Extent:
    """Return what a mention covers; touching and overlapping parts are one.

    The edge form lacks white space and punctuation at both ends of each part,
    and parts with nothing else between them are one. A mention of nothing but
    punctuation keeps it.

    >>> extent([Span(0, 8)], "(Seoul),").edge
    (Span(start=1, end=6),)
    """
    exact = _joined(parts)
    bridged: list[Span] = []
    for part in exact:
        if bridged and not any(map(_counts, text[bridged[-1].end : part.start])):
            bridged[-1] = Span(bridged[-1].start, part.end)
        else:
            bridged.append(part)
    trimmed = tuple(part for part in (_trimmed(part, text) for part in bridged) if part)
    return Extent(exact, trimmed or exact)


def same(first: Extent, second: Extent) -> Match:
    """Return whether two mentions cover the same, at each granularity."""
    exact = first.exact == second.exact
    edge = exact or first.edge == second.edge
    overlap = edge or any(a.overlaps(b) for a in first.exact for b in second.exact)
    return exact, edge, overlap


def both(first: Match, second: Match) -> Match:
    """Return where both hold.

    >>> both((False, True, True), (False, False, True))
    (False, False, True)
    """
    return first[0] and second[0], first[1] and second[1], first[2] and second[2]


def _joined(parts: Sequence[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for part in sorted(parts):
        if found and part.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, part.end))
        else:
            found.append(part)
    return tuple(found)


def _trimmed(part: Span, text: str) -> Span:
    start, end = part.start, part.end
    while start < end and not _counts(text[start]):
        start += 1
    while start < end and not _counts(text[end - 1]):
        end -= 1
    return Span(start, end)


def _counts(character: str) -> bool:
    """Tell whether a character matters at an edge; symbols such as $ and % do."""
    return unicodedata.category(character)[0] not in "PZC"

"""What each annotator put where: a label for every token, and units by category.

Two views of the same answers. Token labels feed Krippendorff's alpha for
nominal values: each token of each document is a unit, its value is everything
an annotator marked over it, or nothing. Units feed alpha for unitizing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from builder.document import Span
from builder.iaa.alpha import Coincidences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.event import Annotation

PLACEMENTS = ("trigger", "argument")
NOTHING = ""
_TOKEN = re.compile(r"\w+|[^\w\s]")


def tokens(text: str) -> list[Span]:
    """Return the words and single marks of a text.

    >>> [token.of("U.S. aid") for token in tokens("U.S. aid")]
    ['U', '.', 'S', '.', 'aid']
    """
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


def token_coincidences(answers: Sequence[Annotation], text: str, placement: str) -> Coincidences:
    """Return how the annotators' labels coincide on the tokens of one document.

    A token is labelled with the names of all spans that share a character
    with it, in order: the types of triggers, or the roles of arguments.
    """
    places = tokens(text)
    labels = [_token_labels(answer, places, placement) for answer in answers]
    touched = sorted(set().union(*labels))
    found = Coincidences()
    found.add([NOTHING] * len(answers), times=len(places) - len(touched))
    for patterns, times in Counter(
        tuple(own.get(place, NOTHING) for own in labels) for place in touched
    ).items():
        found.add(patterns, times)
    return found


def units(answer: Annotation, placement: str) -> dict[str, list[Span]]:
    """Return one answer's spans by the type of trigger or the role of argument."""
    found: dict[str, list[Span]] = defaultdict(list)
    for name, span in _named_spans(answer, placement):
        found[name].append(span)
    return dict(found)


def _token_labels(answer: Annotation, places: Sequence[Span], placement: str) -> dict[int, str]:
    names: dict[int, set[str]] = defaultdict(set)
    starts = [place.start for place in places]
    for name, span in _named_spans(answer, placement):
        for place in _covered(places, starts, span):
            names[place].add(name)
    return {place: " + ".join(sorted(found)) for place, found in names.items()}


def _covered(places: Sequence[Span], starts: Sequence[int], span: Span) -> Iterator[int]:
    place = max(0, bisect_right(starts, span.start) - 1)
    while place < len(places) and places[place].start < span.end:
        if places[place].overlaps(span):
            yield place
        place += 1


def _named_spans(answer: Annotation, placement: str) -> Iterator[tuple[str, Span]]:
    for event in answer.events:
        if placement == "trigger":
            yield event.type, event.trigger
            continue
        for argument in event.arguments:
            for part in argument.parts:
                yield argument.role, part

"""Sentences with tokens and tags: what trainers of taggers and span models read.

The BIO columns can show one span per token; where spans overlap the longest is
tagged and `untagged` counts the others. The span columns have all of them.
"""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING, NamedTuple

from builder.articles.sentence import sentences
from builder.document import Span
from builder.release.tables.features import OUTSIDE
from builder.release.tables.rows import in_text, ordered, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from builder.event import GoldEvent
    from builder.release.contents import Labelled
    from builder.release.tables.rows import Row

_TOKEN = re.compile(r"\w+|[^\w\s]")


def sentence_rows(members: Iterable[Labelled]) -> Iterator[Row]:
    """Give one row per sentence, by document, then by place in the text.

    A span that reaches into another sentence is in the row of each with its
    own stretch, marked as not `whole`.
    """
    for labelled in members:
        document, events = labelled.document, ordered(labelled.gold.events)
        mentions = list(_mentions(events))
        for number, sentence in enumerate(sentences(document), start=1):
            found = tokens(sentence, document.text)
            triggers = list(_triggers(events, sentence, found, document.text))
            arguments = list(_arguments(mentions, sentence, found, document.text))
            trigger_tags, lost = _tags(len(found.words), triggers, "type")
            argument_tags, also = _tags(len(found.words), arguments, "role")
            yield {
                "sentence_id": f"{document.doc_id}-{number}",
                "doc_id": document.doc_id,
                **quote(sentence, document.text),
                "tokens": found.words,
                "token_starts": found.starts,
                "token_ends": found.ends,
                "trigger_tags": trigger_tags,
                "argument_tags": argument_tags,
                "untagged": lost + also,
                "triggers": triggers,
                "arguments": arguments,
            }


class Tokens(NamedTuple):
    """Words and single signs, with where each begins and ends in the text."""

    words: list[str]
    starts: list[int]
    ends: list[int]


def tokens(span: Span, text: str) -> Tokens:
    """Return the words and single signs in a span, whatever anybody labelled.

    >>> tokens(Span(0, 14), "U.S.-led talks").words
    ['U', '.', 'S', '.', '-', 'led', 'talks']
    """
    places = [match.span() for match in _TOKEN.finditer(text, span.start, span.end)]
    return Tokens(
        [text[start:end] for start, end in places],
        [start for start, _ in places],
        [end for _, end in places],
    )


def _triggers(
    events: Iterable[GoldEvent], sentence: Span, found: Tokens, text: str
) -> Iterator[Row]:
    for event in events:
        if event.trigger.overlaps(sentence):
            piece = _piece(event.trigger, sentence, found, text)
            yield {"event_id": event.event_id, "type": event.type, **piece}


def _mentions(events: Iterable[GoldEvent]) -> Iterator[tuple[Span, Row]]:
    """Give every part of every argument, and what it is in a row."""
    for event in events:
        for number, argument in enumerate(in_text(event.arguments)):
            for index, part in enumerate(argument.parts):
                names = {"event_id": event.event_id, "role": argument.role}
                yield part, {**names, "argument": number, "part": index}


def _arguments(
    mentions: Iterable[tuple[Span, Row]], sentence: Span, found: Tokens, text: str
) -> Iterator[Row]:
    for part, mention in mentions:
        if part.start < sentence.end and sentence.start < part.end:
            yield {**mention, **_piece(part, sentence, found, text)}


def _piece(span: Span, sentence: Span, found: Tokens, text: str) -> Row:
    inside = Span(max(span.start, sentence.start), min(span.end, sentence.end))
    first = bisect.bisect_right(found.ends, inside.start)
    last = bisect.bisect_left(found.starts, inside.end)
    tokens_ = {"token_start": first, "token_end": max(first, last)}
    return {**quote(inside, text), **tokens_, "whole": inside == span}


def _tags(length: int, pieces: Sequence[Row], name: str) -> tuple[list[str], int]:
    """Return the BIO tags of the pieces, the longest first, and how many found no room."""
    tags = [OUTSIDE] * length
    lost = 0
    if not pieces:
        return tags, lost
    for piece in sorted(pieces, key=lambda p: (p["token_start"] - p["token_end"], p["start"])):
        start, end = piece["token_start"], piece["token_end"]
        wanted = [f"B-{piece[name]}", *[f"I-{piece[name]}"] * (end - start - 1)]
        if start < end and tags[start:end].count(OUTSIDE) == end - start:
            tags[start:end] = wanted
        elif start == end or tags[start:end] != wanted:  # two events may share a mention
            lost += 1
    return tags, lost

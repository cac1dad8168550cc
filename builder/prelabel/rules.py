"""Triggers by the words that the schema names: no training, no arguments, no attributes.

A suggested argument needs its arrow checked and a suggested attribute anchors
people, so neither is made here. What a rule finds is a word, in any of its
forms, that the schema lists as a trigger.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.document import Span
from builder.event import Event

if TYPE_CHECKING:
    from builder.schema import Schema

NAME = "rules"
REVISION = 1
_IRREGULAR = {
    "say": ("says", "said", "saying"),
    "tell": ("tells", "told", "telling"),
    "meet": ("meets", "met"),
    "speak": ("speaks", "spoke", "spoken", "speaking"),
    "deal": ("deals",),
    "session": ("sessions",),
    "summit": ("summits",),
    "accord": ("accords",),
    "according to": (),
}
_VOWELS = "aeiou"


def version(schema: Schema) -> str:
    """Name what these rules say: other rules or another schema, another name.

    The schema's digest ends it, so no version is part of another.
    """
    return f"{NAME}-{REVISION}-{schema.version}"


def suggest(text: str, schema: Schema) -> list[Event]:
    """Return an event without arguments for every word that the schema lists as a trigger.

    The longest wins where triggers overlap; a word that two types list is
    suggested for the first of them.
    """
    found: dict[Span, str] = {}
    for name, event_type in schema.event_types.items():
        words = sorted({form for word in event_type.triggers for form in forms(word)}, key=len)
        if not words:
            continue
        pattern = r"\b(?:" + "|".join(map(re.escape, reversed(words))) + r")\b"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            found.setdefault(Span(*match.span()), name)
    spans = [span for span in found if not _inside_another(span, found)]
    return [Event(f"{span.start}", found[span], span) for span in sorted(spans)]


def forms(word: str) -> tuple[str, ...]:
    """Return a trigger word with its inflected forms.

    >>> forms("agree")
    ('agree', 'agrees', 'agreed', 'agreeing')
    >>> forms("ratify")
    ('ratify', 'ratifies', 'ratified', 'ratifying')
    """
    if word in _IRREGULAR:
        return (word, *_IRREGULAR[word])
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word, f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing")
    past = f"{word}d" if word.endswith("e") else f"{word}ed"
    stem = word[:-1] if word.endswith("e") and not word.endswith("ee") else word
    plural = f"{word}es" if word.endswith(("s", "sh", "ch", "x")) else f"{word}s"
    return (word, plural, past, f"{stem}ing")


def _inside_another(span: Span, spans: dict[Span, str]) -> bool:
    return any(span in other and span != other for other in spans)

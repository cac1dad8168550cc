"""A tie, put into words for the person who will decide it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from builder.document import Span
from builder.event import Conflict, Version

if TYPE_CHECKING:
    from builder.merge.vote import Outcome


class Text(Protocol):
    """What of a document a merge needs: its name and its characters."""

    @property
    def doc_id(self) -> str:
        """The document's name."""

    @property
    def text(self) -> str:
        """The text that spans point into."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is voted on: kind and place, in words, of which gold event, and which attribute."""

    kind: str
    span: Span
    what: str
    event_id: str | None = None
    name: str | None = None


def dispute(
    document: Text, matter: Matter, outcome: Outcome[Any], said: tuple[str, ...] = ()
) -> Conflict:
    """Return the conflict of a tied outcome.

    Its id depends on what is in dispute and on nothing else, so the same
    conflict has the same id in every merge.
    """
    versions = tuple(
        Version(in_words(value, document), backers) for value, backers in outcome.sides.items()
    )
    answers = sorted(version.answer for version in versions)
    words = "\0".join([document.doc_id, matter.kind, str(matter.span), matter.what, *answers])
    digest = hashlib.sha256(words.encode()).hexdigest()[:12]
    return Conflict(
        conflict_id=digest,
        kind=matter.kind,
        span=matter.span,
        event_id=matter.event_id,
        what=matter.what,
        versions=versions,
        name=matter.name,
        said=said,
    )


def in_words(value: object, document: Text) -> str:
    """Say a version so that a person can choose it.

    >>> from types import SimpleNamespace
    >>> in_words((Span(0, 4), Span(13, 18)), SimpleNamespace(text="Kyiv (rebel) towns"))
    "0..4 'Kyiv' + 13..18 'towns'"
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Span):
        return f"{value.start}..{value.end} {value.of(document.text)!r}"
    if isinstance(value, tuple):
        return " + ".join(in_words(part, document) for part in value)
    return str(value)

"""A tie, put into words for the person who will decide it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from builder.document import Span
from builder.event import Conflict, Version

if TYPE_CHECKING:
    from builder.document import Document
    from builder.merge.vote import Outcome


def dispute(
    document: Document, kind: str, span: Span, what: str, outcome: Outcome[Any]
) -> Conflict:
    """Return the conflict of a tied outcome.

    It belongs to no gold event yet. Its id depends on what is in dispute and on
    nothing else, so the same conflict has the same id in every merge.
    """
    versions = tuple(
        Version(_words(value, document), backers) for value, backers in outcome.sides.items()
    )
    answers = sorted(version.answer for version in versions)
    words = "\0".join([document.doc_id, kind, str(span), what, *answers])
    digest = hashlib.sha256(words.encode()).hexdigest()[:12]
    return Conflict(digest, kind, span, None, what, versions)


def _words(value: object, document: Document) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Span):
        return f"{value.start}..{value.end} {value.of(document.text)!r}"
    if isinstance(value, tuple):
        return " + ".join(_words(part, document) for part in value)
    return str(value)

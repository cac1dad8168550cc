"""What must hold before a release is put in place; each gate says what it measured or raises."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import NotReadyError, Problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.config import Project
    from builder.document import Document
    from builder.event import GoldDocument
    from builder.release.contents import Contents

UNKNOWN = "unknown"
"""The licence of a document that states none, where licences are counted."""
TOLD = ("project.authors", "project.description", "project.labels_made_by", "project.limits")


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that was passed, and what was measured there."""

    name: str
    measured: str


def check_conflicts(
    documents: Sequence[Document], gold: Sequence[GoldDocument], allowed: int
) -> Gate:
    """Refuse more open conflicts than allowed, naming each.

    Those of documents that the release leaves out count too: they may be the
    reason why it does.
    """
    problems = Problems()
    by_id = {document.doc_id: document for document in documents}
    for answer in gold:
        document = by_id[answer.doc_id]
        for conflict in answer.conflicts:
            place = f"{conflict.span.start}-{conflict.span.end}"
            where = f"{document.article.file}, document {document.doc_id}, {place}"
            answers = ", ".join(
                f"{version.answer!r} ({len(version.annotations)})" for version in conflict.versions
            )
            problems.add(where, f"{conflict.kind} is open: {conflict.what}; answers: {answers}")
    found = len(problems.found)
    if found > allowed:
        hint = (
            f"{found} conflicts are open, {allowed} are allowed; let people decide them, "
            "or state [gates.conflicts] max and why in builder.toml"
        )
        problems.raise_if_any(NotReadyError, hint=hint)
    return Gate("conflicts", f"{found} open, {allowed} allowed")


def conflicts_allowed(project: Project) -> int:
    """Return how many conflicts a release of this project may leave open; none unless stated."""
    rule = project.gates.get("conflicts")
    return int(rule.limits.get("max", 0)) if rule else 0


def check_documents(contents: Contents) -> Gate:
    """Refuse a release without any document."""
    counts = {name: len(members) for name, members in contents.splits.items()}
    if not sum(counts.values()):
        reasons = ", ".join(f"{n} {reason}" for reason, n in contents.left_out.items())
        raise NotReadyError(
            f"no document is ready for a release ({reasons or 'there are none at all'}); "
            "finish the annotation of one, then run `builder pull` and `builder merge`"
        )
    return Gate("documents", ", ".join(f"{n} {name}" for name, n in counts.items()))


def licences(contents: Contents) -> Gate:
    """Count the documents by licence; one that nobody stated is `unknown`."""
    counts = Counter(x.document.article.license or UNKNOWN for x in contents.labelled())
    return Gate("licences", ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))


def gaps(project: Project) -> Gate:
    """Name the settings that the card would tell and nobody has stated."""
    missing = [key for key in TOLD if not project.text(key)]
    return Gate("card", f"not stated: {', '.join(missing)}" if missing else "all is stated")

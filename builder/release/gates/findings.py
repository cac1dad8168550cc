"""What gates name one by one, found document by document: conflicts, no licence, no date."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.release.gates.rules import Gate, limit, why

if TYPE_CHECKING:
    from builder.config import Project
    from builder.document import Document
    from builder.event import GoldDocument
    from builder.release.contents import Contents

SHOWN = 1000
"""Problems of a kind that are named one by one."""


class Findings:
    """What gates name one by one, found while documents stream by: the first, and how many."""

    def __init__(self) -> None:
        self.conflicts = Named()
        self.unlicensed = Named()
        self.undated = Named()

    def add_conflicts(self, document: Document, merged: GoldDocument) -> None:
        """Name the open conflicts of a document, also of one that the release leaves out."""
        for conflict in merged.conflicts:
            place = f"{conflict.span.start}-{conflict.span.end}"
            where = f"{document.article.file}, document {document.doc_id}, {place}"
            answers = ", ".join(
                f"{version.answer!r} ({len(version.annotations)})" for version in conflict.versions
            )
            what = f"{conflict.kind} is open: {conflict.what}; answers: {answers}"
            self.conflicts.add(where, what)

    def merge(self, other: Findings) -> None:
        """Name what was found elsewhere."""
        self.conflicts.merge(other.conflicts)
        self.unlicensed.merge(other.unlicensed)
        self.undated.merge(other.undated)

    def add_licence(self, document: Document) -> None:
        """Name a released document without a licence."""
        if document.article.license is None:
            what = "no licence is stated; find out whether its text may be passed on, and state it"
            self.unlicensed.add(_place(document), f"{what} in the source or in [[articles]]")

    def add_undated(self, document: Document) -> None:
        """Name a document that is left out of splits by date because it states none."""
        what = "states no date, so no split by date has a place for it; take an article that says "
        what += 'when it was published (`published_at`, `updated_at`), or set splits.by = "cluster"'
        self.undated.add(_place(document), what)


def _place(document: Document) -> str:
    article = document.article
    return f"{article.file}:{article.row}" if article.row else article.file


class Named:
    """Problems of one kind: the first `SHOWN` in words, the others in number."""

    def __init__(self) -> None:
        self.number = 0
        self.first: list[Problem] = []

    def add(self, where: str, what: str) -> None:
        """Add one."""
        self.number += 1
        if len(self.first) < SHOWN:
            self.first.append(Problem(where, what))

    def merge(self, other: Named) -> None:
        """Add those that were found elsewhere."""
        self.first += other.first[: SHOWN - len(self.first)]
        self.number += other.number


def named(project: Project, name: str, measured: str, found: Named, most: int) -> Gate:
    """Return a gate that refuses more problems of a kind than are stated."""
    some = found.number > most
    problems = tuple(found.first) if some else ()
    return Gate(name, measured, problems, why(project, name), number=found.number if some else 0)


def check_conflicts(found: Findings, project: Project) -> Gate:
    """Refuse more open conflicts than are stated, none by default, naming each.

    Those of documents that the release leaves out count too: they may be the
    reason why it does.
    """
    allowed = limit(project, "conflicts", "max", 0)
    measured = f"{found.conflicts.number} open, {allowed} allowed"
    return named(project, "conflicts", measured, found.conflicts, allowed)


def check_licences(contents: Contents, found: Findings, project: Project) -> Gate:
    """Refuse more documents without a stated licence than are stated, none by default."""
    counts: Counter[str] = Counter()
    for (_, licence), number in contents.sources.items():
        counts[licence] += number
    allowed = limit(project, "licences", "max_unknown", 0)
    measured = ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))
    return named(project, "licences", measured, found.unlicensed, allowed)


def check_dates(found: Findings, project: Project) -> Gate:
    """Refuse more undated documents than are stated, none by default, where splits go by date.

    The days at which validation and test begin hold for good, so this has to be
    known before there is a first release.
    """
    allowed = limit(project, "dates", "max_undated", 0)
    measured = f"{found.undated.number} undated documents left out, {allowed} allowed"
    return named(project, "dates", measured, found.undated, allowed)

"""The splits of a release that is being made, after what earlier releases have placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.errors import Problem, UsageError
from builder.release.features import RELEASED
from builder.release.ledger import Ledger, read_ledger
from builder.release.manifest import read_manifest
from builder.release.period import Cuts
from builder.release.splits import SPLITS, Assignment, Rule, assign

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from builder.config import Project
    from builder.document import Document
    from builder.event import Annotation, GoldDocument
    from builder.release.versions import Version

_DOUBLY = 2


def placement(
    project: Project,
    documents: Sequence[Document],
    gold: Sequence[GoldDocument],
    answers: Iterable[Annotation],
    *,
    earlier: tuple[Version, Path] | None,
    version: str,
) -> Assignment:
    """Place every document that can be released; `earlier` is the release before this one.

    Raises UsageError when the documents were split by another rule so far: some
    would have to move.
    """
    by_date = project.text("splits.by") == "date"
    known, days = (read_ledger(earlier[1]), _cuts(earlier[1])) if earlier else (Ledger(), None)
    if earlier and known.places and by_date != bool(days):
        was = "date" if days else "cluster"
        what = f"splits went by {was} so far, and no document may move; set splits.by = {was!r}, "
        what += "or give the new data set a project and a name of its own"
        raise UsageError([Problem(str(earlier[1]), what)])
    shares = {name: project.share(f"splits.{name}") for name in SPLITS}
    released = {answer.doc_id for answer in gold if answer.state in RELEASED}
    rule = Rule(shares, version, by_date, days)
    return assign(documents, released, blind(gold, answers), known, rule)


def blind(gold: Iterable[GoldDocument], answers: Iterable[Annotation]) -> set[str]:
    """Return the documents that two or more people finished, none of whom saw a suggestion."""
    doubly = {merged.doc_id for merged in gold if len(merged.annotators) >= _DOUBLY}
    return doubly - {a.doc_id for a in answers if a.shown_prediction is not None}


def recorded(assignment: Assignment) -> dict[str, Any]:
    """Return what the manifest has to remember of how documents were split."""
    days = assignment.cuts
    if days is None:
        return {"by": "cluster"}
    return {"by": "date", "validation_from": days.validation, "test_from": days.test}


def _cuts(earlier: Path) -> Cuts | None:
    splits = read_manifest(earlier).content.get("splits", {})
    if splits.get("by") != "date":
        return None
    return Cuts(splits["validation_from"], splits["test_from"])

"""All gates of a release in their order, evaluated before one of them refuses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.release.gates.findings import check_conflicts, check_dates, check_licences
from builder.release.gates.rules import (
    Gate,
    check_agreement,
    check_card,
    check_documents,
    check_drift,
    check_events,
    refuse,
    settle,
)
from builder.release.splits.ledger import SPLITS
from builder.release.tables.features import DOCUMENTS
from builder.release.versions.state import rows, shards
from builder.release.versions.succession import check_bump

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from builder.config import Project
    from builder.release.conditions import Conditions, Measured
    from builder.release.contents import Contents
    from builder.release.gates.findings import Findings
    from builder.release.versions.number import Version
    from builder.release.versions.succession import Succession


def run_gates(project: Project, held: Contents, found: Findings, agreement: Measured) -> list[Gate]:
    """Evaluate every gate that looks at what was counted while the documents streamed by."""
    return [
        check_documents(held, project),
        check_events(held, project),
        check_conflicts(found, project),
        check_licences(held, found, project),
        *([check_dates(found, project)] if project.text("splits.by") == "date" else []),
        check_card(project),
        check_agreement(agreement, project),
    ]


def check_since(since: Succession, wanted: Version, held: Contents, project: Project) -> list[Gate]:
    """Evaluate the gates that look at the release before: drift, and the version's bump."""
    old = _event_types(since.folder) if since.folder else None
    small = check_bump(since, wanted)
    measured = f"a {since.level} release after {since.previous}" if since.previous else "the first"
    bump = Gate("version", measured, (Problem("version", small),) if small else ())
    return [check_drift(held, old, project), bump]


def conclude(gates: Sequence[Gate], conditions: Conditions) -> list[Gate]:
    """Tell of all gates, then raise if one refuses that was not let through; return them."""
    settled = settle(gates, conditions.allow)
    conditions.tell(settled)
    refuse(settled)
    return settled


def _event_types(folder: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for split in SPLITS:
        for path in shards(folder, DOCUMENTS, split):
            for row in rows(path, ["events"]):
                found.update(event["type"] for event in row["events"])
    return found

"""`builder merge`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands.console import DryRunOption, JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from builder.event import Finding
    from builder.merge.project import Merged

SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(merge)


def merge(
    project: ProjectOption = Path(),
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="List every open conflict with its versions.")
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Merge the annotators' answers into build/gold.parquet.

    Unanimous first, then the majority; a tie stays a conflict and is never
    decided silently. Answers with errors are set aside, named, and make the
    exit code 3; all others are merged.

    Example: `builder merge --conflicts`
    """
    from builder.config import load_project
    from builder.errors import DataError, Problem
    from builder.merge.project import merge_project

    loaded = load_project(project)
    merged = merge_project(loaded, dry_run=dry_run)
    if as_json:
        listed = [asdict(c) for document in merged.gold for c in document.conflicts]
        show_json(merged.counts() | ({"open_conflicts": listed} if conflicts else {}))
    else:
        _show(merged, listed=conflicts)
    _show_findings(merged.findings)
    errors = [f for f in merged.findings if f.severity == "error"]
    if errors:
        number = len({f.annotation_id for f in errors})
        aside = "1 annotation was" if number == 1 else f"{number} annotations were"
        raise DataError(
            [Problem(f.where, f.what) for f in errors],
            hint=f"{aside} set aside because of this; the others are merged",
        )


def _show(merged: Merged, *, listed: bool) -> None:
    from rich.table import Table

    counts = merged.counts()
    table = Table(title="merged", show_header=False)
    for name, value in counts.items():
        if isinstance(value, dict):
            shown = ", ".join(f"{number} {what}" for what, number in value.items()) or "none"
        elif isinstance(value, list):
            shown = "\n".join(value) or "none: run `builder pull`"
        else:
            shown = str(value)
        table.add_row(name, shown)
    page().print(table)
    for document in merged.gold if listed else ():
        for conflict in document.conflicts:
            page().print(f"{document.doc_id} {conflict.kind}: {conflict.what}", markup=False)
            for version in conflict.versions:
                votes = len(version.annotations)
                page().print(f"    {votes} of the annotators: {version.answer}", markup=False)


def _show_findings(findings: list[Finding]) -> None:
    odd = [finding for finding in findings if finding.severity == "warning"]
    for finding in odd[:SHOWN]:
        talk().print(f"warning: {finding.where}: {finding.what}", markup=False, soft_wrap=True)
    if len(odd) > SHOWN:
        talk().print(f"... and {len(odd) - SHOWN} more warnings; `--json` counts them by kind")

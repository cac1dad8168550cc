"""`builder merge`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import DryRunOption, JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from builder.event import GoldDocument
    from builder.merge.collect import Answered
    from builder.merge.project import Merged

SHOWN = 20
STATES = {
    "events": "with events",
    "empty": "without events",
    "unfinished": "unfinished",
    "skipped": "skipped",
    "not_an_article": "not an article",
}


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(merge)


def merge(
    project: ProjectOption = Path(),
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="List every open conflict with its versions.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with exit code 4 while conflicts are open.")
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Merge the annotators' answers into build/gold.parquet.

    A person's decision first, then unanimity, then the majority, by the policy
    in `[merge]` of builder.toml; a tie stays a conflict and is never decided
    silently. Answers with errors are set aside, named, and make the exit code
    3; all others are merged.

    Example: `builder merge --conflicts`
    """
    from builder.config import load_project
    from builder.errors import DataError, NotReadyError, Problem
    from builder.merge.project import merge_project
    from builder.merge.reliability import reliability_rows

    loaded = load_project(project)
    listed: list[dict[str, Any]] = []

    def remember(answer: Answered, gold: GoldDocument) -> None:
        url = next((a.task_url for a in answer.annotations if a.task_url), None)
        facts = {"doc_id": answer.doc_id, "task_url": url}
        listed.extend(facts | asdict(conflict) for conflict in gold.conflicts)

    merged = merge_project(loaded, each=remember if conflicts else None, dry_run=dry_run)
    if as_json:
        facts = merged.counts() | {"reliability": reliability_rows(merged.reliability)}
        show_json(facts | ({"open_conflicts": listed} if conflicts else {}))
    else:
        _show(merged, listed)
    _show_warnings(merged)
    errors = [f for f in merged.findings if f.severity == "error"]
    if errors:
        number = len({f.annotation_id for f in errors})
        aside = "1 annotation was" if number == 1 else f"{number} annotations were"
        raise DataError(
            [Problem(f.where, f.what) for f in errors],
            hint=f"{aside} set aside because of this; the others are merged",
        )
    waiting = merged.conflicts.total()
    if strict and waiting:
        hint = "`builder adjudicate push` brings them before a person."
        raise NotReadyError(f"{waiting} conflicts are open", hint=hint)


def _show(merged: Merged, listed: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(title="merged", show_header=False)
    for name, value in merged.counts().items():
        if name == "documents":
            shown = ", ".join(f"{number} {STATES[state]}" for state, number in value.items())
        elif isinstance(value, dict):
            shown = ", ".join(f"{number} {what}" for what, number in value.items()) or "none"
        elif isinstance(value, list):
            shown = "\n".join(value) or "none: run `builder pull`"
        else:
            shown = str(value)
        table.add_row(name, shown)
    page().print(table)
    _show_reliability(merged)
    for conflict in listed:
        what = f"{conflict['doc_id']} {conflict['kind']}: {conflict['what']}"
        where = f"  {conflict['task_url']}" if conflict["task_url"] else ""
        page().print(f"{what} [{conflict['conflict_id']}]{where}", markup=False, soft_wrap=True)
        for version in conflict["versions"]:
            votes = len(version["annotations"])
            line = f"    {votes} of the annotators: {version['answer']}"
            page().print(line, markup=False, soft_wrap=True)
    if merged.conflicts and not listed:
        talk().print("`--conflicts` lists the conflicts; `builder adjudicate push` sends them out")


def _show_reliability(merged: Merged) -> None:
    from rich.table import Table

    from builder.merge.reliability import reliability_rows

    rows = reliability_rows(merged.reliability)
    if rows:
        table = Table(*rows[0], title="what the answers tell about each annotator, by name")
        for row in rows:
            table.add_row(*map(str, row.values()))
        page().print(table)
        talk().print("Estimates from agreement alone. Who differs may be right; ask why first.")


def _show_warnings(merged: Merged) -> None:
    odd = [f"{f.where}: {f.what}" for f in merged.findings if f.severity == "warning"]
    odd += [
        f"annotations/decisions: conflict {d.conflict} of document {d.doc_id} ({d.what}): its "
        "versions or its text have changed since; the decision is stale and not used"
        for d in merged.stale
    ]
    for line in odd[:SHOWN]:
        talk().print(f"warning: {line}", markup=False, soft_wrap=True)
    if len(odd) > SHOWN:
        talk().print(f"... and {len(odd) - SHOWN} more warnings; `--json` counts them by kind")

"""`builder release`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands.console import DryRunOption, JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from builder.release.build import Release


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(release)


def release(
    version: Annotated[str, typer.Argument(help="Three numbers, as in 0.1.0.")],
    project: ProjectOption = Path(),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", file_okay=False, help="Make the folder VERSION in here.  [default: releases]"
        ),
    ] = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build a versioned dataset from the merged annotations: Parquet, dataset card, manifest.

    Every gate is passed before the folder appears; a release never changes.

    Example: `builder release 0.1.0 --dry-run`
    """
    from builder.config import load_project
    from builder.release.build import build_release

    built = build_release(load_project(project), version, out, dry_run=dry_run)
    if as_json:
        show_json({**asdict(built), "path": str(built.path), "dry_run": dry_run})
        return
    _say(built, dry_run=dry_run)


def _say(built: Release, *, dry_run: bool) -> None:
    from rich.markup import escape

    from builder.release.contents import LEFT_OUT

    for gate in built.gates:
        talk().print(escape(f"gate {gate.name}: {gate.measured}"), soft_wrap=True)
    for reason, count in built.left_out.items():
        talk().print(f"left out, {reason}: {count} ({LEFT_OUT[reason]})", soft_wrap=True)
    page().print(_table(built))
    where = escape(str(built.path))
    if dry_run:
        what = f"would write {len(built.files)} files to {where}; nothing was written"
        page().print(what, soft_wrap=True)
        for name in built.files:
            page().print(f"  {escape(name)}", soft_wrap=True)
        return
    what = f"wrote {len(built.files)} files to {where}; README.md is the card"
    page().print(what, soft_wrap=True)
    page().print(f'datasets.load_dataset("{where}")', soft_wrap=True)


def _table(built: Release) -> object:
    from rich.table import Table

    splits = list(next(iter(built.counts.values())))
    table = Table("config")
    for split in splits:
        table.add_column(split, justify="right")
    for config, counts in built.counts.items():
        table.add_row(config, *(f"{counts[split]:,}" for split in splits))
    return table

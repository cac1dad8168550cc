"""`builder release`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands.console import DryRunOption, JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from builder.release.build import Release
    from builder.release.conditions import Measured
    from builder.release.gates.rules import Gate
    from builder.release.tables.stream import Bundle
    from builder.schema import Schema


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(release)


def release(
    version: Annotated[
        str | None,
        typer.Argument(
            help="Three numbers, as in 0.1.0.  [default: propose the least that may follow]",
            show_default=False,
        ),
    ] = None,
    *,
    project: ProjectOption = Path(),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", file_okay=False, help="Make the folder VERSION in here.  [default: releases]"
        ),
    ] = None,
    by_date: Annotated[
        bool, typer.Option("--by-date", help="Split by date: the newest documents are test.")
    ] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar='GATE="REASON"', help="Pass a gate that refuses; the card tells the reason."
        ),
    ] = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build a versioned dataset from the merged annotations.

    Parquet, a dataset card and a manifest of hashes.

    Every gate is evaluated and told before the folder appears; a release never
    changes. The version has to follow from what changed since the release
    before: schema breaks are major, additions minor, corrections patches.
    Without a version nothing is written, and the least that may follow is told.

    Example: `builder release 0.1.0 --dry-run`
    """
    from builder.config import load_project
    from builder.release.build import build_release
    from builder.release.conditions import Conditions
    from builder.schema import load_schema

    loaded = load_project(project, {"splits.by": "date" if by_date else None})
    conditions = Conditions(
        allow=allowed(allow or ()),
        agreement=agreement(load_schema(loaded.schemas)),
        tell=tell_gates,
        say=lambda what: talk().print(what, markup=False, soft_wrap=True),
    )
    built = build_release(loaded, version, out, dry_run=dry_run, conditions=conditions)
    if as_json:
        written = bool(version) and not dry_run
        show_json({**asdict(built), "path": str(built.path), "dry_run": not written})
        return
    _say(built, written=bool(version) and not dry_run)
    if version is None:
        page().print(f"the next version is {built.version}: builder release {built.version}")


def allowed(entries: Sequence[str]) -> dict[str, str]:
    """Read GATE="REASON" entries; raises UsageError with all that are not of this form."""
    from builder.errors import Problems, UsageError

    problems, found = Problems(), {}
    for entry in entries:
        name, equals, reason = entry.partition("=")
        if equals:
            found[name.strip()] = reason.strip().strip('"')
        else:
            problems.add("--allow", f'{entry!r} should be GATE="REASON", as in leak="the same act"')
    problems.raise_if_any(UsageError)
    return found


def agreement(schema: Schema) -> Callable[[Iterable[Bundle]], Measured]:
    """Return what measures how far annotators agree: for the card and for the `iaa` gate."""

    def measured(bundles: Iterable[Bundle]) -> Measured:
        from builder.iaa.report import report
        from builder.iaa.study import Answers, compare

        answers = (
            Answers(d.doc_id, d.text, bundle.answers.get(d.doc_id, ()), d.article.publisher)
            for bundle in bundles
            for d in bundle.documents
        )
        found = report(compare(answers, schema), {"schema": schema.version})
        return [m.facts() for m in found.measures if m.metric == "f1" and m.group is None]

    return measured


def tell_gates(gates: Sequence[Gate]) -> None:
    """Say of every gate what it measured, and what became of it."""
    for gate in gates:
        verdict = "REFUSED" if gate.refuses else "allowed" if gate.allowed else "passed "
        talk().print(f"{verdict} {gate.name}: {gate.measured}", markup=False, soft_wrap=True)
        if gate.allowed:
            found = f"{gate.found} findings let through: {gate.allowed}"
            talk().print(f"        {found}", markup=False, soft_wrap=True)


def _say(built: Release, *, written: bool) -> None:
    from rich.markup import escape

    from builder.release.contents import LEFT_OUT

    for reason, count in built.left_out.items():
        talk().print(f"left out, {reason}: {count} ({LEFT_OUT[reason]})", soft_wrap=True)
    page().print(_table(built))
    where = escape(str(built.path))
    if not written:
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

"""`builder check`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from builder.config import Project
    from builder.event import Finding
    from builder.labelstudio.inventory import Inventory

PROBLEMS = 3
TablesOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Write all spans, attributes and relations, each with its problem, as Parquet into "
        "DIR, and count them; list nothing.",
        file_okay=False,
    ),
]
ViewOption = Annotated[
    bool,
    typer.Option("--view", help="Make a tab 'Problems' in Label Studio that holds these tasks."),
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(check)


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...",
            help="Files that a Label Studio wrote, with any configuration: count what is in "
            "them.  [default: check the project's newest snapshots]",
            show_default=False,
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    project: ProjectOption = Path(),
    view: ViewOption = False,
    tables: TablesOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every problem of every annotation, with its link.

    An error means that the annotation is set aside, a warning that one element
    of it is left out, a note that something was read as it was surely meant.
    With an error or a warning the exit code is 3. With --tables nothing is
    listed: everything that was marked becomes rows, in a shape for any tool.

    Example: `builder check --view`, `builder check --tables tables`
    """
    from builder.commands.check_tables import snapshot_files, write_check_tables
    from builder.config import load_project
    from builder.errors import UsageError

    loaded = load_project(project)
    if tables:
        if view:
            raise UsageError("--view shows what --tables does not list; give one of them")
        write_check_tables(files or snapshot_files(loaded), tables, loaded, as_json=as_json)
        return
    if files:
        _count_files(files, loaded, as_json=as_json)
        return
    findings = find_problems(loaded)
    tab = _show_tab(loaded, findings) if view else None
    if as_json:
        show_json(_facts(findings, tab))
    else:
        _show(findings)
    if tab:
        talk().print(tab, soft_wrap=True, markup=False)
    if any(finding.severity != "note" for finding in findings):
        raise typer.Exit(PROBLEMS)


def find_problems(project: Project) -> list[Finding]:
    """Return all findings on a project's newest snapshots, the worst first.

    Raises NotReadyError when nothing was pulled yet.
    """
    from builder.errors import NotReadyError
    from builder.labelstudio.checking import SEVERITIES, check_tasks
    from builder.labelstudio.snapshot import current_snapshots, read_snapshot
    from builder.pseudonym import pseudonym
    from builder.schema import load_schema

    schema, name = load_schema(project.schemas), project.text("project.name")
    snapshots = current_snapshots(project.snapshots)
    if not snapshots:
        raise NotReadyError("there is no snapshot to check", hint="`builder pull` makes one.")
    findings = [
        finding
        for snapshot in snapshots
        for finding in check_tasks(
            read_snapshot(snapshot.path),
            schema,
            lambda who: pseudonym(who, name),
            snapshot.manifest.source.page,
        )
    ]
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.kind, f.where, f.what))


def _show_tab(project: Project, findings: list[Finding]) -> str | None:
    """Put the tasks with errors and warnings of the project on this server into its tab."""
    from builder.errors import NotReadyError
    from builder.labelstudio.checking import show_tab
    from builder.labelstudio.client import connect
    from builder.labelstudio.pulling import source
    from builder.labelstudio.snapshot import current_snapshots
    from builder.labelstudio.studio_project import find_project

    with connect(project) as client:
        found = find_project(client, project.text("studio.title"))
        known = {s.manifest.source.key: s for s in current_snapshots(project.snapshots)}
        snapshot = known.get(source(client, found).key) if found else None
        if found is None or snapshot is None:
            what = f"no snapshot is from the project on {client.url}"
            raise NotReadyError(what, hint="`builder pull` makes one.")
        start = f"{snapshot.manifest.source.page}?task="
        links = [f.task_url for f in findings if f.severity != "note" and f.task_url]
        numbers = [int(link.removeprefix(start)) for link in links if link.startswith(start)]
        return show_tab(client, found.project_id, numbers)


def _facts(findings: list[Finding], tab: str | None) -> dict[str, Any]:
    from dataclasses import asdict

    from builder.labelstudio.checking import by_kind

    facts = {"counts": by_kind(findings), "findings": [asdict(f) for f in findings]}
    return {**facts, "view": tab} if tab else facts


def _show(findings: list[Finding]) -> None:
    from builder.labelstudio.checking import by_kind

    for finding in findings:
        line = f"{finding.severity} {finding.kind}: {finding.where}: {finding.what}"
        page().print(line, markup=False, soft_wrap=True)
    counts = ", ".join(f"{number} x {kind}" for kind, number in by_kind(findings).items())
    talk().print(counts or "no problem found", markup=False)


def _count_files(files: list[Path], project: Project, *, as_json: bool) -> None:
    from builder.labelstudio.exported import read_exported
    from builder.labelstudio.inventory import inventory
    from builder.pseudonym import pseudonym

    name = project.text("project.name")
    counted = {
        str(path): inventory(read_exported(path), lambda who: pseudonym(who, name))
        for path in files
    }
    if as_json:
        show_json({path: _counts(one) for path, one in counted.items()})
        return
    for path, one in counted.items():
        _show_counts(path, one)


def _counts(one: Inventory) -> dict[str, Any]:
    return {
        "tasks": one.tasks,
        "untouched": one.untouched,
        "states": dict(one.states),
        "annotators": {person: dict(states) for person, states in sorted(one.people.items())},
        "problems": dict(sorted(one.problems.items())),
        "controls": dict(sorted(one.controls.items())),
        "spans": one.spans,
        "arrows": one.arrows,
    }


def _show_counts(path: str, one: Inventory) -> None:
    from rich.table import Table

    states = sorted(one.states)
    heading = f"{path}: {one.tasks} tasks, {one.untouched} untouched, {one.spans} spans, "
    page().print(f"{heading}{one.arrows} arrows", markup=False, soft_wrap=True)
    table = Table("annotator", *states)
    for person, counts in sorted(one.people.items()):
        table.add_row(person, *(str(counts[state]) for state in states))
    table.add_row("all", *(str(one.states[state]) for state in states))
    page().print(table)
    for name, kinds in {"problems": one.problems, "controls": one.controls}.items():
        shown = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
        page().print(f"{name}: {shown or 'none'}", markup=False, soft_wrap=True)

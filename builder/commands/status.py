"""`builder status`: the project lead's morning page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from builder.config import Project
    from builder.event import Finding
    from builder.labelstudio.snapshot import Source

    Task = dict[str, Any]

WatchOption = Annotated[
    float | None,
    typer.Option("--watch", help="Show it again every so many seconds.", min=1, metavar="SECONDS"),
]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Do not ask the server; the newest snapshots are enough.")
]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(status)


def status(
    project: ProjectOption = Path(),
    watch: WatchOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show how far the annotation is, and what to do next.

    States, people, overlap, conflicts and problems on one page.

    Asks the server for what changed since the newest snapshot and writes
    nothing. Without a server it shows the newest snapshots.

    Example: `builder status --watch 60`
    """
    import time

    from rich.live import Live

    from builder.config import load_project

    loaded = load_project(project)
    if as_json:
        show_json(project_status(loaded, offline=offline))
        return
    if watch is None:
        page().print(_page(project_status(loaded, offline=offline)))
        return
    with Live(_page(project_status(loaded, offline=offline)), console=page()) as live:
        while True:
            time.sleep(watch)
            live.update(_page(project_status(loaded, offline=offline)))


def project_status(project: Project, *, offline: bool = False) -> dict[str, Any]:
    """Return the state of the work as JSON can say it, and what to do next."""
    from datetime import UTC, datetime

    from builder.labelstudio.checking import by_kind, check_tasks
    from builder.labelstudio.progress import Progress
    from builder.pseudonym import pseudonym
    from builder.schema import load_schema

    schema, name = load_schema(project.schemas), project.text("project.name")
    progress = Progress(project.number("studio.overlap"))
    findings: list[Finding] = []
    seen: list[str] = []
    for source, tasks, read_from in _sources(project, offline=offline):
        seen.append(read_from)
        findings += check_tasks(
            tasks, schema, lambda who: pseudonym(who, name), source.page, progress.add
        )
    now = datetime.now(UTC)
    facts = {"time": f"{now:%Y-%m-%dT%H:%M:%SZ}", "read_from": seen, **progress.facts(now)}
    facts["problems"] = by_kind(finding for finding in findings if finding.severity != "note")
    facts["conflicts"] = _conflicts(project)
    facts["decisions"] = _decisions(project)
    facts["next"] = _next(project, facts)
    return facts


def _sources(project: Project, *, offline: bool) -> Iterable[tuple[Source, Iterable[Task], str]]:
    """Give each project's tasks: from the server where it answers, else from its snapshot."""
    import msgspec

    from builder.errors import AuthError, NotReadyError, ServerError
    from builder.labelstudio.client import connect
    from builder.labelstudio.pulling import pull
    from builder.labelstudio.snapshot import current_snapshots, read_snapshot

    live = None
    if not offline:
        try:
            with connect(project) as client:
                pulled = pull(client, project.text("studio.title"), project.snapshots)
            live = pulled.source
        except (ServerError, AuthError, NotReadyError) as error:
            talk().print(f"not asked: {error}", markup=False)
    if live:
        unchanged = (msgspec.json.decode(line) for line in pulled.unchanged)
        yield live, (task for some in (pulled.tasks, unchanged) for task in some), "server"
    for snapshot in current_snapshots(project.snapshots):
        if live is None or snapshot.manifest.source.key != live.key:
            yield snapshot.manifest.source, read_snapshot(snapshot.path), snapshot.path.name


def _conflicts(project: Project) -> dict[str, Any] | None:
    """Count what the last merge left open, None before the first; `stale` is its age."""
    from builder.merge.standing import read_standing

    standing = read_standing(project)
    if standing is None:
        return None
    newest = max((p.stat().st_mtime for p in project.snapshots.glob("*.json")), default=0.0)
    return {
        "open": standing.conflicts,
        "documents": standing.documents,
        "stale": newest > project.gold.stat().st_mtime,
    }


def _decisions(project: Project) -> dict[str, int]:
    """Count people's decisions: used by the last merge, stale there, made since."""
    from builder.merge.standing import decided, read_standing

    made, standing = decided(project), read_standing(project)
    if standing is None:
        return {"used": 0, "stale": 0, "waiting": len(made)}
    return {
        "used": len(standing.used),
        "stale": len(standing.stale),
        "waiting": standing.waiting(made),
    }


def _next(project: Project, facts: dict[str, Any]) -> list[str]:
    """Say what to do, the most urgent first."""
    stages, overlap = facts["stages"], facts["overlap"]
    conflicts, waiting = facts["conflicts"], facts["decisions"]["waiting"]
    people = len(facts["annotators"])
    missing = sum(max(0, overlap["wanted"] - n) * k for n, k in overlap["reached"].items())
    steps = [
        (not facts["documents"], "`builder push` sends the tasks; nothing is there yet"),
        (facts["problems"], "`builder check --view` shows the tasks with problems to their people"),
        (facts["open_drafts"], f"{facts['open_drafts']} drafts wait for their Submit"),
        (
            0 < people < overlap["wanted"] and missing,
            f"{people} of {overlap['wanted']} people annotate: `builder studio user add NAME`",
        ),
        (missing, f"{missing} answers are missing until each document was finished often enough"),
        ("server" in facts["read_from"], "`builder pull` keeps what is on the server"),
        (
            stages["done"] and (conflicts is None or conflicts["stale"] or waiting),
            "`builder merge` brings the gold up to date",
        ),
        (
            conflicts and conflicts["open"] and not conflicts["stale"] and not waiting,
            "`builder adjudicate push` brings what `builder merge --conflicts` lists to a person",
        ),
        (
            facts["documents"] and not missing and not facts["problems"],
            f"everything is annotated: release {project.text('project.name')}",
        ),
    ]
    return [text for wanted, text in steps if wanted]


def _page(facts: dict[str, Any]) -> RenderableType:
    from rich.console import Group
    from rich.markup import escape

    stages, overlap = facts["stages"], facts["overlap"]
    reached = ", ".join(f"{k} by {n}" for n, k in overlap["reached"].items()) or "none"
    conflicts = facts["conflicts"]
    open_ = "not merged yet" if conflicts is None else f"{conflicts['open']} open"
    old = " (older than the newest snapshot)" if conflicts and conflicts["stale"] else ""
    decisions = facts["decisions"]
    made = f"{decisions['used']} used, {decisions['stale']} stale (their versions have changed)"
    made += f", {decisions['waiting']} made since the last merge"
    answers = ", ".join(f"{number} {state}" for state, number in facts["answers"].items())
    problems = ", ".join(f"{number} {kind}" for kind, number in facts["problems"].items())
    read_from = ", ".join(facts["read_from"]) or "nothing"
    lines = [
        f"{facts['documents']} documents: "
        + ", ".join(f"{stages[name]} {name}" for name in ("done", "begun", "untouched")),
        f"answers: {answers}; {facts['open_drafts']} drafts open",
        f"overlap: {overlap['wanted']} wanted; finished {reached}",
        f"conflicts: {open_}{old}",
        f"decisions: {made}",
        f"problems: {problems or 'none'}",
        f"last activity: {facts['last_activity'] or 'never'} (read from {read_from})",
    ]
    steps = [f"next: {step}" for step in facts["next"]]
    return Group(*map(escape, lines), _people(facts), _batches(facts), *map(escape, steps))


def _people(facts: dict[str, Any]) -> RenderableType:
    from rich.table import Table

    columns = ("events", "empty", "unfinished", "skipped", "minutes", "hours", "per_day", "last")
    table = Table("annotator", *columns)
    for person, row in facts["annotators"].items():
        table.add_row(person, *("" if row[c] is None else str(row[c]) for c in columns))
    return table


def _batches(facts: dict[str, Any]) -> RenderableType:
    from rich.table import Table

    table = Table("batch", "done", "begun", "untouched")
    for name, row in facts["batches"].items():
        table.add_row(name, *(str(row.get(c, 0)) for c in ("done", "begun", "untouched")))
    return table if len(facts["batches"]) > 1 else ""

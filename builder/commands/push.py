"""`builder push`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands.console import (
    DryRunOption,
    JsonOption,
    ProjectOption,
    progress,
    show_json,
    talk,
)

if TYPE_CHECKING:
    from builder.config import Project
    from builder.labelstudio.batch import Batch
    from builder.labelstudio.pushing import Pushed
    from builder.labelstudio.studio_project import Wanted


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(push)


def push(
    *,
    project: ProjectOption = Path(),
    from_snapshot: Annotated[
        Path | None,
        typer.Option(
            "--from-snapshot",
            help="Restore this snapshot, with everybody's work, into an empty project.",
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    batch: Annotated[
        str | None, typer.Option(help="Name what is sent now; `builder status` counts by it.")
    ] = None,
    overlap: Annotated[
        int | None,
        typer.Option(help="How many people annotate each task of this batch.", min=1),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Send at most so many tasks.", min=1)] = None,
    first: Annotated[
        Path | None,
        typer.Option(
            help="A file of doc_ids, one a line: what to annotate first.",
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send the tasks that the Label Studio project lacks.

    The project is made when it is missing.

    Pushing again sends nothing twice, and nothing is ever deleted there. The
    server is the one in LABEL_STUDIO_URL or studio.url, else the project's own.

    Example: `builder push --dry-run`
    """
    import dataclasses

    from builder.config import load_project

    if from_snapshot:
        _restore(load_project(project), from_snapshot, dry_run=dry_run, as_json=as_json)
        return
    loaded = load_project(project)
    done = push_tasks(loaded, dry_run=dry_run, batch=_batch(batch, overlap, limit, first))
    if as_json:
        show_json({"dry_run": dry_run, **dataclasses.asdict(done)})
    else:
        for line in push_report(done, dry_run=dry_run):
            talk().print(line, markup=False)


def _restore(project: Project, path: Path, *, dry_run: bool, as_json: bool) -> None:
    import msgspec

    from builder.labelstudio.client import connect
    from builder.labelstudio.credentials import load_users
    from builder.labelstudio.restoring import people_of, restore
    from builder.labelstudio.server import add_user
    from builder.labelstudio.snapshot import read_snapshot

    if dry_run:
        people = ", ".join(people_of(path)) or "nobody"
        tasks = sum(1 for _ in read_snapshot(path))
        talk().print(f"would be restored: {tasks} tasks, with work of {people}", markup=False)
        return
    with connect(project) as client, progress() as bar:
        if client.kind == "local":
            known = {user.email for user in load_users(project.studio).values()}
            for email in people_of(path):
                if email not in known:
                    add_user(project.studio, email.removesuffix("@builder.invalid"))
        tokens = {user.email: user.token for user in load_users(project.studio).values()}
        line = bar.add_task(f"tasks to {client.url}", total=None)
        done = restore(
            client,
            _wanted(project),
            path,
            tokens.get if client.kind == "local" else lambda _: None,
            lambda now, total: bar.update(line, completed=now, total=total),
        )
    if as_json:
        show_json(msgspec.to_builtins(done))
        return
    for kind, number in done.done.items():
        talk().print(f"restored: {number} {kind}")
    for problem in done.left:
        talk().print(f"left out: {problem}", markup=False)
    talk().print(f"never kept by the server: {'; '.join(done.lost)}")
    talk().print(done.page, markup=False)


def _batch(name: str | None, overlap: int | None, limit: int | None, first: Path | None) -> Batch:
    from builder.errors import UsageError
    from builder.labelstudio.batch import Batch

    if overlap and not name:
        raise UsageError("--overlap is for a batch", hint="Name it with --batch, too.")
    wanted = first.read_text("utf-8").split() if first else []
    return Batch(name, overlap, limit, tuple(dict.fromkeys(wanted)))


def push_tasks(project: Project, *, dry_run: bool = False, batch: Batch | None = None) -> Pushed:
    """Send a project's tasks to its server, with a progress bar; return what was done.

    Tasks and configuration are checked before anything is sent. Raises
    DataError when they are missing, broken or older than the schemas.
    """
    from builder.labelstudio.client import connect
    from builder.labelstudio.environment import only_one
    from builder.labelstudio.pushing import EVERYTHING, push, read_tasks
    from builder.labelstudio.tasks import validate_tasks

    path = project.build / "tasks.json"
    _check_age(path, project.selection)
    tasks = read_tasks(path)
    wanted = _wanted(project)
    validate_tasks(wanted.label_config, tasks)
    with only_one(project.build / ".push.lock"), connect(project) as client, progress() as bar:
        line = bar.add_task(f"tasks to {client.url}", total=len(tasks), visible=not dry_run)
        return push(
            client,
            wanted,
            tasks,
            lambda done, total: bar.update(line, completed=done, total=total),
            batch=batch or EVERYTHING,
            dry_run=dry_run,
        )


def _check_age(tasks: Path, selection: Path) -> None:
    """Refuse tasks that were made before documents were chosen; they may be all documents."""
    from builder.errors import DataError, Problem

    if not (tasks.exists() and selection.exists()):
        return
    if tasks.stat().st_mtime_ns < selection.stat().st_mtime_ns:
        what = "is older than the choice in build/selection.jsonl; run `builder tasks` for"
        told = f"{what} the chosen documents, `builder tasks --all` for all of them"
        raise DataError([Problem(str(tasks), told)])


def push_report(done: Pushed, *, dry_run: bool = False) -> list[str]:
    """Say in lines for people what a push did, or would do."""
    would = "would be " if dry_run else ""
    lines = [f"{would}made: the project {done.title!r}"] if done.created else []
    lines += [f"{would}updated: {name} of {done.title!r}" for name in done.updated]
    lines.append(f"{would}sent: {done.sent} tasks ({done.already} are on the server already)")
    if done.suggested:
        lines.append(f"{would}suggested: {done.suggested} tasks on the server got a prediction")
    if done.others:
        lines.append(f"{done.others} documents on the server are not among the tasks; they stay")
    if done.nameless:
        lines.append(f"{done.nameless} tasks on the server have no doc_id; they are not ours")
    if done.repeated:
        names = ", ".join(done.repeated)
        lines.append(f"twice on the server, delete one of each that has no work: {names}")
    return [*lines, done.page]


def _wanted(project: Project) -> Wanted:
    from builder.errors import DataError, Problem
    from builder.guidelines import guidelines
    from builder.labelstudio.config import label_config
    from builder.labelstudio.studio_project import Wanted
    from builder.schema import load_schema

    schema = load_schema(project.schemas)
    path = project.build / "label_config.xml"
    config = path.read_text("utf-8") if path.exists() else ""
    if config != label_config(schema):
        what = "is not what the schemas say now" if config else "is not there yet"
        raise DataError([Problem(str(path), f"{what}; run `builder tasks`")])
    return Wanted(
        project.text("studio.title"), config, guidelines(schema), project.number("studio.overlap")
    )

"""`builder push`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    from builder.labelstudio.pushing import Pushed
    from builder.labelstudio.studio_project import Wanted


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(push)


def push(
    project: ProjectOption = Path(), dry_run: DryRunOption = False, as_json: JsonOption = False
) -> None:
    """Send the tasks that the Label Studio project lacks; make the project when it is missing.

    Pushing again sends nothing twice. The server is the one in LABEL_STUDIO_URL
    or studio.url, else the project's own.

    Example: `builder push --dry-run`
    """
    import dataclasses

    from builder.config import load_project

    done = push_tasks(load_project(project), dry_run=dry_run)
    if as_json:
        show_json({"dry_run": dry_run, **dataclasses.asdict(done)})
    else:
        for line in push_report(done, dry_run=dry_run):
            talk().print(line, markup=False)


def push_tasks(project: Project, *, dry_run: bool = False) -> Pushed:
    """Send a project's tasks to its server, with a progress bar; return what was done.

    Tasks and configuration are checked before anything is sent. Raises
    DataError when they are missing, broken or older than the schemas.
    """
    from builder.labelstudio.client import connect
    from builder.labelstudio.environment import only_one
    from builder.labelstudio.pushing import push, read_tasks
    from builder.labelstudio.tasks import validate_tasks

    tasks = read_tasks(project.build / "tasks.json")
    wanted = _wanted(project)
    validate_tasks(wanted.label_config, tasks)
    with only_one(project.build / ".push.lock"), connect(project) as client, progress() as bar:
        line = bar.add_task(f"tasks to {client.url}", total=len(tasks), visible=not dry_run)
        return push(
            client,
            wanted,
            tasks,
            lambda done, total: bar.update(line, completed=done, total=total),
            dry_run=dry_run,
        )


def push_report(done: Pushed, *, dry_run: bool = False) -> list[str]:
    """Say in lines for people what a push did, or would do."""
    would = "would be " if dry_run else ""
    lines = [f"{would}made: the project {done.title!r}"] if done.created else []
    lines += [f"{would}updated: {name} of {done.title!r}" for name in done.updated]
    lines.append(f"{would}sent: {done.sent} tasks ({done.already} are on the server already)")
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

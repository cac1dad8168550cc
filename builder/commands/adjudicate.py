"""`builder adjudicate`."""

from __future__ import annotations

from pathlib import Path

import typer

from builder.commands.console import (
    DryRunOption,
    JsonOption,
    ProjectOption,
    progress,
    show_json,
    talk,
)

HELP = """Bring open conflicts before a person, and decisions back.

    Conflicts become tasks of a project of their own: what is agreed is marked,
    the versions are shown without names. Decisions are kept in
    annotations/decisions; the next `builder merge` uses them.

    Example: `builder adjudicate push`
    """


def register(app: typer.Typer) -> None:
    """Add the verb and what can be done with it."""
    verb = typer.Typer(help=HELP, no_args_is_help=True)
    verb.command("push")(push)
    verb.command("pull")(pull)
    app.add_typer(verb, name="adjudicate")


def push(
    project: ProjectOption = Path(), dry_run: DryRunOption = False, as_json: JsonOption = False
) -> None:
    """Send every open conflict as a task that the adjudication project lacks.

    Pushing again sends only what is new; a decision that went stale is asked
    again.

    Example: `builder adjudicate push --dry-run`
    """
    import dataclasses

    from builder.commands.push import push_report
    from builder.config import load_project
    from builder.labelstudio.client import connect
    from builder.labelstudio.environment import only_one
    from builder.merge.adjudication import open_questions, push_questions

    loaded = load_project(project)
    tasks = open_questions(loaded)
    with only_one(loaded.build / ".push.lock"), connect(loaded) as client, progress() as bar:
        line = bar.add_task(f"conflicts to {client.url}", total=len(tasks), visible=not dry_run)
        done = push_questions(
            client,
            loaded,
            tasks,
            lambda sent, total: bar.update(line, completed=sent, total=total),
            dry_run=dry_run,
        )
    if as_json:
        show_json({"dry_run": dry_run, "open_conflicts": len(tasks), **dataclasses.asdict(done)})
        return
    talk().print(f"{len(tasks)} conflicts are open")
    for each in push_report(done, dry_run=dry_run):
        talk().print(each, markup=False)


def pull(project: ProjectOption = Path(), as_json: JsonOption = False) -> None:
    """Write the adjudicators' answers into annotations/decisions, each with its reason.

    Lines are only ever added. Answers that say nothing about their conflict
    are named and make the exit code 3; all others are written. The exit code
    is 4 while no conflict was answered.

    Example: `builder adjudicate pull`
    """
    from builder.config import load_project
    from builder.errors import DataError, NotReadyError
    from builder.labelstudio.client import connect
    from builder.merge.adjudication import pull_decisions

    loaded = load_project(project)
    with connect(loaded) as client:
        pulled = pull_decisions(client, loaded)
    waiting = pulled.counts.get("waiting", 0)
    if as_json:
        show_json({"new": pulled.new, "tasks": pulled.counts})
    else:
        counts = ", ".join(f"{number} {state}" for state, number in pulled.counts.items())
        talk().print(f"{pulled.new} new decisions in {loaded.decisions} ({counts})")
    if pulled.problems:
        raise DataError(pulled.problems, hint="These are not used; all other decisions are.")
    if waiting and not pulled.counts.get("answered"):
        raise NotReadyError(f"none of {waiting} conflicts was answered yet")

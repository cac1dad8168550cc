"""`builder demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, page, show_json, talk

if TYPE_CHECKING:
    from datasets import DatasetDict

    from builder.config import Project

VERSION = "0.1.0"
SAMPLE = "annotations/articles/000_040910965fea3b52.txt"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(demo)


def demo(
    into: Annotated[
        Path | None,
        typer.Option(
            help="Where to work; a new or empty folder.  [default: a temporary folder]",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Walk the shipped project from articles to load_dataset.

    It needs no server and no account.

    Copies the starter project into a scratch folder and runs ingest, tasks,
    merge and release there, then loads the release and shows what came out.

    Example: `builder demo --into my-demo`
    """
    import os
    import tempfile

    from builder.commands.init import check_empty, copy_starter
    from builder.config import load_project

    folder = into or Path(tempfile.mkdtemp(prefix="builder-demo-"))
    check_empty(folder)
    copy_starter(folder, "schemas", "annotations", "builder.toml")
    # The scratch folder holds everything, so that deleting it leaves nothing behind.
    os.environ["HF_DATASETS_CACHE"] = str(folder / "build" / "cache")
    os.environ["HF_HUB_OFFLINE"] = "1"
    project = load_project(folder)
    for title, step in STEPS.items():
        talk().print(f"[bold]{title}[/bold]")
        _say(step(project))
    release = folder / "releases" / VERSION
    talk().print(f'[bold]load_dataset("{release}")[/bold]', soft_wrap=True)
    configs = _load(release)
    if as_json:
        show_json(_summary(release, configs))
        return
    _show(release, configs, project)


def _ingest(project: Project) -> str:
    from builder.commands.ingest import ingest_files

    corpus = ingest_files(project)
    dropped = ", ".join(f"{n['runs']} {reason}" for reason, n in corpus.dropped().items())
    return f"{corpus.documents} documents from {corpus.files} files; dropped: {dropped}"


def _tasks(project: Project) -> str:
    from builder.commands.tasks import write_tasks

    return f"{write_tasks(project).tasks} tasks and the labelling page, ready for Label Studio"


def _merge(project: Project) -> str:
    from builder.merge.project import merge_project

    counts = merge_project(project).counts()
    events = ", ".join(f"{n} {kind}" for kind, n in counts["events"].items())
    conflicts = sum(counts["conflicts"].values())
    return (
        f"{counts['annotators']} annotators agree on {events}; "
        f"{conflicts} conflicts stay open for a person to decide"
    )


def _release(project: Project) -> str:
    from builder.commands.release import agreement
    from builder.release.build import build_release
    from builder.release.conditions import Conditions
    from builder.schema import load_schema

    conditions = Conditions(agreement=agreement(load_schema(project.schemas)))
    built = build_release(project, VERSION, conditions=conditions)
    return f"{len(built.files)} files; gates passed: {', '.join(g.name for g in built.gates)}"


STEPS = {
    "builder ingest": _ingest,
    "builder tasks": _tasks,
    "builder merge": _merge,
    f"builder release {VERSION}": _release,
}


def _say(line: str) -> None:
    talk().print(f"    {line}", markup=False, soft_wrap=True)


def _load(release: Path) -> dict[str, DatasetDict]:
    import datasets

    datasets.disable_progress_bars()
    names = datasets.get_dataset_config_names(str(release))
    return {name: datasets.load_dataset(str(release), name) for name in names}


def _summary(release: Path, configs: dict[str, DatasetDict]) -> dict[str, Any]:
    counts = {
        name: {split: rows.num_rows for split, rows in config.items()}
        for name, config in configs.items()
    }
    return {"release": str(release), "rows": counts, "event": _fullest(configs)}


def _show(release: Path, configs: dict[str, DatasetDict], project: Project) -> None:
    from rich.table import Table

    splits = list(dict.fromkeys(split for config in configs.values() for split in config))
    table = Table("config", *splits, title="rows")
    for name, config in configs.items():
        table.add_row(name, *(str(config[s].num_rows) if s in config else "0" for s in splits))
    page().print(table)
    for document in (row for split in configs["documents"].values() for row in split):
        if document["source_file"] == SAMPLE:
            _show_document(document)
    event = _fullest(configs)
    if event:
        _show_event(event)
    for name, path in {
        "raw articles": project.raw_articles,
        "annotations": project.snapshots,
        "documents": project.documents,
        "tasks": project.build / "tasks.json",
        "merged": project.gold,
        "release": release,
    }.items():
        page().print(f"{name:>14}  {path}", soft_wrap=True, markup=False)


def _show_document(document: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("type", "trigger", "arguments", title=document["title"])
    for event in document["events"]:
        arguments = "\n".join(f"{a['role']}: {a['text']}" for a in event["arguments"])
        table.add_row(event["type"], event["trigger"]["text"], arguments, end_section=True)
    page().print(table)


def _fullest(configs: dict[str, DatasetDict]) -> dict[str, Any] | None:
    """Return the event of the sample with the most arguments, else of the corpus."""
    documents = [row for split in configs["documents"].values() for row in split]
    ranked = sorted(
        (document["source_file"] == SAMPLE, len(event["arguments"]), event["event_id"])
        for document in documents
        for event in document["events"]
    )
    wanted = ranked[-1][2] if ranked else None
    return next(
        (
            event
            for document in documents
            for event in document["events"]
            if event["event_id"] == wanted
        ),
        None,
    )


def _show_event(event: dict[str, Any]) -> None:
    from rich.table import Table

    trigger = event["trigger"]
    table = Table("", "value", "characters", "decided", title=f"one event in full: {event['type']}")
    table.add_row("event_id", event["event_id"], "", _support(event["support"]))
    place = f"{trigger['start']}..{trigger['end']}"
    table.add_row("trigger", trigger["text"], place, _support(event["trigger_support"]))
    for argument in event["arguments"]:
        parts = ", ".join(f"{part['start']}..{part['end']}" for part in argument["parts"])
        table.add_row(argument["role"], argument["text"], parts, _support(argument["support"]))
    for attribute in event["attributes"]:
        value = attribute["value"] if attribute["value"] is not None else "(undecided)"
        table.add_row(attribute["name"], value, "", _support(attribute["support"]))
    for link in event["links"]:
        table.add_row(link["name"], link["target"], "", _support(link["support"]))
    page().print(table)


def _support(support: dict[str, Any]) -> str:
    return f"{support['rule']} {support['votes']}/{support['voters']}"

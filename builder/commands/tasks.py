"""`builder tasks`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import DryRunOption, JsonOption, ProjectOption, show_json, talk

if TYPE_CHECKING:
    from builder.config import Project
    from builder.document import Document
    from builder.schema import Schema


@dataclass(frozen=True, slots=True)
class Written:
    """How many tasks there are, how many without suggestions, and what they were made of.

    `selected` counts the documents that were chosen, None where all are tasks;
    `gone` names those of them that are no longer there.
    """

    tasks: int
    blind: int
    documents: int
    selected: int | None = None
    gone: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Say in lines for people which documents became tasks."""
        if self.selected is None:
            return [f"all {self.documents} documents; {self.blind} without suggestions"]
        first = f"{self.tasks} of {self.documents} documents, those of build/selection.jsonl"
        lines = [f"{first}; {self.blind} without suggestions; --all takes all documents"]
        if self.gone:
            what = (
                "chosen documents are no longer there; choose again with `builder ingest --select"
            )
            lines.append(f"{len(self.gone)} {what} {self.selected}`: {', '.join(self.gone[:5])}")
        return lines


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(tasks)


def tasks(
    project: ProjectOption = Path(),
    everything: Annotated[
        bool,
        typer.Option("--all", help="Make tasks of all documents, also of those not chosen."),
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the tasks and the labelling page for Label Studio.

    They go into build/tasks.json and build/label_config.xml.

    Both can be imported by hand; `builder push` sends them. Where
    `builder ingest --select` chose documents, only they become tasks. With a
    studio.blind_share below 1 documents get suggested triggers, but for that
    share and for those that were chosen blind.

    Example: `builder tasks`
    """
    from dataclasses import asdict

    from builder.config import load_project

    loaded = load_project(project)
    done = write_tasks(loaded, everything=everything, dry_run=dry_run)
    folder = loaded.build
    if as_json:
        files = {"file": "build/tasks.json", "config": "build/label_config.xml"}
        show_json({**asdict(done), **files})
        return
    verb = "would write" if dry_run else "wrote"
    talk().print(f"{verb} {done.tasks} tasks and their labelling configuration into {folder}")
    for line in done.lines:
        talk().print(line, markup=False, soft_wrap=True)


def write_tasks(project: Project, *, everything: bool = False, dry_run: bool = False) -> Written:
    """Write the tasks and the labelling configuration of a project; return how many tasks.

    Where documents were chosen only they are taken, in the order of the choice.
    Raises DataError when the documents are missing, none of the chosen ones is
    there, or a task or the configuration does not pass the server's own rules.
    """
    import json

    from builder.articles.selection import read_selection
    from builder.document import Document
    from builder.errors import DataError, Problem
    from builder.files import read_records, write_text
    from builder.labelstudio.config import label_config
    from builder.labelstudio.tasks import validate_tasks
    from builder.schema import load_schema

    schema = load_schema(project.schemas)
    documents = read_records(project.documents, Document, made_by="builder ingest")
    selection = read_selection(project.selection)
    by_id = {document.doc_id: document for document in documents}
    names = list(by_id if everything or selection is None else selection)
    wanted = [by_id[name] for name in names if name in by_id]
    if names and not wanted:
        what = f"none of its {len(names)} documents is there; choose again, or use --all"
        raise DataError([Problem("build/selection.jsonl", what)])
    config = label_config(schema)
    blind = {name for name, chosen in (selection or {}).items() if chosen.blind}
    made = [_task(document, schema, project, blind=document.doc_id in blind) for document in wanted]
    validate_tasks(config, made)
    if not dry_run:
        write_text(project.build / "label_config.xml", config)
        content = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
        write_text(project.build / "tasks.json", content)
    return Written(
        tasks=len(made),
        blind=sum(task["data"]["blind"] for task in made),
        documents=len(documents),
        selected=None if everything or selection is None else len(selection),
        gone=tuple(name for name in names if name not in by_id),
    )


def _task(document: Document, schema: Schema, project: Project, *, blind: bool) -> dict[str, Any]:
    from builder.labelstudio.tasks import is_blind, task

    if blind or is_blind(document.doc_id, project.share("studio.blind_share")):
        return task(document, schema, suggestion=None)
    return task(document, schema, suggestion=_suggestion(document.text, schema))


def _suggestion(text: str, schema: Schema) -> dict[str, Any]:
    from builder.labelstudio.encode import result
    from builder.prelabel.rules import suggest, version

    return {
        "model_version": version(schema),
        "result": result(suggest(text, schema), text, schema),
    }

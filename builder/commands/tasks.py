"""`builder tasks`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from builder.commands.console import DryRunOption, JsonOption, ProjectOption, show_json, talk

if TYPE_CHECKING:
    from builder.config import Project
    from builder.schema import Schema


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(tasks)


def tasks(
    project: ProjectOption = Path(), dry_run: DryRunOption = False, as_json: JsonOption = False
) -> None:
    """Write the tasks and the labelling page for Label Studio.

    They go into build/tasks.json and build/label_config.xml.

    Both can be imported by hand; `builder push` sends them. With a
    studio.blind_share below 1 the other documents get suggested triggers.

    Example: `builder tasks`
    """
    from builder.config import load_project

    loaded = load_project(project)
    number = write_tasks(loaded, dry_run=dry_run)
    folder = loaded.build
    if as_json:
        show_json({"tasks": number, "file": "build/tasks.json", "config": "build/label_config.xml"})
        return
    verb = "would write" if dry_run else "wrote"
    talk().print(f"{verb} {number} tasks and their labelling configuration into {folder}")


def write_tasks(project: Project, *, dry_run: bool = False) -> int:
    """Write the tasks and the labelling configuration of a project; return how many tasks.

    Raises DataError when the documents are missing, or a task or the
    configuration does not pass the server's own rules.
    """
    import json

    from builder.document import Document
    from builder.files import read_records, write_text
    from builder.labelstudio.config import label_config
    from builder.labelstudio.tasks import is_blind, task, validate_tasks
    from builder.schema import load_schema

    schema = load_schema(project.schemas)
    documents = read_records(project.documents, Document, made_by="builder ingest")
    config = label_config(schema)
    share = project.share("studio.blind_share")
    made = [
        task(document, schema, suggestion=None)
        if is_blind(document.doc_id, share)
        else task(document, schema, suggestion=_suggestion(document.text, schema))
        for document in documents
    ]
    validate_tasks(config, made)
    if not dry_run:
        write_text(project.build / "label_config.xml", config)
        content = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
        write_text(project.build / "tasks.json", content)
    return len(made)


def _suggestion(text: str, schema: Schema) -> dict[str, Any]:
    from builder.labelstudio.encode import result
    from builder.prelabel.rules import suggest, version

    return {
        "model_version": version(schema),
        "result": result(suggest(text, schema), text, schema),
    }

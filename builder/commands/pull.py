"""`builder pull`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from builder.commands.console import JsonOption, ProjectOption, show_json, talk


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(pull)


def pull(
    project: ProjectOption = Path(),
    full: Annotated[
        bool,
        typer.Option("--full", help="Ask for all tasks, not only those changed since the last."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy all annotations, drafts and skips into a snapshot.

    There is no new one when nothing changed.

    Snapshots are only ever added, and each is whole; what the server no longer
    has is named in its manifest. They hold the annotators' e-mail addresses.

    Example: `builder pull`
    """
    import msgspec

    from builder.config import load_project
    from builder.labelstudio import pulling
    from builder.labelstudio.client import connect
    from builder.labelstudio.snapshot import current_snapshots, read_lines, write_snapshot

    loaded = load_project(project)
    folder = loaded.snapshots
    with connect(loaded) as client, talk().status(f"asking {client.url} for annotations"):
        pulled = pulling.pull(client, loaded.text("studio.title"), None if full else folder)
        path, new = write_snapshot(folder, pulled.tasks, pulled.source, pulled.unchanged)
    manifest = next(s.manifest for s in current_snapshots(folder) if s.path == path)
    nameless = pulling.nameless(read_lines(path))
    if as_json:
        facts = msgspec.to_builtins(manifest)
        show_json(
            {"path": str(path), "new": new, "asked": pulled.asked, "nameless": nameless, **facts}
        )
        return
    counts = ", ".join(f"{number} {kind}" for kind, number in manifest.annotations.items())
    say = talk()
    asked = "all" if pulled.asked is None else pulled.asked
    say.print(f"{manifest.tasks} tasks: {counts} (asked for {asked})")
    for number in nameless:
        page = f"{pulled.source.page}?task={number}"
        say.print(f"{page} has no doc_id: kept, but belongs to no document")
    for stone in manifest.gone if new else ():
        say.print(f"gone from the server: {stone.kind} {stone.name} of document {stone.doc_id}")
    say.print(f"{'wrote' if new else 'nothing changed since'} {path}", soft_wrap=True)

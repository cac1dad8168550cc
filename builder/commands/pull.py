"""`builder pull`."""

from __future__ import annotations

from pathlib import Path

import typer

from builder.commands.console import JsonOption, ProjectOption, show_json, talk


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(pull)


def pull(project: ProjectOption = Path(), as_json: JsonOption = False) -> None:
    """Copy all annotations, drafts and skips into a new snapshot; none when nothing changed.

    Snapshots are only ever added. They hold the annotators' e-mail addresses.

    Example: `builder pull`
    """
    import msgspec

    from builder.config import load_project
    from builder.labelstudio import pulling
    from builder.labelstudio.client import connect
    from builder.labelstudio.snapshot import current_snapshots, write_snapshot

    loaded = load_project(project)
    with connect(loaded) as client, talk().status(f"exporting all annotations of {client.url}"):
        tasks, source = pulling.pull(client, loaded.text("studio.title"))
    path, new = write_snapshot(loaded.snapshots, tasks, source)
    manifest = next(s.manifest for s in current_snapshots(loaded.snapshots) if s.path == path)
    nameless = pulling.nameless(tasks)
    if as_json:
        facts = msgspec.to_builtins(manifest)
        show_json({"path": str(path), "new": new, "nameless": nameless, **facts})
        return
    counts = ", ".join(f"{number} {kind}" for kind, number in manifest.annotations.items())
    say = talk()
    say.print(f"{manifest.tasks} tasks: {counts}")
    for number in nameless:
        say.print(f"{source.page}?task={number} has no doc_id: kept, but belongs to no document")
    say.print(f"{'wrote' if new else 'nothing changed since'} {path}", soft_wrap=True)

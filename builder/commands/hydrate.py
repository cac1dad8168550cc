"""`builder hydrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(hydrate)


def hydrate(
    release: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="The folder of a release.")
    ],
    articles: Annotated[
        list[Path],
        typer.Argument(exists=True, help="Your own copies: files, or folders of them."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", file_okay=False, help="A new folder for the release with its texts."),
    ],
    project: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Put the texts back into a release from your own copies.

    The copies are cleaned as `builder ingest` does; each text is proven by its
    hash. Documents without such a text are left out and named, and make the
    exit code 3; all others are written.

    Example: `builder hydrate releases/0.1.0 my-articles --out hydrated/0.1.0`
    """
    from dataclasses import asdict

    from builder.articles.search import find_files
    from builder.config import load_project
    from builder.errors import DataError
    from builder.release.hydrate import REASONS
    from builder.release.hydrate import hydrate as put_back

    loaded = load_project(project)
    files, _ = find_files([str(path) for path in articles], loaded.root)
    done = put_back(release, files, out, loaded)
    if as_json:
        show_json({**asdict(done), "path": str(done.path), "left_out": done.reasons()})
    else:
        line = f"{done.filled} documents have their text again, {done.full} had it all along"
        page().print(f"{line}; wrote {done.path}", markup=False, soft_wrap=True)
        for reason, count in done.reasons().items():
            what = f"left out, {reason}: {count} ({REASONS[reason]})"
            page().print(what, markup=False, soft_wrap=True)
    if done.missing:
        hint = f"{len(done.missing)} documents are left out of {out}; all others are there"
        raise DataError([missing.problem for missing in done.missing], hint=hint)

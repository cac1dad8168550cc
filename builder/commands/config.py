"""`builder config`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(config)


def config(
    project: ProjectOption = Path(),
    origin: Annotated[
        bool, typer.Option("--origin", help="Say where each value came from.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the settings in force and where they came from.

    In this order: flag, environment, builder.toml, default.

    Example: `builder config --origin`
    """
    from builder.config import load_project

    loaded = load_project(project)
    if as_json:
        show_json({k: {"value": v, "origin": loaded.origins[k]} for k, v in loaded.values.items()})
        return
    for key, value in loaded.values.items():
        page().print(f"{key} = {value!r}" + (f"   ({loaded.origins[key]})" if origin else ""))

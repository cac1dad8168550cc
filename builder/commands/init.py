"""`builder init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from builder.commands.console import talk


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", file_okay=False)],
) -> None:
    """Make a new project folder.

    It gets settings, the shipped schemas and a place for articles.

    Example: `builder init my-events`
    """
    from builder.files import write_text

    check_empty(folder)
    copy_starter(folder, "schemas")
    for name in ("articles", "snapshots", "decisions"):
        (folder / "annotations" / name).mkdir(parents=True)
    write_text(folder / "builder.toml", settings_template())
    write_text(folder / ".gitignore", "build/\nreleases/\n.studio/\n")
    talk().print(f"made {folder}; put articles into {folder}/annotations/articles, then run")
    talk().print(f"    builder ingest -C {folder}", markup=False)


def check_empty(folder: Path) -> None:
    """Refuse a folder that holds something; nobody's files are overwritten."""
    from builder.errors import Problem, UsageError

    if folder.exists() and any(folder.iterdir()):
        what = "is not empty; name a new folder, so that nothing of yours is overwritten"
        raise UsageError([Problem(str(folder), what)])


def copy_starter(folder: Path, *names: str) -> None:
    """Copy parts of the shipped project into a folder."""
    import shutil

    from builder.config import shipped_project

    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        source = shipped_project() / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / name)


def settings_template() -> str:
    """Return a builder.toml with every setting, its meaning and its default, commented out.

    >>> print(settings_template().splitlines()[3])
    # name = "events"  # names the dataset; letters, digits, - and _
    """
    import json

    from builder.config import SETTINGS

    lines = ["# What people decided. Remove a leading # to change a default.", ""]
    section = ""
    for setting in SETTINGS.values():
        header, _, name = setting.key.partition(".")
        if header != section:
            lines += [""] * bool(section) + [f"[{header}]"]
            section = header
        lines.append(f"# {name} = {json.dumps(setting.default)}  # {setting.meaning}")
    lines += ["", "# [[articles]]  # what is known about raw files, by name"]
    lines += [
        '# match = "*.txt"',
        '# license = "..."',
        '# country = "IN"  # settles what IST means',
    ]
    return "\n".join(lines) + "\n"

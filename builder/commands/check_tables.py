"""`builder check --tables`: what annotators marked, as Parquet for pandas, Polars, DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.commands.console import page, show_json, talk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from builder.config import Project
    from builder.labelstudio.export import Extracted


def snapshot_files(project: Project) -> list[Path]:
    """Return the project's newest snapshots; raises NotReadyError when nothing was pulled yet."""
    from builder.errors import NotReadyError
    from builder.labelstudio.snapshot import current_snapshots

    found = [snapshot.path for snapshot in current_snapshots(project.snapshots)]
    if not found:
        raise NotReadyError(
            "there is no snapshot to make tables of", hint="`builder pull` makes one."
        )
    return found


def write_check_tables(
    files: Sequence[Path], folder: Path, project: Project, *, as_json: bool
) -> None:
    """Write the tables of each file, and say how many rows they have and what is wrong with them.

    Those of several files are in folders of the files' names. Annotators have
    the names that they have in a release.
    """
    from builder.labelstudio.export import write_tables
    from builder.pseudonym import pseudonym

    name = project.text("project.name")
    found: dict[Path, tuple[Path, Extracted]] = {}
    for path, into in _places(files, folder).items():
        into.mkdir(parents=True, exist_ok=True)
        with talk().status(f"reading {path.name}"):
            found[path] = into, write_tables(path, into, lambda who: pseudonym(who, name))
    if as_json:
        show_json({str(path): _facts(*made) for path, made in found.items()})
        return
    for path, (into, one) in found.items():
        _show(path, into, one)


def _places(files: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return where the tables of each file go."""
    from builder.errors import Problem, UsageError

    if len(files) == 1:
        return {files[0]: folder}
    places: dict[Path, Path] = {}
    taken: dict[str, Path] = {}
    problems = []
    for path in files:
        name = path.name.partition(".")[0]
        first = taken.setdefault(name.lower(), path)
        if first != path:
            what = f"would share the folder {name!r} with {first}; write it into a DIR of its own"
            problems.append(Problem(str(path), what))
        places[path] = folder / name
    if problems:
        raise UsageError(problems)
    return places


def _facts(into: Path, one: Extracted) -> dict[str, object]:
    return {
        "folder": str(into),
        "tasks": one.tasks,
        "rows": dict(one.rows),
        "problems": dict(sorted(one.problems.items())),
    }


def _show(path: Path, into: Path, one: Extracted) -> None:
    from builder.labelstudio.tables import TABLES

    page().print(f"{path}: {one.tasks} tasks", markup=False, soft_wrap=True)
    for kind in TABLES:
        page().print(
            f"  {into / kind}.parquet: {one.rows[kind]} rows", markup=False, soft_wrap=True
        )
    shown = ", ".join(f"{number} {kind}" for kind, number in sorted(one.problems.items()))
    page().print(f"  problems: {shown or 'none'}", markup=False, soft_wrap=True)

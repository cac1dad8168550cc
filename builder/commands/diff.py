"""`builder diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json

if TYPE_CHECKING:
    from builder.config import Project
    from builder.release.versions.difference import Difference, EntryChange

SUFFIX = ".jsonl.zst"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(diff)


def diff(
    old: Annotated[str, typer.Argument(help="A release or a snapshot: version, name or path.")],
    new: Annotated[str, typer.Argument(help="Another of the same kind.")],
    project: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Compare two releases, or two snapshots, event by event.

    Lines begin with + for new, - for gone, ~ for not the same, > for a document
    in another split. The JSON holds everything: applied to the older one it
    gives the newer.

    Example: `builder diff 0.1.0 0.2.0`
    """
    from builder.config import load_project

    loaded = load_project(project)
    paths = [find(name, loaded) for name in (old, new)]
    _check_kinds(paths)
    found, facts = _releases(*paths) if paths[0].is_dir() else _snapshots(loaded, *paths)
    if as_json:
        show_json({"old": str(paths[0]), "new": str(paths[1]), **facts, **_facts(found)})
        return
    _show(found, facts)


def find(name: str, project: Project) -> Path:
    """Return the release or snapshot of this name; raises UsageError that lists all there are."""
    from builder.errors import Problem, UsageError, did_you_mean

    folders = (project.root / "releases", project.snapshots)
    tries = [Path(name), *(folder / name for folder in folders)]
    tries += [project.snapshots / f"{name}{SUFFIX}"]
    for path in tries:
        if (path / "manifest.json").is_file() or (path.is_file() and path.name.endswith(SUFFIX)):
            return path
    known = sorted(path.name for path in folders[0].glob("*")) if folders[0].is_dir() else []
    known += sorted(path.name.removesuffix(SUFFIX) for path in folders[1].glob(f"*{SUFFIX}"))
    what = f"is no release and no snapshot; {did_you_mean(name, known)}"
    raise UsageError([Problem(name, what)])


def _check_kinds(paths: list[Path]) -> None:
    from builder.errors import UsageError

    kinds = ["release" if path.is_dir() else "snapshot" for path in paths]
    if kinds[0] != kinds[1]:
        raise UsageError(f"{paths[0]} is a {kinds[0]}, {paths[1]} a {kinds[1]}; compare two alike")


def _releases(old: Path, new: Path) -> tuple[Difference, dict[str, Any]]:
    """Return the difference, and the bump that it demands, with the schema's part in it."""
    from dataclasses import asdict

    from builder.release.manifest import read_manifest
    from builder.release.versions.number import version
    from builder.release.versions.succession import succession

    found = succession((version(read_manifest(old).version), old), new)
    schema = [asdict(change) for change in found.shape]
    return found.difference, {"least_bump": found.level, "schema": schema}


def _snapshots(project: Project, old: Path, new: Path) -> tuple[Difference, dict[str, Any]]:
    from builder.release.versions.difference import difference
    from builder.release.versions.state import SnapshotState
    from builder.schema import load_schema

    schema, name = load_schema(project.schemas), project.text("project.name")
    return difference(*(SnapshotState(path, schema, name) for path in (old, new))), {}


def _facts(found: Difference) -> dict[str, Any]:
    from dataclasses import asdict

    from builder.commands.console import Each
    from builder.release.versions.wording import counts

    def change(one: EntryChange) -> dict[str, Any]:
        facts = {"key": one.key, **asdict(one)}
        del facts["before"]
        return facts

    return {
        "counts": counts(found),
        "added": Each(found.added, asdict),
        "removed": Each(found.removed, asdict),
        "changed": Each(found.changed, change),
    }


def _show(found: Difference, facts: dict[str, Any]) -> None:
    from builder.release.versions.wording import counts, lines

    for line in lines(found):
        page().print(line, markup=False, soft_wrap=True)
    for change in facts.get("schema", ()):
        page().print(f"~ schema ({change['level']}): {change['what']}", markup=False)
    told = [
        f"{what} {kind} {number}"
        for what, by_kind in counts(found).items()
        for kind, number in by_kind.items()
        if number
    ]
    page().print("; ".join(told) or "no difference", markup=False, soft_wrap=True)
    if facts:
        page().print(f"least bump: {facts['least_bump']}")

"""`builder verify`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json, talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.config import Project
    from builder.release.manifest import Manifest


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(verify)


def verify(
    release: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="The folder of a release.")
    ],
    project: ProjectOption = Path(),
    files_only: Annotated[
        bool,
        typer.Option("--files-only", help="Compare the files with the manifest; rebuild nothing."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Rebuild a release from its inputs; compare every byte.

    The articles, snapshots, decisions and settings of the project have to be
    those that the release was made from; `build/` is not read. What differs is
    named by file, row and column, and makes the exit code 3.

    Example: `builder verify releases/0.1.0`
    """
    import os
    import tempfile

    from builder.config import load_project
    from builder.errors import DataError
    from builder.release.manifest import read_manifest
    from builder.release.verify import altered_files, differences

    manifest = read_manifest(release)
    found, others = altered_files(release, manifest), {}
    if not files_only:
        loaded = load_project(project)
        _check_ready(loaded, manifest, release)
        others = _other_versions(manifest)
        with tempfile.TemporaryDirectory(prefix="builder-verify-") as folder:
            os.environ["HF_HUB_OFFLINE"] = "1"
            rebuilt = _rebuilt(loaded, manifest, release, Path(folder))
            found += differences(release, rebuilt, rows_only=bool(others))
    if as_json and not found:
        show_json({"version": manifest.version, "files": len(manifest.files), "others": others})
    if found:
        raise DataError(found, hint=f"{release} is not what its inputs give")
    if not as_json:
        page().print(_verdict(release, manifest, rebuilt=not files_only, others=others))


def _check_ready(project: Project, manifest: Manifest, release: Path) -> None:
    import os

    from builder.errors import DataError, Problem, UsageError
    from builder.pseudonym import KEY
    from builder.release.verify import changed_inputs, changed_previous
    from builder.schema import load_schema

    if "hydrated" in manifest.content:
        what = "is hydrated; verify the release it was made from, or use --files-only"
        raise UsageError([Problem(str(release), what)])
    if bool(os.environ.get(KEY)) != bool(manifest.made["keyed"]):
        have = "was made with a key" if manifest.made["keyed"] else "was made without a key"
        what = "set it to the same" if manifest.made["keyed"] else "unset it"
        raise UsageError(f"{KEY}: the release {have} for pseudonyms; {what} and verify again")
    changed = changed_inputs(project, manifest) + changed_previous(release, manifest)
    if load_schema(project.schemas).digest != manifest.made["schema_digest"]:
        changed.append(Problem("schemas", "are not as they were when the release was made"))
    if changed:
        raise DataError(changed, hint="a rebuild from other inputs would say nothing")


def _other_versions(manifest: Manifest) -> dict[str, tuple[str, str]]:
    from importlib.metadata import version

    import pyarrow as pa

    from builder import __version__
    from builder.release.verify import other_versions

    here = {"builder": __version__, "pyarrow": pa.__version__, "sentencex": version("sentencex")}
    others = other_versions(manifest, here)
    for name, (then, now) in others.items():
        what = f"made with {name} {then}, here is {now}: rows are compared, not bytes"
        talk().print(what, markup=False, soft_wrap=True)
    return others


def _rebuilt(project: Project, manifest: Manifest, release: Path, folder: Path) -> Path:
    """Walk the path again from raw articles to release, in a folder of its own."""
    from builder.commands.ingest import ingest_files
    from builder.config import load_project
    from builder.merge.project import merge_project
    from builder.release.build import build_release
    from builder.release.conditions import Conditions

    _copy_inputs(project, manifest, release, folder)
    # How documents were split may have been said on the command line.
    scratch = load_project(folder, {"splits.by": manifest.content["splits"]["by"]})
    paths = [str(folder / entry["path"]) for entry in manifest.made["articles"]]
    with _at(manifest.made["date"]):
        ingest_files(scratch, paths)
        merge_project(scratch)
        conditions = Conditions(
            allow=manifest.content["allowed"],
            # It was measured when the release was made, and is not among its inputs.
            agreement=lambda _: manifest.agreement,
        )
        return build_release(scratch, manifest.version, conditions=conditions).path


def _copy_inputs(project: Project, manifest: Manifest, release: Path, folder: Path) -> None:
    import shutil

    from builder.release.versions.number import version
    from builder.release.versions.succession import releases

    for name in [*manifest.inputs(), *manifest.snapshot_data()]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (project.root / name).exists():  # reading a snapshot says what it lacks
            shutil.copyfile(project.root / name, target)
    shutil.copytree(project.schemas, folder / "schemas")
    # Documents keep the split that an earlier release gave them.
    (folder / "releases").mkdir()
    for number, other in releases(release.resolve().parent).items():
        if number < version(manifest.version):
            (folder / "releases" / other.name).symlink_to(other, target_is_directory=True)


@contextlib.contextmanager
def _at(date: str | None) -> Iterator[None]:
    """Let SOURCE_DATE_EPOCH be the release's date, so that it is rebuilt on any day."""
    import os
    from datetime import datetime

    before = os.environ.pop("SOURCE_DATE_EPOCH", None)
    if date:
        os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime.fromisoformat(date).timestamp()))
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH", None)
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _verdict(release: Path, manifest: Manifest, *, rebuilt: bool, others: object) -> str:
    name = f"{manifest.name} {manifest.version}"
    if not rebuilt:
        return f"{name}: {len(manifest.files)} files are as {release / 'manifest.json'} says"
    what = "hold the same rows as" if others else "are byte for byte"
    return f"{name}: {len(manifest.files) + 1} files {what} a rebuild from the recorded inputs"

"""Whether a release is what its inputs give: files against the manifest, rows against a rebuild."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from builder.errors import Problem, Problems
from builder.files import file_sha256
from builder.release.folder import files
from builder.release.manifest import MANIFEST
from builder.release.versions.state import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from builder.config import Project
    from builder.release.manifest import Manifest

MADE_WITH = ("builder", "pyarrow", "sentencex")
"""The versions that may change bytes."""
DERIVED = ("README.md", MANIFEST, "croissant.json")
"""Files that quote hashes or versions, so that they differ whenever either does."""
_SHOWN = 20
_LONG = 120


def altered_files(release: Path, manifest: Manifest) -> list[Problem]:
    """Return every file of a release that is not as the manifest says."""
    problems = Problems()
    there = set(files(release)) - {MANIFEST}
    for name in sorted(there | set(manifest.files)):
        if name not in there:
            problems.add(name, "is missing; the manifest lists it")
        elif name not in manifest.files:
            problems.add(name, "is not in the manifest; nobody built it")
        elif file_sha256(release / name) != manifest.files[name]:
            problems.add(name, "was altered: its SHA-256 is not the manifest's")
    return problems.found


def changed_inputs(project: Project, manifest: Manifest) -> list[Problem]:
    """Return every recorded input that the project does not have as it was."""
    problems = Problems()
    for name, sha256 in manifest.inputs().items():
        path = project.root / name
        if not path.is_file():
            problems.add(name, "is not in the project; the release was made from it")
        elif file_sha256(path) != sha256:
            what = "is not as it was when the release was made; check out the commit it is from"
            problems.add(name, what)
    return problems.found


def changed_previous(release: Path, manifest: Manifest) -> list[Problem]:
    """Return what is wrong with the release before, which fixes the splits of known documents."""
    if not manifest.previous:
        return []
    version = manifest.previous["version"]
    path = release.resolve().parent / version / MANIFEST
    if not path.is_file():
        return [Problem(f"{version}/{MANIFEST}", "is missing; put the release before beside it")]
    if file_sha256(path) != manifest.previous["manifest_sha256"]:
        return [Problem(f"{version}/{MANIFEST}", "is not the one that this release followed")]
    return []


def other_versions(manifest: Manifest, here: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what was of another version when the release was made: then and now."""
    then = {name: str(manifest.made.get(name)) for name in MADE_WITH}
    return {name: (then[name], here[name]) for name in MADE_WITH if then[name] != here[name]}


def differences(release: Path, rebuilt: Path, *, rows_only: bool = False) -> list[Problem]:
    """Return every file that differs between two folders, Parquet with row and column.

    With `rows_only` a Parquet file of other bytes and the same rows is no
    difference, and files that quote hashes are passed over.
    """
    problems = Problems()
    ours, theirs = set(files(release)), set(files(rebuilt))
    for name in sorted(ours | theirs):
        if name in theirs and name not in ours:
            problems.add(name, "is missing; the rebuild has it")
        elif name not in theirs:
            problems.add(name, "is not in the rebuild")
        elif file_sha256(release / name) != file_sha256(rebuilt / name):
            found = list(_inside(release, rebuilt, name))
            if not found and not rows_only:
                found = [Problem(name, "has the rows of the rebuild in other bytes")]
            problems.found += [] if rows_only and name in DERIVED else found
    return problems.found


def _inside(release: Path, rebuilt: Path, name: str) -> Iterator[Problem]:
    if not name.endswith(".parquet"):
        yield Problem(name, _first_line(release / name, rebuilt / name))
        return
    count = 0
    try:
        for count, (number, what) in enumerate(_rows(release / name, rebuilt / name), start=1):
            if count <= _SHOWN:
                yield Problem(f"{name}, row {number}", what)
    except pa.ArrowException as error:
        yield Problem(name, f"cannot be read: {error}")
    if count > _SHOWN:
        yield Problem(name, f"differs in {count - _SHOWN} more rows")


def _rows(ours: Path, theirs: Path) -> Iterator[tuple[int, str]]:
    """Give the rows that differ, by number; one row of each file is looked at at a time."""
    for number, (row, wanted) in enumerate(zip_longest(rows(ours), rows(theirs)), start=1):
        if row is None:
            yield number, "is missing; the rebuild has it"
        elif wanted is None:
            yield number, "is not in the rebuild"
        elif row != wanted:
            key = next(iter(row))
            columns = [c for c in {**wanted, **row} if row.get(c) != wanted.get(c)]
            what = "; ".join(
                f"{c} is {_short(row.get(c))}, rebuilt {_short(wanted.get(c))}" for c in columns
            )
            yield number, f"{key} {row[key]}: {what}"


def _first_line(ours: Path, theirs: Path) -> str:
    pairs = zip(ours.read_bytes().splitlines(), theirs.read_bytes().splitlines(), strict=False)
    for number, (mine, other) in enumerate(pairs, start=1):
        if mine != other:
            shown = (_short(line.decode("utf-8", "replace")) for line in (mine, other))
            return "line {} is {}, rebuilt {}".format(number, *shown)
    return "is longer or shorter than in the rebuild"


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONG else f"{shown[:_LONG]}..."

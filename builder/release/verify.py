"""Whether a release is what its inputs give: files against the manifest, rows against a rebuild."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.errors import DataError, Problem, Problems
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from builder.config import Project

MANIFEST = "manifest.json"
MADE_WITH = ("builder", "pyarrow", "sentencex")
"""The versions that may change bytes."""
DERIVED = ("README.md", MANIFEST, "croissant.json")
"""Files that quote hashes or versions, so that they differ whenever either does."""
_SHOWN = 20
_LONG = 120


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release says about itself: name, version, what it was made from, its files."""

    name: str
    version: str
    made: dict[str, Any]
    files: dict[str, str]
    content: dict[str, Any]

    def inputs(self) -> dict[str, str]:
        """Return the SHA-256 of every file of the project that has to be the same for a rebuild."""
        kinds = ("articles", "snapshots", "decisions")
        listed = [entry for kind in kinds for entry in self.made[kind]]
        listed += [self.made["settings"]] if self.made["settings"] else []
        return {entry["path"]: entry["sha256"] for entry in listed}

    def snapshot_data(self) -> list[str]:
        """Return the files that the recorded snapshots' manifests stand for."""
        names = [entry["path"] for entry in self.made["snapshots"]]
        return [name.removesuffix(".json") + ".jsonl.zst" for name in names]


def read_manifest(release: Path) -> Manifest:
    """Read a release's manifest; raises DataError when there is none that can be read."""
    path = release / MANIFEST
    try:
        content = json.loads(path.read_text("utf-8"))
        files = {entry["path"]: entry["sha256"] for entry in content["files"]}
        return Manifest(content["name"], content["version"], content["made"], files, content)
    except FileNotFoundError as error:
        what = "is missing; give the folder of a release, as in releases/0.1.0"
        raise DataError([Problem(str(path), what)]) from error
    except (ValueError, KeyError, TypeError) as error:
        what = f"cannot be read ({error!r}); take the release from where it was published"
        raise DataError([Problem(str(path), what)]) from error


def altered_files(release: Path, manifest: Manifest) -> list[Problem]:
    """Return every file of a release that is not as the manifest says."""
    problems = Problems()
    there = set(tree(release)) - {MANIFEST}
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
    ours, theirs = tree(release), tree(rebuilt)
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


def tree(folder: Path) -> set[str]:
    """Return the paths of all files below a folder, relative to it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files}


def _inside(release: Path, rebuilt: Path, name: str) -> Iterator[Problem]:
    if not name.endswith(".parquet"):
        yield Problem(name, _first_line(release / name, rebuilt / name))
        return
    try:
        found = list(_rows(release / name, rebuilt / name))
    except pa.ArrowException as error:
        yield Problem(name, f"cannot be read: {error}")
        return
    for number, what in found[:_SHOWN]:
        yield Problem(f"{name}, row {number}", what)
    if len(found) > _SHOWN:
        yield Problem(name, f"differs in {len(found) - _SHOWN} more rows")


def _rows(ours: Path, theirs: Path) -> Iterator[tuple[int, str]]:
    mine, other = pq.read_table(ours).to_pylist(), pq.read_table(theirs).to_pylist()
    for number, (row, wanted) in enumerate(zip(mine, other, strict=False), start=1):
        if row != wanted:
            key = next(iter(row))
            columns = [c for c in {**wanted, **row} if row.get(c) != wanted.get(c)]
            what = "; ".join(
                f"{c} is {_short(row.get(c))}, rebuilt {_short(wanted.get(c))}" for c in columns
            )
            yield number, f"{key} {row[key]}: {what}"
    for number in range(len(other) + 1, len(mine) + 1):
        yield number, "is not in the rebuild"
    for number in range(len(mine) + 1, len(other) + 1):
        yield number, "is missing; the rebuild has it"


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

"""Which raw files to read: what paths, folders and globs name."""

from __future__ import annotations

import glob
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from builder.articles import READERS, file_name, unknown_format
from builder.articles.reading import Rejected
from builder.errors import Problems, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STATE = "state.json"
_SAVED = frozenset({_STATE, "dataset_info.json", "dataset_infos.json", "dataset_dict.json"})
"""What `datasets` writes beside the rows of a dataset."""


def find_files(paths: Sequence[str], root: Path) -> tuple[list[Path], list[Rejected]]:
    """Return the files that `paths` (files, folders, globs) name, each once, and what is skipped.

    In a folder hidden files and READMEs are passed over, files of other formats
    and what a saved dataset has beside its rows are skipped; a file that is
    named is read or refused. Raises UsageError for every path that names nothing.
    """
    problems = Problems()
    found: dict[str, Path] = {}
    skipped: dict[str, Rejected] = {}
    for given in paths:
        matches = _matches(given)
        if not matches:
            known = ", ".join(READERS)
            problems.add(given, f"names no file; give a file, a folder or a glob of {known} files")
        for path in matches:
            for file in sorted(_inside(path)) if path.is_dir() else [path]:
                refused = _skipped(file, root) if path.is_dir() else None
                if refused:
                    skipped[refused.file] = refused
                else:
                    found.setdefault(os.path.abspath(file), file)  # noqa: PTH100 - keeps links
    problems.raise_if_any(UsageError)
    return list(found.values()), list(skipped.values())


def _skipped(file: Path, root: Path) -> Rejected | None:
    name = file_name(file, root)
    if file.name in _SAVED:
        return Rejected(name, None, "dataset_metadata", "tells of a saved dataset; it has no row")
    if file.suffix.lower() not in READERS:
        return Rejected(name, None, "unknown_format", unknown_format(file))
    rows = _data_files(file.parent / _STATE) if file.suffix.lower() == ".arrow" else None
    if rows is not None and file.name not in rows:
        what = f"is not among the files with rows that {_STATE} names, but a cache or a remainder"
        return Rejected(name, None, "dataset_cache", what)
    return None


def _data_files(state: Path) -> set[str] | None:
    """Return the names of the files that hold a saved dataset's rows; None when none says so."""
    try:
        return {entry["filename"] for entry in json.loads(state.read_bytes())["_data_files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _matches(given: str) -> list[Path]:
    path = Path(given)
    if path.exists():
        return [path]
    return [Path(name) for name in sorted(glob.glob(given, recursive=True))]  # noqa: PTH207 - a pattern may be absolute


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and not path.name.upper().startswith("README"):
            yield path

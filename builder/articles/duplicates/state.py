"""An index on disk, so that the next run adds only what is new."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.articles.duplicates.index import Index
from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from builder.articles.duplicates.link import Rule

    Column = NDArray[np.generic]

_BY_ROW = ("postings.keys", "postings.places")
"""Columns that only grow: the rows of the main segment are in the large file."""


def save_index(path: Path, index: Index) -> None:
    """Write an index as two whole files; the large one, beside `path`, only when it is another.

    What a new text adds is in the small one until the index rewrites its main segment.
    """
    postings = index.postings
    about = {"made_by": _signature(index.rule), "edition": postings.edition}
    large, small = {}, index.columns()
    at = len(postings.main.posted)
    for name in [*small]:
        if name.startswith("main."):
            large[name] = small.pop(name)
        elif name in _BY_ROW:
            large[name], small[name] = small[name][:at], small[name][at:]
    if not _holds(_base(path), about):
        _write(_base(path), about, large)
    _write(path, about | {"ids": index.ids}, small)


def load_index(path: Path | None, rule: Rule, wanted: Collection[str]) -> Index:
    """Return the index at `path` if it holds wanted texts only, else an empty one.

    An index that another rule or another version of the code made, that was cut,
    or that holds a text which is gone, is of no use.
    """
    index = Index(rule)
    if path is None:
        return index
    try:
        about, small = _read(path)
        if about["made_by"] != _signature(rule) or not set(about["ids"]) <= set(wanted):
            return index
        base, columns = _read(_base(path))
        if any(about[name] != value for name, value in base.items() if name != "columns"):
            return index
    except (OSError, ValueError, KeyError, EOFError):
        return index
    for name in _BY_ROW:
        small[name] = np.concatenate((columns[name], small[name]))
    index.postings.edition = about["edition"]
    index.ids = about["ids"]
    index.restore(columns | small)
    return index


def _base(path: Path) -> Path:
    return path.with_name(f"{path.name}.base")


def _write(path: Path, about: Mapping[str, Any], columns: Mapping[str, Column]) -> None:
    head = json.dumps({**about, "columns": list(columns)}).encode()
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        # One array after the other: an archive would add up checksums of all of it.
        for array in (np.frombuffer(head, np.uint8), *columns.values()):
            np.save(stream, array, allow_pickle=False)


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Column]]:
    with path.open("rb") as stream:
        about = json.loads(np.load(stream, allow_pickle=False).tobytes())
        return about, {name: np.load(stream, allow_pickle=False) for name in about["columns"]}


def _holds(path: Path, about: Mapping[str, str]) -> bool:
    """Tell whether a file of arrays begins with this description."""
    try:
        with path.open("rb") as stream:
            found = json.loads(np.load(stream, allow_pickle=False).tobytes())
    except (OSError, ValueError, EOFError):
        return False
    return all(found.get(name) == value for name, value in about.items())


def _signature(rule: Rule) -> str:
    digest = hashlib.sha256(repr(astuple(rule)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()

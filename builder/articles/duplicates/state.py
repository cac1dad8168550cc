"""An index on disk, so that the next run adds only what is new."""

from __future__ import annotations

import hashlib
import time
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from builder.articles.duplicates.arrays import read_arrays, write_arrays
from builder.articles.duplicates.index import Index

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from builder.articles.duplicates.link import Rule

_LARGE = "main."
_LEFT = 60 * 60
"""Seconds after which a file that was never finished is left by a run that was killed."""


class Loaded(NamedTuple):
    """An index, and why the one on disk was not it, if there was one."""

    found: Index
    why: str | None


def save_index(path: Path, index: Index) -> None:
    """Write an index as two whole files; the large one, beside `path`, only when it is another.

    What a new text adds is in the small one until the index rewrites its main
    segment. The small one names the large one, which is there first and is
    never changed: a run that is killed leaves the index as it was.
    """
    columns = index.columns()
    large = {name: columns.pop(name) for name in [*columns] if name.startswith(_LARGE)}
    about: dict[str, Any] = {"made_by": _signature(index.rule), "edition": index.postings.edition}
    base = _base(path, about["edition"])
    if not base.exists():
        write_arrays(base, about, large, summed=False)
    columns["ids"] = np.frombuffer(msgspec.json.encode(index.ids), np.uint8)
    write_arrays(path, about, columns, summed=True)
    _sweep(path, base)


def load_index(path: Path | None, rule: Rule, wanted: Collection[str]) -> Loaded:
    """Return the index at `path` if it holds wanted texts only, else an empty one and why.

    An index that another rule or another version of the code made, that was
    cut, or that holds a text which is gone, is of no use.
    """
    if path is None or not path.exists():
        return Loaded(Index(rule), None)
    try:
        return Loaded(_read(path, rule, wanted), None)
    except (OSError, ValueError) as error:
        return Loaded(Index(rule), str(error))


def _read(path: Path, rule: Rule, wanted: Collection[str]) -> Index:
    about, columns = _arrays(path)
    if about.get("made_by") != _signature(rule):
        raise ValueError(f"{path.name} is of another rule or version of this tool")
    ids = msgspec.json.decode(columns.pop("ids").data, type=list[str])
    if not set(wanted).issuperset(ids):
        raise ValueError(f"{path.name} has {len({*ids} - {*wanted}):,} texts that are gone")
    base = _base(path, about["edition"])
    if not base.exists():
        raise ValueError(f"{base.name} is missing, which {path.name} goes with")
    large_about, large = _arrays(base)
    if large_about != about:
        raise ValueError(f"{base.name} is not what {path.name} goes with")
    index = Index(rule)
    index.ids, index.postings.edition = ids, about["edition"]
    index.restore(large | columns)
    return index


def _arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    try:
        return read_arrays(path)
    except ValueError as error:
        raise ValueError(f"{path.name} {error}") from error


def _base(path: Path, edition: str) -> Path:
    return path.with_name(f"{path.stem}.{edition}.base")


def _sweep(path: Path, base: Path) -> None:
    """Delete the large files of older editions, and what killed runs did not finish."""
    for old in path.parent.glob(f"{path.stem}.*base"):
        if old != base:
            old.unlink(missing_ok=True)
    for left in path.parent.glob(f".{path.stem}.*"):
        if left.stat().st_mtime < time.time() - _LEFT:
            left.unlink(missing_ok=True)


def _signature(rule: Rule) -> str:
    digest = hashlib.sha256(repr(astuple(rule)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()

"""An index on disk, so that the next run adds only what is new."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from builder.articles.duplicates.index import Index
from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Collection

    from builder.articles.duplicates.link import Rule


def save_index(path: Path, index: Index) -> None:
    """Write an index as a whole file."""
    columns = index.columns()
    about = {"made_by": _signature(index.rule), "ids": index.ids, "columns": list(columns)}
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        # One array after the other: an archive would add up checksums of all of it.
        for array in (np.frombuffer(json.dumps(about).encode(), np.uint8), *columns.values()):
            np.save(stream, array, allow_pickle=False)


def load_index(path: Path | None, rule: Rule, wanted: Collection[str]) -> Index:
    """Return the index at `path` if it holds wanted texts only, else an empty one.

    An index that another rule or another version of the code made, that was cut,
    or that holds a text which is gone, is of no use.
    """
    index = Index(rule)
    if path is None:
        return index
    try:
        with path.open("rb") as stream:
            about = json.loads(np.load(stream, allow_pickle=False).tobytes())
            if about["made_by"] != _signature(rule) or not set(about["ids"]) <= set(wanted):
                return index
            columns = {name: np.load(stream, allow_pickle=False) for name in about["columns"]}
    except (OSError, ValueError, KeyError, EOFError):
        return index
    index.ids = about["ids"]
    index.restore(columns)
    return index


def _signature(rule: Rule) -> str:
    digest = hashlib.sha256(repr(astuple(rule)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()

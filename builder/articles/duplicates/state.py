"""An index on disk, so that the next run adds only what is new."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.articles.duplicates.index import Index
from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Collection

    from builder.articles.duplicates.link import Rule


def save_index(path: Path, index: Index) -> None:
    """Write an index as a whole file."""
    about = json.dumps({"made_by": _signature(index.rule), "ids": index.ids}).encode()
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        columns: dict[str, Any] = {"about": np.frombuffer(about, np.uint8), **index.columns()}
        np.savez(stream, **columns)


def load_index(path: Path | None, rule: Rule, wanted: Collection[str]) -> Index:
    """Return the index at `path` if it holds wanted texts only, else an empty one.

    An index that another rule or another version of the code made, that was cut,
    or that holds a text which is gone, is of no use.
    """
    index = Index(rule)
    if path is None:
        return index
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            if about["made_by"] != _signature(rule) or not set(about["ids"]) <= set(wanted):
                return index
            columns = {name: stored[name] for name in stored.files if name != "about"}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        return index
    index.ids = about["ids"]
    index.restore(columns)
    return index


def _signature(rule: Rule) -> str:
    digest = hashlib.sha256(repr(astuple(rule)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()

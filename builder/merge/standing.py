"""How the last merge left things: what is open, what was decided, which decisions are stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from builder.errors import DataError, Problem
from builder.files import write_text
from builder.merge.decision import read_decisions

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from builder.config import Project


@dataclass(frozen=True, slots=True)
class Standing:
    """What a merge wrote beside its gold.

    `conflicts` are open, in so many `documents`. `used` and `stale` are the
    decisions that the merge asked for, and those that nothing asked for.
    """

    conflicts: int
    documents: int
    used: tuple[str, ...]
    stale: tuple[str, ...]

    def waiting(self, decisions: Collection[str]) -> int:
        """Return how many decisions were made since."""
        return len(set(decisions) - set(self.used) - set(self.stale))


def write_standing(project: Project, standing: Standing) -> None:
    """Write how a merge left things; `read_standing` reads it."""
    write_text(_path(project), msgspec.json.encode(standing).decode() + "\n")


def read_standing(project: Project) -> Standing | None:
    """Return how the last merge left things, None before the first."""
    path = _path(project)
    if not path.exists() or not project.gold.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Standing)
    except msgspec.DecodeError as error:
        what = f"cannot be read ({error}); run `builder merge` again"
        raise DataError([Problem(str(path), what)]) from error


def decided(project: Project) -> list[str]:
    """Return the conflicts that people have decided, whether or not a merge has used it."""
    return [name for own in read_decisions(project.decisions).values() for name in own]


def _path(project: Project) -> Path:
    return project.build / "merge.json"

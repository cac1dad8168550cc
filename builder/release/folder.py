"""Folders that are whole or not there: written beside their place, then renamed."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from builder.errors import Problem, UsageError
from builder.release.leftover import clear, passing_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def check_new(target: Path, advice: str = "choose a higher version") -> None:
    """Refuse a place that is taken."""
    # A link that leads nowhere does not "exist", but would be in the way too.
    if target.exists() or target.is_symlink():
        what = f"is there already, and a release never changes; {advice}"
        raise UsageError([Problem(str(target), what)])


@contextlib.contextmanager
def new_folder(target: Path, *, keep: bool = True) -> Iterator[Path]:
    """Give a temporary folder beside `target`, renamed to it when the block succeeds.

    Otherwise, or when it is not to be kept, it is removed, with the folders
    that were made for it.
    """
    made = [folder for folder in target.parents if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}."
    clear(target.parent, re.escape(prefix))
    try:
        with passing_folder(target.parent, prefix) as folder:
            yield folder
            if keep:
                folder.chmod(0o777 & ~_umask())
                check_new(target)
                folder.rename(target)
    finally:
        for empty in made:
            with contextlib.suppress(OSError):
                empty.rmdir()


def write(path: Path, text: str) -> None:
    """Write text as it is: no platform turns line feeds into something else."""
    path.write_bytes(text.encode())


def files(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, relative to it, in order."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

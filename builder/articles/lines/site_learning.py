"""Learning which lines are a site's furniture, before any page of a run is read.

Two passes make the order of files irrelevant: every new page dump is
remembered first, then each is read with what all of them show.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from builder.articles import file_name, is_dump
from builder.articles.lines.site_memory import SiteMemory, read_memory, write_memory
from builder.articles.readers import dump

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from builder.config import Project


def learn_sites(files: Iterable[Path], project: Project, state: Path) -> None:
    """Remember the page dumps among `files`, beside what the project knows; write it to `state`.

    A file that is too large or cannot be opened teaches nothing; reading it
    will say why.
    """
    memory = read_memory(project.sites)
    known = memory.size
    most = project.number("ingest.max_article_megabytes") * 1024 * 1024
    for path in files:
        if is_dump(path):
            _remember(path, project, memory, most)
    if memory.size > known or (known and not state.exists()):
        write_memory(state, memory)


def known_sites(state: Path) -> SiteMemory:
    """Return what `state` holds; a process reads it once for as long as it does not change."""
    return _read(state, state.stat().st_mtime_ns) if state.exists() else SiteMemory()


def _remember(path: Path, project: Project, memory: SiteMemory, most: int) -> None:
    file = file_name(path, project.root)
    try:
        if path.stat().st_size <= most:
            dump.remember(path, file, project.facts(file), memory)
    except OSError:
        return


@lru_cache(maxsize=1)
def _read(state: Path, _changed: int) -> SiteMemory:
    return read_memory(state)

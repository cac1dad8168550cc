"""Where large files are cut, found once for each file as it is and kept beside the shards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.articles import file_parts
from builder.articles.batch import file_digest, file_size, settings_digest
from builder.articles.part import Part
from builder.config import Project
from builder.engines.local import Shard, Step, run_shards
from builder.files import stream_records, write_records

if TYPE_CHECKING:
    from collections.abc import Sequence

_SMALL = 256 * 1024
"""Bytes up to which a file is not cut: of articles it holds fewer than a part."""


@dataclass(frozen=True, slots=True)
class Large:
    """A file that may be cut, with the project it is read for."""

    path: Path
    project: Project


def write_cuts(large: Large, path: Path) -> None:
    """Write the parts of a file as a whole file."""
    write_records(path, Part, file_parts(large.path, large.project))


def cut(files: Sequence[Path], project: Project, folder: Path) -> dict[Path, list[Part]]:
    """Return the parts of every large file; `folder` keeps them for the next run."""
    step = Step(write_cuts, folder)
    basis = settings_digest(project)
    shards = [
        Shard(file_digest([path], project, basis), Large(path, project))
        for path in files
        if file_size(path) > _SMALL
    ]
    done = run_shards(step, shards)
    return {each.argument.path: list(stream_records(step.file(each), Part)) for each in done}

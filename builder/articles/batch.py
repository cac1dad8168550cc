"""Raw files in batches: what one reads, and which files make one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.articles import file_name, read_articles
from builder.articles.reading import Note, Rejected
from builder.config import Project
from builder.document import Document
from builder.engines.local import Shard
from builder.files import record_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from builder.articles.reading import Outcome

_MOST = 64
_EDGE = 16
"""A batch ends after so many files, or at a file whose name's hash divides by `_EDGE`."""


@dataclass(frozen=True, slots=True)
class Read:
    """One outcome of reading, as a row: a document, a refusal or a note."""

    document: Document | None = None
    rejected: Rejected | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are read together, with the project they are read for.

    `sites` is what their sites are known for. It is no part of a batch's name:
    a page keeps being judged by what was known when it was first read.
    """

    files: tuple[Path, ...]
    project: Project
    sites: Path | None = None


def read_batch(batch: Batch) -> Iterator[Read]:
    """Yield what the files of a batch hold, file by file in the order given."""
    for path in batch.files:
        for outcome in _read(path, batch):
            if isinstance(outcome, Document):
                yield Read(document=outcome)
            elif isinstance(outcome, Rejected):
                yield Read(rejected=outcome)
            else:
                yield Read(note=outcome)


def write_batch(batch: Batch, path: Path) -> None:
    """Write what `read_batch` yields as a whole file."""
    with record_stream(path, Read) as add:
        for row in read_batch(batch):
            add(row)


def batches(
    files: Sequence[Path], project: Project, sites: Path | None = None
) -> list[Shard[Batch]]:
    """Group files into shards, in the order of their names in the project.

    Where a batch ends depends on the name of its last file, so that a new file
    changes the batch it falls into and no other. A shard is named by all that its
    content depends on: the files as they are, the settings, and our own code.
    """
    basis = hashlib.sha256(f"{_code()}{project.articles}{sorted(project.values.items())}".encode())
    groups: list[list[Path]] = [[]]
    for path in sorted(files, key=lambda p: file_name(p, project.root)):
        groups[-1].append(path)
        edge = hashlib.sha256(file_name(path, project.root).encode()).digest()[0] % _EDGE == 0
        if edge or len(groups[-1]) == _MOST:
            groups.append([])
    return [
        Shard(_name(group, project, basis.copy()), Batch(tuple(group), project, sites))
        for group in groups
        if group
    ]


def _read(path: Path, batch: Batch) -> Iterator[Outcome]:
    project = batch.project
    try:
        yield from read_articles(path, project, batch.sites)
    except Exception as error:  # noqa: BLE001 - no defect of one article may end a run
        what = f"could not be read further: {type(error).__name__}: {error}; please report it"
        yield Rejected(file_name(path, project.root), None, "reader_failed", what)


def _name(group: Iterable[Path], project: Project, digest: hashlib._Hash) -> str:
    for path in group:
        digest.update(f"\n{file_name(path, project.root)}".encode())
        try:
            seen = path.stat()
            digest.update(f" {seen.st_size} {seen.st_mtime_ns}".encode())
        except OSError:
            digest.update(b" missing")
    return digest.hexdigest()[:24]


def _code() -> str:
    """Return a hash of the readers' own code: another reader may read other documents."""
    digest = hashlib.sha256()
    own = Path(__file__).parent
    for path in sorted((*own.rglob("*"), own.parent / "document.py")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()

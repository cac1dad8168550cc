"""Raw files in batches: what one reads, and which files make one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.articles import file_name, read_articles
from builder.articles.part import Part
from builder.articles.reading import Note, Rejected
from builder.config import Project
from builder.document import Document
from builder.engines.collector import seldom_collected
from builder.engines.local import Shard
from builder.files import record_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.articles.reading import Outcome

_MOST = 64
_EDGE = 16
"""A batch ends after so many files, or at a file whose name's hash divides by `_EDGE`."""


@dataclass(frozen=True, slots=True)
class Read:
    """One outcome of reading, as a row: a document, a refusal or a note.

    `unique` tells that no other document of the file may have this one's id:
    who read a part of it did not see the others.
    """

    document: Document | None = None
    rejected: Rejected | None = None
    note: Note | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are read together, or a part of one, with the project they are read for.

    `sites` is what their sites are known for. It is no part of a batch's name:
    a page keeps being judged by what was known when it was first read.
    `size` is how many bytes are read.
    """

    files: tuple[Path, ...]
    project: Project
    sites: Path | None = None
    part: Part | None = None
    size: int = 0


def read_batch(batch: Batch) -> Iterator[Read]:
    """Yield what a batch holds, file by file in the order given."""
    unique = bool(batch.part and batch.part.unique)
    for path in batch.files:
        for outcome in _read(path, batch):
            if isinstance(outcome, Document):
                yield Read(document=outcome, unique=unique)
            elif isinstance(outcome, Rejected):
                yield Read(rejected=outcome)
            else:
                yield Read(note=outcome)


def write_batch(batch: Batch, path: Path) -> None:
    """Write what `read_batch` yields as a whole file."""
    with seldom_collected(), record_stream(path, Read) as add:
        for row in read_batch(batch):
            add(row)


def batches(
    files: Sequence[Path],
    project: Project,
    sites: Path | None = None,
    parts: Mapping[Path, Sequence[Part]] | None = None,
) -> list[Shard[Batch]]:
    """Group files into shards, in the order of their names in the project.

    Where a batch ends depends on the name of its last file, so that a new file
    changes the batch it falls into and no other. A file that is cut into
    `parts` has a shard for each. A shard is named by all that its content
    depends on: the files as they are, the settings, and our own code.
    """
    basis = settings_digest(project)
    found: list[Shard[Batch]] = []
    group: list[Path] = []

    def close() -> None:
        if group:
            size = sum(file_size(path) for path in group)
            batch = Batch(tuple(group), project, sites, size=size)
            found.append(Shard(file_digest(group, project, basis), batch))
            group.clear()

    for path in sorted(files, key=lambda p: file_name(p, project.root)):
        if parts and len(parts.get(path, ())) > 1:
            close()
            name = file_digest([path], project, basis)
            found += [
                Shard(f"{name}-{part.first}", Batch((path,), project, sites, part, part.size))
                for part in parts[path]
            ]
            continue
        group.append(path)
        edge = hashlib.sha256(file_name(path, project.root).encode()).digest()[0] % _EDGE == 0
        if edge or len(group) == _MOST:
            close()
    close()
    return found


def settings_digest(project: Project) -> hashlib._Hash:
    """Return a hash of what every shard's content depends on: our settings and our code."""
    own = sorted((k, v) for k, v in project.values.items() if k.startswith("ingest."))
    told = f"{_code()}{project.articles}{own}"
    return hashlib.sha256(told.encode())


def file_size(path: Path) -> int:
    """Return a file's size in bytes; of one that cannot be looked at, 0."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _read(path: Path, batch: Batch) -> Iterator[Outcome]:
    project = batch.project
    try:
        yield from read_articles(path, project, batch.sites, batch.part)
    except Exception as error:  # noqa: BLE001 - no defect of one article may end a run
        what = f"could not be read further: {type(error).__name__}: {error}; please report it"
        yield Rejected(file_name(path, project.root), None, "reader_failed", what)


def file_digest(group: Iterable[Path], project: Project, basis: hashlib._Hash) -> str:
    """Return a name for files as they are now, on top of a basis."""
    digest = basis.copy()
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

"""Immutable copies of all annotations: one compressed file and its manifest per state of the work.

A snapshot is written once and never changed. Nothing here needs a server.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa

from builder import __version__
from builder.errors import DataError, Problem, Problems
from builder.files import whole_file, write_text
from builder.labelstudio.shelf import Outline, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Task = dict[str, Any]

FORMAT = 1
SUFFIX = ".jsonl.zst"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_RESTORE = "restore both files from version control, or delete both and pull again"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a snapshot comes from. Number and creation time name a project for good.

    `asked_at` is when the server was asked, by this machine's clock.
    """

    kind: str
    url: str
    project_id: int
    project_title: str
    project_created_at: str
    label_studio_version: str
    label_config_sha256: str
    asked_at: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What tells one project's snapshots from another's."""
        return self.project_created_at, self.project_id

    @property
    def page(self) -> str:
        """The address of the project's task list."""
        return f"{self.url}/projects/{self.project_id}/data"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A task or an annotation that the snapshot before had and the server has no more."""

    kind: str
    doc_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a snapshot; `sha256` and `size` are of the content before compression.

    `dropped` counts the values left out, by name and reason. `gone` is what
    was deleted since the snapshot `before`.
    """

    file: str
    time: str
    sha256: str
    size: int
    tasks: int
    annotations: dict[str, int]
    source: Source
    dropped: dict[str, int] = field(default_factory=dict)
    tool: str = f"builder {__version__}"
    format: int = FORMAT
    before: str | None = None
    gone: tuple[Tombstone, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot's file and what its manifest says."""

    path: Path
    manifest: Manifest


def write_snapshot(
    folder: Path,
    tasks: Iterable[Task],
    source: Source,
    unchanged: Iterable[bytes] = (),
) -> tuple[Path, bool]:
    """Write a snapshot unless the newest one of the same project holds the same.

    Returns the file that holds this state of the work, and whether it is new.
    The file has one task a line, by doc_id, with sorted keys. `unchanged` are
    lines of the snapshot before that still hold.
    """
    newest = newest_of(folder, source)
    with Shelf.made(folder) as shelf:
        for task in tasks:
            shelf.put(task)
        for line in unchanged:
            shelf.put_line(line)
        sha256 = shelf.sha256()
        if newest and newest.manifest.sha256 == sha256:
            return newest.path, False
        return _write(folder, shelf, sha256, source, newest), True


def newest_of(folder: Path, source: Source) -> Snapshot | None:
    """Return the newest snapshot of the project that `source` names."""
    same = [s for s in current_snapshots(folder) if s.manifest.source.key == source.key]
    return same[0] if same else None


def _write(
    folder: Path, shelf: Shelf, sha256: str, source: Source, newest: Snapshot | None
) -> Path:
    now, path = _name(folder, sha256)
    if newest and newest.manifest.time >= f"{now:{_TIME}}":
        what = f"is from {newest.manifest.time}, later than this machine's clock ({now:{_TIME}})"
        raise DataError([Problem(str(newest.path), f"{what}; set the clock right and pull again")])
    manifest = Manifest(
        file=path.name,
        time=f"{now:{_TIME}}",
        sha256=sha256,
        size=shelf.end,
        tasks=len(shelf.index),
        annotations={kind: shelf.counts[kind] for kind in ("submitted", "skipped", "drafts")},
        source=source,
        dropped=dict(shelf.dropped),
        before=newest.path.name if newest else None,
        gone=_gone(newest, shelf) if newest else (),
    )
    _compress(path, shelf.lines())
    # The manifest comes last: a snapshot without one was interrupted.
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2).decode()
    write_text(_manifest_path(path), text + "\n")
    return path


def _gone(newest: Snapshot, shelf: Shelf) -> tuple[Tombstone, ...]:
    """Return what is no longer there: tasks first, then annotations of tasks that are."""
    found = []
    for line in read_lines(newest.path):
        outline = msgspec.json.decode(line, type=Outline)
        if shelf.tasks.get(outline.id) != outline.doc_id:
            found.append(Tombstone("task", outline.doc_id, str(outline.id)))
        found += [
            Tombstone("annotation", doc_id, name)
            for name, doc_id in outline.answers().items()
            if name not in shelf.answers
        ]
    return tuple(sorted(found, key=lambda t: (t.kind != "task", t.doc_id, t.name)))


def read_snapshot(path: Path) -> Iterator[Task]:
    """Return the tasks of a snapshot, after its content was found to be what was written.

    Raises DataError before the first task when the file was cut or altered, or
    its manifest is missing.
    """
    return (msgspec.json.decode(line) for line in read_lines(path))


def read_lines(path: Path) -> Iterator[bytes]:
    """Return the lines of a snapshot, each one task, checked as `read_snapshot` does."""
    manifest = _read_manifest(_manifest_path(path))
    digest, lines = hashlib.sha256(), 0
    try:
        for chunk in _chunks(path):
            digest.update(chunk)
            lines += chunk.count(b"\n")
    except (OSError, pa.ArrowException) as error:
        raise DataError([Problem(str(path), f"cannot be read ({error}); {_RESTORE}")]) from error
    if digest.hexdigest() != manifest.sha256 or lines != manifest.tasks:
        what = f"holds {lines} tasks with SHA-256 {digest.hexdigest()[:8]}..., its manifest says "
        what += f"{manifest.tasks} with {manifest.sha256[:8]}...; {_RESTORE}"
        raise DataError([Problem(str(path), what)])
    return _lines(path)


def current_snapshots(folder: Path) -> list[Snapshot]:
    """Return the newest snapshot of each project, the oldest project first.

    Raises DataError with every file that lacks its manifest and the reverse.
    """
    problems = Problems()
    newest: dict[tuple[str, int], Snapshot] = {}
    manifests = {path.stem: path for path in folder.glob("*.json")}
    files = {path.name.removesuffix(SUFFIX): path for path in folder.glob(f"*{SUFFIX}")}
    for name in sorted(files.keys() - manifests.keys()):
        problems.add(str(files[name]), f"has no manifest; {_RESTORE}")
    for name in sorted(manifests):
        if name not in files:
            problems.add(str(manifests[name]), f"has no {name}{SUFFIX} beside it; {_RESTORE}")
            continue
        try:
            found = Snapshot(files[name], _read_manifest(manifests[name]))
        except DataError as error:
            problems.found += error.problems
            continue
        known = newest.get(found.manifest.source.key)
        if known is None or known.manifest.time < found.manifest.time:
            newest[found.manifest.source.key] = found
    problems.raise_if_any()
    return [newest[key] for key in sorted(newest)]


def _name(folder: Path, sha256: str) -> tuple[datetime, Path]:
    # Two projects may hold the same at the same second; a snapshot is never overwritten.
    while True:
        now = datetime.now(UTC)
        path = folder / f"{now:%Y%m%dT%H%M%SZ}-{sha256[:8]}{SUFFIX}"
        if not path.exists():
            return now, path
        time.sleep(0.05)


def _compress(path: Path, lines: Iterable[bytes]) -> None:
    with (
        whole_file(path) as temporary,
        pa.OSFile(str(temporary), "wb") as raw,
        pa.CompressedOutputStream(raw, "zstd") as stream,
    ):
        for line in lines:
            stream.write(line)


def _manifest_path(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(SUFFIX) + ".json")


def _read_manifest(path: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise DataError([Problem(str(path), f"is missing; {_RESTORE}")]) from error
    except msgspec.DecodeError as error:
        raise DataError([Problem(str(path), f"cannot be read ({error}); {_RESTORE}")]) from error
    if manifest.format != FORMAT:
        what = f"has format {manifest.format}, this version reads {FORMAT}; install a newer builder"
        raise DataError([Problem(str(path), what)])
    return manifest


def _chunks(path: Path) -> Iterator[bytes]:
    with pa.OSFile(str(path)) as raw, pa.CompressedInputStream(raw, "zstd") as stream:
        while chunk := stream.read(1 << 20):
            yield chunk


def _lines(path: Path) -> Iterator[bytes]:
    rest = b""
    for chunk in _chunks(path):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)

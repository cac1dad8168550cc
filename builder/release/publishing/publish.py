"""Publishing a release: what would be sent where, before anything is, and what was."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import ChangedError, DataError, Problem
from builder.files import file_sha256
from builder.release.manifest import MANIFEST, read_manifest
from builder.release.verify import altered_files

if TYPE_CHECKING:
    from collections.abc import Mapping

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """A release that is whole: every file with its size and hashes, the manifest among them.

    `blobs` are the names that git gives the files' contents.
    """

    folder: Path
    name: str
    version: str
    sizes: dict[str, int]
    sha256: dict[str, str]
    blobs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing does: files to send and to delete, and how many are there already.

    `place` is where it goes; `makes` tells that the place does not exist yet,
    `tagged` that the version is there, complete and named.
    """

    place: str
    version: str
    send: tuple[str, ...]
    delete: tuple[str, ...]
    there: int
    size: int
    private: bool
    makes: bool = False
    tagged: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.tagged and not self.send and not self.delete


def parcel(release: Path) -> Parcel:
    """Return a release ready to be sent; raises DataError when a file is not as it was built."""
    manifest = read_manifest(release)
    altered = altered_files(release, manifest)
    if altered:
        hint = "a release is published as it was built; build it again"
        raise DataError([Problem(f"{release}/{p.where}", p.what) for p in altered], hint=hint)
    names = sorted([*manifest.files, MANIFEST])
    return Parcel(
        folder=release,
        name=manifest.name,
        version=manifest.version,
        sizes={name: (release / name).stat().st_size for name in names},
        sha256={**manifest.files, MANIFEST: file_sha256(release / MANIFEST)},
        blobs={name: git_blob(release / name) for name in names},
    )


def check_rights(release: Path) -> None:
    """Refuse a release that holds texts beyond their licence because its project was told so.

    What may lie in one's own folder may not be handed on. Raises DataError with
    every reason that was told.
    """
    told = read_manifest(release).told
    place = f"{release}/{MANIFEST}"
    problems = [
        Problem(place, f"{number} of its texts go beyond their licence, told so: {reason}")
        for reason, number in sorted(told.items())
    ]
    if problems:
        hint = (
            "take `text` out of builder.toml and build again; or, if you may hand these texts "
            "on, publish with --pass-on-text"
        )
        raise DataError(problems, hint=hint)


def git_blob(path: Path) -> str:
    """Return the name git gives a file's content: SHA-1 over a header with its size, and it."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def check_same(parcel: Parcel, place: str, there: Mapping[str, bool]) -> None:
    """Refuse a version that is published with other content; `there` tells which files are ours."""
    problems = [
        Problem(f"{place}: {name}", "is another file" if name in there else "is missing")
        for name in parcel.sizes
        if not there.get(name)
    ]
    if problems:
        what = (
            f"{parcel.version} is published there with other content, and a version never changes"
        )
        raise ChangedError(problems, hint=f"{what}; build a higher version")

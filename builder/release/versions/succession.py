"""A release and the one before it: what changed, and the least version that may say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder.errors import Problem, UsageError
from builder.release.versions.difference import Difference, difference
from builder.release.versions.number import Version, bump, is_version, larger, version
from builder.release.versions.shape import ShapeChange, shape_changes
from builder.release.versions.state import ReleaseState
from builder.release.versions.wording import counts

FIRST = Version(0, 1, 0)


@dataclass(frozen=True, slots=True)
class Succession:
    """What a new release changes; `level` is the least bump, `next` the least version.

    `previous` and `folder` are None for a first release.
    """

    previous: Version | None
    folder: Path | None
    difference: Difference
    shape: tuple[ShapeChange, ...]
    level: str
    reasons: tuple[str, ...]
    next: Version


def releases(folder: Path) -> dict[Version, Path]:
    """Return the releases in a folder, the oldest first."""
    paths = folder.iterdir() if folder.is_dir() else ()
    found = {version(path.name): path for path in paths if is_version(path.name) and path.is_dir()}
    return dict(sorted(found.items()))


def before(folder: Path, wanted: Version | None) -> tuple[Version, Path] | None:
    """Return the newest release in a folder, None if there is none.

    Raises UsageError when it is not older than the wanted version: releases
    follow each other, they have no branches.
    """
    known = releases(folder)
    if not known:
        return None
    newest, path = list(known.items())[-1]
    if wanted is not None and bump(newest, wanted) is None:
        what = f"has {newest} already; the next version has to be higher than that"
        raise UsageError([Problem(str(folder), f"{what}, {wanted} is not")])
    return newest, path


def succession(old: tuple[Version, Path] | None, new: Path) -> Succession:
    """Compare a release that is being made with the one before it."""
    if old is None:
        return Succession(None, None, Difference(), (), "minor", (), FIRST)
    previous, folder = old
    found = difference(ReleaseState(folder), ReleaseState(new))
    shape = tuple(shape_changes(folder, new))
    level = "patch"
    for change in shape:
        level = larger(level, change.level)
    if _additions(found):
        level = larger(level, "minor")
    return Succession(previous, folder, found, shape, level, _reasons(found), previous.after(level))


def check_bump(found: Succession, wanted: Version) -> str:
    """Say why the wanted version is too small, or nothing when it is not."""
    if found.previous is None:
        return ""
    given = bump(found.previous, wanted)
    if given and larger(given, found.level) == given:
        return ""
    why = [*(c.what for c in found.shape if c.level == found.level), *found.reasons]
    return (
        f"{wanted} is a {given} release, but since {found.previous} there are changes that make "
        f"it {found.level}: {'; '.join(why)}. The least version is {found.next}"
    )


def _additions(found: Difference) -> bool:
    new = len(found.added) > len(found.replaced())
    return new or any(change.added for change in found.changed)


def _reasons(found: Difference) -> tuple[str, ...]:
    told = counts(found)
    words = {"entries": "documents", "events": "events"}
    return tuple(
        f"{words[what]} {kind}: {number:,}"
        for what in words
        for kind, number in told[what].items()
        if number
    )

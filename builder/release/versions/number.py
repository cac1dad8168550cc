"""Version numbers: which may follow which, and what a difference demands at least."""

from __future__ import annotations

import re
from typing import NamedTuple

from builder.errors import UsageError

LEVELS = ("patch", "minor", "major")
"""Bumps, the smallest first: corrections, additions, a schema that breaks its readers."""
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class Version(NamedTuple):
    """Three numbers; they compare as versions do.

    >>> Version(0, 10, 0) > Version(0, 9, 9), str(Version(0, 10, 0))
    (True, '0.10.0')
    """

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def after(self, level: str) -> Version:
        """Return the version that follows this one by a bump.

        >>> str(Version(1, 2, 3).after("minor"))
        '1.3.0'
        """
        if level == "major":
            return Version(self.major + 1, 0, 0)
        if level == "minor":
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


def version(text: str) -> Version:
    """Read a version; raises UsageError when it is not three numbers."""
    if not _VERSION.fullmatch(text):
        raise UsageError(f"version {text!r} should be three numbers, as in 0.1.0 (semver)")
    return Version(*map(int, text.split(".")))


def is_version(text: str) -> bool:
    """Tell whether a text is a version.

    >>> is_version("0.1.0"), is_version("v0.1")
    (True, False)
    """
    return bool(_VERSION.fullmatch(text))


def bump(old: Version, new: Version) -> str | None:
    """Return the bump from one version to another, None when it is not higher.

    >>> bump(Version(0, 1, 0), Version(0, 3, 1)), bump(Version(1, 0, 0), Version(0, 9, 0))
    ('minor', None)
    """
    if new <= old:
        return None
    if new.major > old.major:
        return "major"
    return "minor" if new.minor > old.minor else "patch"


def larger(one: str, other: str) -> str:
    """Return the larger of two bumps."""
    return max(one, other, key=LEVELS.index)

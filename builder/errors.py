"""What can go wrong for a user, said so that they can mend it.

Every expected failure is a `BuilderError` that carries all its problems at
once, sorted, and the exit code of the command. Bugs stay ordinary exceptions.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect: where it is, what was found there, and what to do.

    `where` is `file:line`, or a task and region with the URL that opens it.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class BuilderError(Exception):
    """An expected failure: all problems found, in order, and an exit code.

    >>> print(DataError([Problem("b.yaml:10", "later"), Problem("b.yaml:9", "sooner")]))
    b.yaml:9: sooner
    b.yaml:10: later
    """

    exit_code = 1

    def __init__(self, problems: Iterable[Problem] | str, *, hint: str = "") -> None:
        found = [Problem("", problems)] if isinstance(problems, str) else list(problems)
        self.problems = sorted(dict.fromkeys(found), key=_natural)
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        return "\n".join([*lines, self.hint] if self.hint else lines)


class UsageError(BuilderError):
    """The command line or the settings are wrong; nothing was done."""

    exit_code = 2


class DataError(BuilderError):
    """The input has defects, or a gate refused it."""

    exit_code = 3


class NotReadyError(BuilderError):
    """People have work left before this can be done."""

    exit_code = 4


class ServerError(BuilderError):
    """A server did not answer, or not as it should."""

    exit_code = 5


class AuthError(BuilderError):
    """A server refused who we are."""

    exit_code = 6


class ChangedError(BuilderError):
    """Somebody else changed what this command was about to change."""

    exit_code = 7


@dataclass(slots=True)
class Problems:
    """A growing list of problems, raised together.

    >>> problems = Problems()
    >>> problems.add("a.yaml:3", "unknown key 'rolse'")
    >>> problems.raise_if_any()
    Traceback (most recent call last):
    builder.errors.DataError: a.yaml:3: unknown key 'rolse'
    """

    found: list[Problem] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Remember one problem."""
        self.found.append(Problem(where, what))

    def raise_if_any(self, kind: type[BuilderError] = DataError, *, hint: str = "") -> None:
        """Raise `kind` with everything found so far; do nothing when all is well."""
        if self.found:
            raise kind(self.found, hint=hint)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Name the allowed word nearest to `word`, or all of them.

    >>> did_you_mean("defintion", ["definition", "roles"])
    "did you mean 'definition'?"
    >>> did_you_mean("x", ["one", "two"])
    'allowed: one, two'
    """
    options = list(allowed)
    close = difflib.get_close_matches(word, options, n=1, cutoff=0.7)
    if close:
        return f"did you mean {close[0]!r}?"
    return "allowed: " + ", ".join(options) if options else "nothing is allowed here"


def _natural(problem: Problem) -> tuple[list[tuple[int, int, str]], str]:
    pieces = re.split(r"(\d+)", problem.where)
    return [(1, int(p), "") if p.isdigit() else (0, 0, p) for p in pieces], problem.what

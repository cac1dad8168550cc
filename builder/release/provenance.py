"""What a release was made from: inputs with their hashes, versions, and the only date it knows."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import pyarrow as pa

from builder import __version__
from builder.config import FILE
from builder.errors import UsageError
from builder.files import file_sha256
from builder.pseudonym import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from builder.config import Project

EPOCH = "SOURCE_DATE_EPOCH"
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d)[-:]?(\d\d)[-:]?(\d\d)")


@dataclass(frozen=True, slots=True)
class Input:
    """A file that went into the release; `path` is relative to the project."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a release came from. `date` is ISO 8601 in UTC, None when nothing states one.

    `keyed` tells whether pseudonyms were made with a secret key: whoever
    rebuilds the release needs the same one.
    """

    documents: Input
    gold: Input
    articles: tuple[Input, ...]
    snapshots: tuple[Input, ...]
    decisions: tuple[Input, ...]
    settings: Input | None
    schema_digest: str
    date: str | None
    keyed: bool
    builder: str = __version__
    pyarrow: str = pa.__version__
    sentencex: str = field(default_factory=lambda: version("sentencex"))


def provenance(
    project: Project, schema_digest: str, articles: Iterable[tuple[str, str]]
) -> Provenance:
    """Hash the inputs of a release of this project; `articles` are files with their SHA-256."""
    snapshots = sorted(project.snapshots.glob("*.json"))
    settings = project.root / FILE
    return Provenance(
        documents=_input(project, project.documents),
        gold=_input(project, project.gold),
        articles=tuple(Input(*article) for article in sorted(articles)),
        snapshots=tuple(_input(project, path) for path in snapshots),
        decisions=tuple(_input(project, path) for path in sorted(project.decisions.glob("*.*"))),
        settings=_input(project, settings) if settings.exists() else None,
        schema_digest=schema_digest,
        date=_date(path.name for path in snapshots),
        keyed=bool(os.environ.get(KEY)),
    )


def _input(project: Project, path: Path) -> Input:
    return Input(path.relative_to(project.root).as_posix(), file_sha256(path))


def _date(names: Iterable[str]) -> str | None:
    """Return SOURCE_DATE_EPOCH, or the time in the newest snapshot's name; never the clock."""
    epoch = os.environ.get(EPOCH)
    if epoch:
        if not re.fullmatch(r"\d{1,11}", epoch):
            raise UsageError(f"{EPOCH} is {epoch!r}; it should be seconds since 1970")
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    times = [match.groups() for match in map(_TIME.match, names) if match]
    return "{}-{}-{}T{}:{}:{}Z".format(*max(times)) if times else None

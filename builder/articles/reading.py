"""What reading raw files yields: documents, notes about them, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass

from builder.document import Document
from builder.errors import Problem


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, or one line of it, that did not become a document.

    `reason` is the named reason that is counted, `what` the sentence for people.
    """

    file: str
    line: int | None
    reason: str
    what: str

    @property
    def problem(self) -> Problem:
        """The rejection as a problem with its place."""
        return Problem(self.file if self.line is None else f"{self.file}:{self.line}", self.what)


class Refusal(Exception):  # noqa: N818 - it ends one article, it is no error of the program
    """Why a file or row is no document: the line in the file, the reason's name, the sentence."""

    def __init__(self, reason: str, what: str, line: int | None = None) -> None:
        self.reason = reason
        self.line = line
        super().__init__(what)

    def rejected(self, file: str) -> Rejected:
        """Return the refusal as the record of `file`."""
        return Rejected(file, self.line, self.reason, str(self))


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about a good document that could not be used; nothing of the text is lost.

    `records` counts the records that it holds for, where it is said of a file.
    """

    where: str
    what: str
    records: int = 0

    def __str__(self) -> str:
        times = f" (records: {self.records:,})" if self.records else ""
        return f"{self.where}: {self.what}{times}"


@dataclass(frozen=True, slots=True)
class Line:
    """A raw line as `--explain` shows it: what became of it.

    `role` is the zone it went to (headline, body) or the reason it was dropped.
    """

    number: int
    text: str
    role: str

    @property
    def kept(self) -> bool:
        """Tell whether the line is in the document."""
        return self.role in KEPT


KEPT = frozenset({"headline", "body"})

Outcome = Document | Rejected | Note


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a reader takes: bytes of one article, and bytes that a packed byte may become."""

    article: int = 20 * 1024 * 1024
    unpacking: int = 300

    def too_large(self, size: str, line: int | None = None) -> Refusal:
        """Return the refusal of an article of this size, said in words."""
        most = f"{self.article / 1024 / 1024:.4g} MB"
        what = f"is {size}; at most {most} are read (ingest.max_article_megabytes in builder.toml)"
        return Refusal("too_large", what, line)

"""Many raw files: which to read, and what reading them all came to."""

from __future__ import annotations

import glob
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from builder.articles import READERS, file_name, unknown_format
from builder.articles.reading import Note, Outcome, Rejected
from builder.document import Document
from builder.errors import Problems, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An article whose text is that of an earlier one; only the earlier is a document."""

    file: str
    row: int | None
    doc_id: str
    same_as: str
    reason: str = "exact_duplicate"


@dataclass(slots=True)
class Corpus:
    """What came of the raw files; everything is sorted by file and row."""

    files: int = 0
    documents: list[Document] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    skipped: list[Rejected] = field(default_factory=list)

    @property
    def articles(self) -> int:
        """How many articles were seen, good or not."""
        return len(self.documents) + len(self.duplicates) + len(self.rejected)

    @property
    def characters(self) -> int:
        """How many characters were kept."""
        return sum(len(document.text) for document in self.documents)

    def dropped(self) -> dict[str, dict[str, int]]:
        """Count what was left out of the documents: runs and characters by reason."""
        runs: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        for document in self.documents:
            for dropped in document.dropped:
                runs[dropped.reason] += 1
                characters[dropped.reason] += len(dropped.source)
        return {r: {"runs": runs[r], "characters": characters[r]} for r in sorted(runs)}


def find_files(paths: Sequence[str], root: Path) -> tuple[list[Path], list[Rejected]]:
    """Return the files that `paths` (files, folders, globs) name, each once, and what is skipped.

    In a folder hidden files and READMEs are passed over and files of other
    formats are skipped; a file that is named is read or refused. Raises
    UsageError for every path that names nothing.
    """
    problems = Problems()
    found: dict[str, Path] = {}
    skipped: dict[str, Rejected] = {}
    for given in paths:
        matches = _matches(given)
        if not matches:
            known = ", ".join(READERS)
            problems.add(given, f"names no file; give a file, a folder or a glob of {known} files")
        for path in matches:
            for file in sorted(_inside(path)) if path.is_dir() else [path]:
                if path.is_dir() and file.suffix.lower() not in READERS:
                    name = file_name(file, root)
                    skipped[name] = Rejected(name, None, "unknown_format", unknown_format(file))
                else:
                    found.setdefault(os.path.abspath(file), file)  # noqa: PTH100 - keeps links
    problems.raise_if_any(UsageError)
    return list(found.values()), list(skipped.values())


def collect(outcomes: Iterable[Outcome], corpus: Corpus) -> Corpus:
    """Sort what reading yielded into `corpus`; the order of the outcomes does not matter."""
    documents = []
    for outcome in outcomes:
        if isinstance(outcome, Document):
            documents.append(outcome)
        elif isinstance(outcome, Rejected):
            corpus.rejected.append(outcome)
        else:
            corpus.notes.append(outcome)
    first: dict[str, Document] = {}
    for document in sorted(documents, key=_place):
        kept = first.setdefault(document.doc_id, document)
        if kept is not document:
            corpus.duplicates.append(_duplicate(document, kept))
    corpus.documents = list(first.values())
    corpus.rejected.sort(key=lambda r: (r.file, r.line or 0))
    corpus.notes.sort(key=lambda n: n.where)
    return corpus


def _place(document: Document) -> tuple[str, int]:
    return document.article.file, document.article.row or 0


def _duplicate(document: Document, kept: Document) -> Duplicate:
    file, row = _place(kept)
    same_as = f"{file}:{row}" if row else file
    return Duplicate(document.article.file, document.article.row, document.doc_id, same_as)


def _matches(given: str) -> list[Path]:
    path = Path(given)
    if path.exists():
        return [path]
    return [Path(name) for name in sorted(glob.glob(given, recursive=True))]  # noqa: PTH207 - a pattern may be absolute


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and not path.name.upper().startswith("README"):
            yield path

"""Raw articles to documents, one reader per file format."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from builder.articles.part import Part, parts
from builder.articles.readers.fileformat import STDIN, certain_format, file_format
from builder.articles.reading import Limits, Line, Note, Outcome, Refusal, Rejected
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from builder.config import Project

__all__ = ["READERS", "Line", "Note", "Outcome", "Rejected", "explain_article", "read_articles"]

READERS = {
    ".txt": "dump",
    ".jsonl": "jsonl",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".warc": "warc",
    ".gz": "warc",
    ".csv": "table",
    ".tsv": "table",
    ".parquet": "table",
    ".arrow": "table",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".nitf": "nitf",
    ".newsml": "newsml",
    ".json": "ninjs",
}
"""File suffix to the module that reads it; it has `read` and `explain`. Content goes before it."""

_DUMP, _PAGE = "dump", "html"
_STREAMED = frozenset({"jsonl", "table", "warc"})
"""Readers that take a file piece by piece and limit each; the others take it whole."""
_NAMED = frozenset({"jsonl", "table"})
"""Readers that refuse a row whose id an earlier row of the file has."""


def read_articles(
    path: Path, project: Project, sites: Path | None = None, part: Part | None = None
) -> Iterator[Outcome]:
    """Yield what a raw file holds: documents, notes about them, and what was refused.

    `sites` is the file of `learn_sites`; without it each page dump stands for itself.
    `part` is one of `file_parts`; without it the file is read whole.

    Whatever happens inside a reader, the run goes on: a failure nobody
    foresaw is a rejection that says so.
    """
    file = file_name(path, project.root)
    most = limits(project)
    try:
        reader = _reader(path)
        facts = project.facts(file)
        if _name(reader) in _STREAMED:
            yield from reader.read(path, file, facts, most, part)
        else:
            _check_size(path, most)
            known = _known(reader, sites)
            yield from reader.read(path, file, facts, *known)
    except Refusal as refusal:
        yield refusal.rejected(file)
    except OSError as error:
        what = f"cannot be read: {error.strerror}; check the file and its permissions"
        yield Rejected(file, None, "unreadable_file", what)
    except Exception as error:  # noqa: BLE001 - one article must not end a run of millions
        what = f"the reader failed: {type(error).__name__}: {error}; please report it with the file"
        yield Rejected(file, None, "reader_failed", what)


def file_parts(path: Path, project: Project) -> list[Part]:
    """Cut a file into parts that can be read one by one; none when it is read whole.

    Nothing is refused here: what cannot be read is in the last part.
    """
    try:
        reader = _reader(path)
        if _name(reader) not in _STREAMED:
            return []
        unique = _name(reader) in _NAMED
        file = Part(size=path.stat().st_size, sha256=file_sha256(path), unique=unique)
    except (Refusal, OSError):
        return []
    return parts(reader.places(path, limits(project)), file)


def explain_article(path: Path, project: Project | None = None) -> Iterator[Line]:
    """Yield the lines of a raw file in order, each with what becomes of it in the project."""
    reader = _reader(path)
    known = _known(reader, project.sites if project else None)
    if project:
        file = file_name(path, project.root)
        facts = project.facts(file)
        if known:
            known = (*known, reader.site_of(file, facts), facts.encoding)
        elif _name(reader) == _PAGE:
            known = (facts,)
    lines: Iterator[Line] = reader.explain(path, *known)
    return lines


def unknown_format(path: Path) -> str:
    """Say that a file's format is unknown, and which are known."""
    seen = f"format {path.suffix!r}" if path.suffix else "a file without a suffix"
    return f"{seen} is not read; read are {', '.join(READERS)}"


def file_name(path: Path, root: Path) -> str:
    """Name a file relative to the project, else as it was given; never by an absolute path."""
    # Not resolved: a link inside the project belongs to the project.
    absolute, base = os.path.abspath(path), os.path.abspath(root)  # noqa: PTH100 - keeps links
    if os.path.commonpath([absolute, base]) == base:
        return os.path.relpath(absolute, base).replace(os.sep, "/")
    return path.name if path.is_absolute() else path.as_posix()


def _reader(path: Path) -> ModuleType:
    return import_module(f"builder.articles.readers.{_format(path)}")


def _format(path: Path) -> str:
    named = READERS.get(path.suffix.lower())
    if named or path.name == STDIN:
        return file_format(path, named)
    # Of a name that says nothing only a content that leaves no doubt is taken.
    found = certain_format(path)
    if found is None:
        raise Refusal("unknown_format", unknown_format(path))
    return found


def is_dump(path: Path) -> bool:
    """Tell whether a file is read as a page dump; what cannot be told is none."""
    try:
        return _name(_reader(path)) == _DUMP
    except (Refusal, OSError):
        return False


def _name(reader: ModuleType) -> str:
    return reader.__name__.rpartition(".")[2]


def _known(reader: ModuleType, sites: Path | None) -> tuple[object, ...]:
    """Return what is known of the sites of page dumps, as one more argument of their reader."""
    if sites is None or _name(reader) != _DUMP:
        return ()
    from builder.articles.lines.site_learning import known_sites  # noqa: PLC0415 - it imports this module

    return (known_sites(sites),)


def limits(project: Project) -> Limits:
    """Return how much the project lets a reader take."""
    megabytes = project.number("ingest.max_article_megabytes")
    return Limits(megabytes * 1024 * 1024, project.number("ingest.max_unpacking"))


def _check_size(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.article:
        raise limits.too_large(f"{size / 1024 / 1024:.4g} MB")

"""Raw articles to documents, one reader per file format."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from builder.articles.reading import Line, Note, Outcome, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from builder.config import Project

__all__ = ["READERS", "Line", "Note", "Outcome", "Rejected", "explain_article", "read_articles"]

READERS = {".txt": "dump", ".jsonl": "jsonl"}
"""File suffix to the module that reads it; it has `read` and `explain`."""


def read_articles(path: Path, project: Project) -> Iterator[Outcome]:
    """Yield what a raw file holds: documents, notes about them, and what was refused."""
    file = file_name(path, project.root)
    if path.suffix.lower() not in READERS:
        yield Rejected(file, None, "unknown_format", unknown_format(path))
        return
    try:
        yield from _reader(path).read(path, file, project.facts(file))
    except OSError as error:
        what = f"cannot be read: {error.strerror}; check the file and its permissions"
        yield Rejected(file, None, "unreadable_file", what)


def explain_article(path: Path) -> Iterator[Line]:
    """Yield the lines of a raw file in order, each with what becomes of it."""
    lines: Iterator[Line] = _reader(path).explain(path)
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
    return import_module(f"builder.articles.{READERS[path.suffix.lower()]}")

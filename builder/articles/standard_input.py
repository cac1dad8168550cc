"""Standard input as a file: its bytes come once, so they are kept with the raw articles."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, BinaryIO

from builder.articles.readers.fileformat import STDIN, file_format
from builder.articles.reading import Refusal
from builder.files import whole_file

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = {
    "dump": ".txt",
    "jsonl": ".jsonl",
    "html": ".html",
    "warc": ".warc",
    "feed": ".xml",
    "nitf": ".nitf",
    "newsml": ".newsml",
    "ninjs": ".json",
}
_TABLES = {b"PAR1": ".parquet", b"ARRO": ".arrow", b"\xff\xff\xff\xff": ".arrow"}
_CHUNK = 1 << 20
_DIGITS = 12


def spooled(stream: BinaryIO, folder: Path) -> Path:
    """Write a stream into `folder` as the file `stdin`; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / STDIN
    with path.open("wb") as file:
        shutil.copyfileobj(stream, file, _CHUNK)
    return path


def kept(path: Path, folder: Path) -> Path:
    """Move what `spooled` wrote to the raw articles, named by its content; return where it is.

    What is empty or of no format that is read stays where it is: reading it
    will say why. The same bytes have the same name.
    """
    try:
        kind = file_format(path, None)
    except Refusal:
        return path
    if not path.stat().st_size:
        return path
    with path.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]
        file.seek(0)
        suffix = _suffix(kind, file.read(4))
    target = folder / f"{STDIN}-{name}{suffix}"
    with whole_file(target) as temporary:
        shutil.move(path, temporary)
    return target


def _suffix(kind: str, mark: bytes) -> str:
    if kind == "table":
        return _TABLES.get(mark, ".csv")
    return _SUFFIXES[kind] + (".gz" if mark.startswith(b"\x1f\x8b") else "")

"""What a file really is: told by its first bytes, whatever its name ends in."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from builder.articles.readers.column import NEEDED, by_name
from builder.articles.readers.encoding import encoding_of
from builder.articles.reading import Refusal

if TYPE_CHECKING:
    from pathlib import Path

STDIN = "stdin"
"""The name of a file that holds what came on standard input; its format is in its content only."""

_OTHERS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"7z\xbc\xaf": "a 7z archive",
    b"BZh": "bzip2 data",
    b"\xfd7zXZ": "xz data",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"{\\rtf": "an RTF document",
    b"SQLite format 3": "an SQLite database",
}
_GZIP = b"\x1f\x8b"
_BINARY = {
    b"PAR1": "table",
    b"ARROW1": "table",
    b"\xff\xff\xff\xff": "table",  # how a stream of Arrow record batches begins
    b"WARC/": "warc",
    _GZIP: "warc",
}
_ROOTS = {"rss": "feed", "feed": "feed", "rdf": "feed", "nitf": "nitf", "html": "html",
          "newsmessage": "newsml", "newsitem": "newsml", "packageitem": "newsml"}  # fmt: skip
_XML = frozenset({"feed", "nitf", "newsml"})
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_NINJS = re.compile(r'"(?:body_(?:text|x?html)|bodies|headlines|version[cC]reated)"\s*:')
_DOCTYPE = "<!doctype html"
_HEAD = 4096


def file_format(path: Path, named: str | None) -> str:
    """Name the reader for a file; `named` is what its name promises.

    Raises Refusal that says what was seen where nothing here reads it.
    """
    head = _head(path)
    found = _by_mark(head)
    if found:
        return found
    if named == "warc":
        raise _unknown("is named like a web archive, but does not begin like one")
    return _by_text(_text(head), named)


def certain_format(path: Path) -> str | None:
    """Name the reader for a file whose name says nothing; None where its content is no proof.

    Raises Refusal as `file_format` does.
    """
    head = _head(path)
    text = _text(head)
    page = "html" if text[: len(_DOCTYPE)].lower() == _DOCTYPE else None
    return _by_mark(head) or _ROOTS.get(_root(text), page)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _text(head: bytes) -> str:
    return head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")


def _by_mark(head: bytes) -> str | None:
    for mark, what in _OTHERS.items():
        if head.lstrip().startswith(mark):
            raise _unknown(f"is {what}, whatever its name ends in")
    if head.startswith(b"PK\x03\x04"):
        raise _unknown("is a zip archive or an Office document; unpack it first")
    if head.startswith(_GZIP) and not _unpacked(head).startswith(b"WARC/"):
        raise _unknown("is gzip data with no web archive inside; unpack it first")
    return next((kind for mark, kind in _BINARY.items() if head.startswith(mark)), None)


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, 16)
    except zlib.error:
        return b""


def _by_text(text: str, named: str | None) -> str:
    if named in _XML or (text.startswith("<") and named in {None, "html", "dump"}):
        root = _root(text)
        if root in _ROOTS:
            return _ROOTS[root]
        if named in _XML and text:
            seen = f"begins with <{root}>" if root else "holds no element"
            raise _unknown(f"{seen}; of XML, RSS, Atom, NITF, NewsML-G2 and XHTML are read")
        return named or "html"
    if text.startswith("{") and named in {None, "ninjs"}:
        return "ninjs" if _is_ninjs(text) else "jsonl"
    if named == "ninjs" and text.startswith("["):
        raise _unknown("is a JSON array; write one JSON object per line into a .jsonl file")
    if named is None:
        return "table" if _is_table(text) else "dump"
    return named


def _root(text: str) -> str:
    """Return the name of the first element, small; empty when there is none at the top."""
    found = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    return found[1].lower() if found and text.startswith("<") else ""


def _is_ninjs(text: str) -> bool:
    """Tell one news item from JSON Lines: it runs over lines, or has members of that standard."""
    first, end, _ = text.partition("\n")
    return bool(_NINJS.search(first)) or bool(end and not first.rstrip().endswith("}"))


def _is_table(text: str) -> bool:
    """Tell whether the first line names columns for a headline and a text."""
    names = [name.strip(' "') for name in re.split(r"[,;\t|]", text.partition("\n")[0])]
    return all(field in by_name(names) for field in NEEDED)


def _unknown(what: str) -> Refusal:
    return Refusal("unknown_format", what)

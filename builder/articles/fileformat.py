"""What a file really is: told by its first bytes, whatever its name ends in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.articles.encoding import encoding_of
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
    b"{\\rtf": "an RTF document",
    b"SQLite format 3": "an SQLite database",
}
_BINARY = {b"PAR1": "table", b"ARROW1": "table", b"WARC/": "warc", b"\x1f\x8b": "warc"}
_ROOTS = {"rss": "feed", "feed": "feed", "rdf": "feed", "nitf": "nitf", "html": "html",
          "newsmessage": "newsml", "newsitem": "newsml", "packageitem": "newsml"}  # fmt: skip
_XML = frozenset({"feed", "nitf", "newsml"})
_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_HEAD = 4096


def file_format(path: Path, named: str | None) -> str:
    """Name the reader for a file; `named` is what its name promises.

    Raises Refusal that says what was seen where nothing here reads it.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    for mark, what in _OTHERS.items():
        if head.lstrip().startswith(mark):
            raise _unknown(f"is {what}, whatever its name ends in")
    if head.startswith(b"PK\x03\x04"):
        raise _unknown("is a zip archive or an Office document; unpack it first")
    found = next((kind for mark, kind in _BINARY.items() if head.startswith(mark)), None)
    if found:
        return found
    if named == "warc":
        raise _unknown("is named like a web archive, but does not begin like one")
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")
    return _by_text(text, named)


def _by_text(text: str, named: str | None) -> str:
    if named in _XML or (text.startswith("<") and named in {None, "html", "dump"}):
        root = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
        name = root[1].lower() if root else ""
        if name in _ROOTS:
            return _ROOTS[name]
        if named in _XML and text:
            seen = f"begins with <{root[1]}>" if root else "holds no element"
            raise _unknown(f"{seen}; of XML, RSS, Atom, NITF, NewsML-G2 and XHTML are read")
        return named or "html"
    if named is None:
        return "jsonl" if text.startswith("{") else "dump"
    return named


def _unknown(what: str) -> Refusal:
    return Refusal("unknown_format", what)

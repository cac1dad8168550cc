"""Bytes to text, never guessing: UTF-8, or UTF-16 with a byte order mark.

Legacy encodings are refused with the offset of the first bad byte. Detectors
are not sure enough to be trusted with offsets: the common ones take Polish
text in Windows-1250 for Windows-1252 and say so with full confidence.
"""

from __future__ import annotations

import codecs
import re

from builder.articles.reading import Refusal

MARK = "\ufeff"
"""A byte order mark as it stands in the decoded text: the file's first code point."""

_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def encoding_of(data: bytes) -> str:
    """Name the encoding that the first bytes call for.

    The names encode without adding a mark, so that the bytes of a part of the
    text are counted right.

    >>> encoding_of("Seoul".encode("utf-16")) in {"utf-16-le", "utf-16-be"}
    True
    >>> encoding_of(b"Seoul")
    'utf-8'
    """
    return next((name for mark, name in _UTF16.items() if data.startswith(mark)), "utf-8")


def decoded(data: bytes) -> tuple[str, str]:
    """Return text and encoding of a file; its mark, if any, stays the first code point.

    Raises Refusal that names the first undecodable byte and its line.
    """
    encoding = encoding_of(data)
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        what = (
            f"byte {error.start} (0x{data[error.start]:02x}) is not {encoding.upper()}; "
            "save the file as UTF-8, or as UTF-16 with a byte order mark"
        )
        line = before.count("\n") + 1
    raise Refusal("unreadable_encoding", what, line)


def unusable_character(text: str) -> tuple[int, str] | None:
    r"""Find a character that no labelling server stores: NUL or half a surrogate pair.

    Returns its offset and its name.

    >>> unusable_character("a\x00b")
    (1, 'U+0000')
    """
    found = _UNUSABLE.search(text)
    return (found.start(), f"U+{ord(found[0]):04X}") if found else None

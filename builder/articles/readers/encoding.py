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

_HEAD = 4096  # bytes in which a page declares its encoding, or shows it
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
    _check_wide(data, encoding)
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


def _check_wide(data: bytes, encoding: str) -> None:
    """Refuse UTF-16 without its mark: every other byte of most texts is NUL, as in no UTF-8."""
    head = data[:_HEAD]
    most = max(head[0::2].count(0), head[1::2].count(0))
    if encoding == "utf-8" and len(head) > 1 and most > len(head) // 4:
        what = "looks like UTF-16 without a byte order mark; save the file as UTF-8"
        raise Refusal("unreadable_encoding", what, 1)


def decoded_page(data: bytes, named: str | None = None) -> tuple[str, str]:
    """Return text and encoding of a web page: UTF-8 where that fits, else what is declared.

    `named` is the encoding that people or the transport gave; it goes before
    the page's own declaration. Raises Refusal that names the first byte that
    does not fit, or that nothing declares an encoding.
    """
    if encoding_of(data) != "utf-8" or (_is_utf8(data) and not _SHIFTS.search(data)):
        return decoded(data)
    declared = _declared(data)
    label = named or declared
    if not label:
        what = "is not UTF-8 and declares no encoding; write it into builder.toml"
        raise Refusal("unreadable_encoding", f'{what} as encoding = "windows-1252", say')
    codec = _codec(label)
    if codec is None:
        what = f"declares the encoding {label!r}, which cannot be read here; save it as UTF-8"
        raise Refusal("unreadable_encoding", what)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        what = f"byte {error.start} (0x{data[error.start]:02x}) is not {label.upper()}"
        hint = "save the page as UTF-8, or name its encoding in builder.toml"
        line = data[: error.start].count(b"\n") + 1
        raise Refusal("unreadable_encoding", f"{what}; {hint}", line) from None
    if len(text.encode(codec)) != len(data):
        what = f"its {label.upper()} bytes cannot be found again from the text; save it as UTF-8"
        raise Refusal("unreadable_encoding", what)
    return text, codec


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(data: bytes) -> str | None:
    found = _CHARSET.search(data[:_HEAD])
    return found[1].decode("ascii") if found else None


def _codec(label: str) -> str | None:
    """Return Python's codec for a label as the web means it; None for one that shifts state."""
    try:
        name = codecs.lookup(_WEB.get(label.lower(), label)).name
    except LookupError:
        return None
    stateless = not name.startswith(("iso2022", "utf-7", "hz", "utf-16", "utf-32"))
    return name if stateless and codecs.lookup(name)._is_text_encoding else None  # noqa: SLF001 - how codecs themselves tell


_CHARSET = re.compile(rb"<[^>]*charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_SHIFTS = re.compile(rb"\x1b[$(][@-JB]")  # ISO-2022: all bytes are ASCII, the text is not
_WEB = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932",
    "shift_jis": "cp932", "shift-jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
    "big5": "big5hkscs", "tis-620": "cp874", "x-gbk": "gb18030",
}  # fmt: skip
"""Labels that the web uses for a wider encoding (WHATWG Encoding Standard)."""


def unusable_character(text: str) -> tuple[int, str] | None:
    r"""Find a character that no labelling server stores: NUL or half a surrogate pair.

    Returns its offset and its name.

    >>> unusable_character("a\x00b")
    (1, 'U+0000')
    """
    found = _UNUSABLE.search(text)
    return (found.start(), f"U+{ord(found[0]):04X}") if found else None

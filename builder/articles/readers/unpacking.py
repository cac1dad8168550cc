"""Web pages as servers pack them for the way: gzip, deflate, br, zstd, one after another."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pyarrow as pa

from builder.articles.reading import Refusal

if TYPE_CHECKING:
    from builder.articles.reading import Limits

_CODECS = {"gzip": "gzip", "x-gzip": "gzip", "br": "brotli", "zstd": "zstd"}
_DEFLATE = "deflate"
_KNOWN = frozenset({*_CODECS, _DEFLATE})


def unpacked(data: bytes, said: str, limits: Limits) -> bytes:
    """Return a page's bytes; `said` is the Content-Encoding it was sent with.

    Archives often keep a page unpacked under the header that it came with;
    what begins like a page is taken as one. Raises Refusal for a page that is
    broken, too large, or packed otherwise.

    >>> from builder.articles.reading import Limits
    >>> unpacked(zlib.compress(b"<p>Seoul"), "deflate", Limits())
    b'<p>Seoul'
    """
    names = [name.strip().lower() for name in said.split(",")]
    for name in reversed([name for name in names if name not in {"", "identity"}]):
        if data.lstrip()[:1] == b"<":
            return data
        if name not in _KNOWN:
            what = f"is packed as {name!r}; read are {', '.join(sorted(_KNOWN))}"
            raise Refusal("unknown_packing", what)
        try:
            data = _once(data, name, limits.article + 1)
        except (OSError, zlib.error) as error:
            raise Refusal("broken_page", f"cannot be unpacked as {name}: {error}") from None
        if len(data) > limits.article:
            raise limits.too_large("a larger page")
    return data


def _once(data: bytes, name: str, most: int) -> bytes:
    if name != _DEFLATE:
        with pa.CompressedInputStream(pa.BufferReader(data), _CODECS[name]) as stream:
            return bytes(stream.read(most))
    try:
        return _inflated(data, zlib.MAX_WBITS, most)
    except zlib.error:  # some servers leave the wrapping off
        return _inflated(data, -zlib.MAX_WBITS, most)


def _inflated(data: bytes, window: int, most: int) -> bytes:
    stream = zlib.decompressobj(window)
    found = stream.decompress(data, most)
    if len(found) < most and not stream.eof:
        raise zlib.error("Truncated compressed stream")
    return found

"""WARC and WARC.gz: a document for each page that an archive holds."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.articles.part import Part, Place
from builder.articles.readers.html import read_page
from builder.articles.readers.newsfile import explained
from builder.articles.readers.unpacking import unpacked
from builder.articles.reading import Limits, Line, Note, Outcome, Refusal, Rejected
from builder.document import Article
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import ArticleFacts

_OK = 200
_PACKED = b"\x1f\x8b"


def read(
    path: Path,
    file: str,
    facts: ArticleFacts,
    limits: Limits | None = None,
    part: Part | None = None,
) -> Iterator[Outcome]:
    """Yield a document for each page of the archive, and why the others give none.

    `row` is the record's number among all that hold a response; spans count in
    the page as it was sent, with its transfer encoding undone. What is no page
    (images, redirects) is counted in a note.
    """
    limits = limits or Limits()
    part = part or Part(size=path.stat().st_size, sha256=file_sha256(path))
    most = max(1, part.size) * limits.unpacking + limits.article
    seen = passed = 0
    try:
        for number, record in enumerate(_records(path, part.data), start=part.first):
            if not part.holds(number):
                break
            seen += max(record.content_length, 0)
            if seen > most:
                yield _bomb(file, limits)
                return
            if not _is_page(record):
                passed += 1
                continue
            yield from _page(record, number, Article(file, part.sha256, ""), facts, limits)
    except (OSError, ValueError, RuntimeError) as error:
        what = f"is broken or cut off here: {error}; the pages before it are read"
        yield Rejected(file, None, "broken_archive", what)
        return
    if passed:
        yield Note(file, "records that are no pages are not read", passed)
    if not seen and part.whole:
        yield Rejected(
            file, None, "empty_file", "holds no WARC record; unpack it first if it is none"
        )


def places(path: Path, limits: Limits) -> Iterator[Place]:
    """Yield where each response stands, as far as the archive can be read from there on."""
    most = path.stat().st_size * limits.unpacking + limits.article
    seen, before = 0, -1
    with path.open("rb") as stream, contextlib.suppress(OSError, ValueError, RuntimeError):
        packed = stream.read(len(_PACKED)) == _PACKED
        for number, record in enumerate(_records(path, 0, whole=False), start=1):
            seen += max(record.content_length, 0)
            stream.seek(record.stream_pos)
            # Packed as one stream, and not record by record, it is read from its start only.
            entry = not packed or stream.read(len(_PACKED)) == _PACKED
            if seen > most or record.stream_pos <= before or not entry:
                return  # `read` will say what is wrong
            before = record.stream_pos
            yield Place(number, before)


def explain(path: Path) -> Iterator[Line]:
    """Yield what is kept of every page, and why the others fail."""
    return explained(read, path)


def _records(path: Path, start: int, *, whole: bool = True) -> Iterator[Any]:
    """Yield the responses from a byte on; not `whole` ones have no HTTP headers."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 - compiled, only here

    kinds = WarcRecordType.response | WarcRecordType.resource
    # Told to unpack the pages as well, the library ends in silence at the first with `deflate`.
    decode = {"parse_http": True, "auto_decode": "transfer"} if whole else {"parse_http": False}
    with path.open("rb") as stream:
        stream.seek(start)
        yield from ArchiveIterator(stream, record_types=kinds, **decode)


def _is_page(record: Any) -> bool:  # noqa: ANN401 - the library has no types
    status = record.http_headers.status_code if record.http_headers else None
    kind = record.http_content_type or record.headers.get("Content-Type", "")
    return status in {None, _OK} and "html" in kind.lower()


def _page(
    record: Any,  # noqa: ANN401 - the library has no types
    number: int,
    article: Article,
    facts: ArticleFacts,
    limits: Limits,
) -> Iterator[Outcome]:
    url = record.headers.get("WARC-Target-URI", "").strip("<>") or None
    found = replace(article, row=number, article_id=record.record_id or None, url=url)
    named = replace(facts, encoding=facts.encoding or record.http_charset)
    try:
        data = record.reader.read(limits.article + 1)
        if len(data) > limits.article:
            raise limits.too_large("a larger page")
        packed = record.http_headers.get("Content-Encoding", "") if record.http_headers else ""
        yield from read_page(unpacked(data, packed, limits), found, named)
    except Refusal as refusal:
        yield Rejected(article.file, number, refusal.reason, f"{url or 'record'}: {refusal}")


def _bomb(file: str, limits: Limits) -> Rejected:
    what = f"unpacks to more than {limits.unpacking} times its size, as a zip bomb does"
    hint = "the pages before are read; raise ingest.max_unpacking in builder.toml if it is none"
    return Rejected(file, None, "unpacks_too_far", f"{what}; {hint}")

"""WARC and WARC.gz: a document for each page that an archive holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder.articles.html import read_page
from builder.articles.newsfile import explained
from builder.articles.reading import Limits, Line, Note, Outcome, Refusal, Rejected
from builder.document import Article
from builder.files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import ArticleFacts

_OK = 200


def read(
    path: Path, file: str, facts: ArticleFacts, limits: Limits | None = None
) -> Iterator[Outcome]:
    """Yield a document for each page of the archive, and why the others give none.

    `row` is the record's number among all records; spans count in the page as
    it was sent, with its transfer encoding undone. What is no page (images,
    requests, redirects) is counted in a note.
    """
    limits = limits or Limits()
    digest = file_sha256(path)
    most = max(1, path.stat().st_size) * limits.unpacking + limits.article
    seen = passed = 0
    try:
        for number, record in enumerate(_records(path), start=1):
            seen += max(record.content_length, 0)
            if seen > most:
                yield _bomb(file, limits)
                return
            if not _is_page(record):
                passed += 1
                continue
            yield from _page(record, number, Article(file, digest, ""), facts, limits)
    except (OSError, ValueError, RuntimeError) as error:
        what = f"is broken or cut off here: {error}; the pages before it are read"
        yield Rejected(file, None, "broken_archive", what)
        return
    if passed:
        yield Note(file, f"{passed} records are no pages and are not read")
    if not seen:
        yield Rejected(file, None, "empty_file", "holds no WARC record")


def explain(path: Path) -> Iterator[Line]:
    """Yield what is kept of every page, and why the others fail."""
    return explained(read, path)


def _records(path: Path) -> Iterator[Any]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 - compiled, only here

    kinds = WarcRecordType.response | WarcRecordType.resource
    with path.open("rb") as stream:
        yield from ArchiveIterator(stream, record_types=kinds, auto_decode="all")


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
        yield from read_page(data, found, named)
    except Refusal as refusal:
        yield Rejected(article.file, number, refusal.reason, f"{url or 'record'}: {refusal}")


def _bomb(file: str, limits: Limits) -> Rejected:
    what = f"unpacks to more than {limits.unpacking} times its size, as a zip bomb does"
    hint = "the pages before are read; raise ingest.max_unpacking in builder.toml if it is none"
    return Rejected(file, None, "unpacks_too_far", f"{what}; {hint}")

"""A news file in XML: its text, its elements, and pieces of it with their source."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from builder.articles.assembly import whole
from builder.articles.readers.container import captions, paragraphs
from builder.articles.readers.encoding import MARK, decoded_page
from builder.articles.readers.xmltree import Node, content, tree
from builder.articles.reading import Line, Refusal, Rejected
from builder.config import ArticleFacts
from builder.document import Article, Document, Dropped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builder.articles.assembly import Piece
    from builder.articles.reading import Outcome

_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})")


class NewsFile:
    """An XML file read into elements; raises Refusal when it is not XML."""

    def __init__(self, data: bytes, file: str) -> None:
        declared = _DECLARED.search(data[:200])
        self.raw, self.encoding = decoded_page(data, declared[1].decode() if declared else None)
        if not self.raw.strip(MARK).strip():
            raise Refusal("empty_file", "has no text")
        self.whole = whole(self.raw, self.encoding)
        self.top = tree(self.raw)
        self._file, self._digest = file, hashlib.sha256(data).hexdigest()

    def article(self, row: int | None, identity: str | None) -> Article:
        """Return the record of one article of the file, without what it says of itself."""
        return Article(self._file, self._digest, self.encoding, row=row, article_id=identity)

    def paragraphs(self, node: Node) -> list[Piece]:
        """Return the paragraphs inside an element."""
        return paragraphs(content(node, self.whole, self.encoding), self.encoding, marked_up=True)

    def captions(self, node: Node) -> list[Dropped]:
        """Return what stands under pictures inside an element."""
        return captions(content(node, self.whole, self.encoding), self.encoding)

    def line(self, node: Node) -> int:
        """Return the line that an element starts on."""
        return self.raw.count("\n", 0, node.inside.start) + 1


def explained(
    read: Callable[[Path, str, ArticleFacts], Iterator[Outcome]], path: Path
) -> Iterator[Line]:
    """Yield the paragraphs that a reader keeps, with their zone, and why the others fail."""
    for outcome in read(path, path.name, ArticleFacts("*")):
        if isinstance(outcome, Document):
            for zone in outcome.zones:
                if zone.kind in {"headline", "body"}:
                    text = zone.span.of(outcome.text)
                    yield Line(outcome.article.row or 1, text, zone.kind)
        elif isinstance(outcome, Rejected):
            yield Line(outcome.line or 1, outcome.what, outcome.reason)

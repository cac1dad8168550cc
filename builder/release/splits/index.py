"""Every document of a project by id, in arrays: what splits are decided by, and nothing else.

Some 100 bytes each: in memory until the splits are decided, then in mapped files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from builder.document import Article
from builder.errors import DataError, Problem
from builder.release.splits.ledger import source
from builder.release.splits.period import day, number
from builder.release.tables.arrays import Names, Numbers, Packed, encoded, positions
from builder.release.tables.decode import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from builder.document import Document

_BATCH = 1000
_STATED = ("file", "sha256", "encoding", "row", "url", "published_at", "updated_at")
COLUMNS = ["doc_id", "duplicate_cluster", "story", *(f"article.{name}" for name in _STATED)]


@dataclass(frozen=True, slots=True)
class Header:
    """What of a document decides its split."""

    doc_id: str
    duplicate_cluster: str
    story: str | None
    article: Article


@dataclass(frozen=True, slots=True)
class Index:
    """Documents in the order of their ids; every array but two has an entry for each.

    `clusters` and `stories` are places in `names`, which is sorted; a document
    without a story has its cluster there. `days` are written as numbers, 20240131,
    0 for unknown. `ranks` has the place in this order of every row of the file.
    """

    ids: Names
    ranks: Numbers
    names: Names
    clusters: Numbers
    stories: Numbers
    sources: Names
    days: Numbers
    articles: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, doc_ids: Iterable[str]) -> Numbers:
        """Return where documents are in the index, -1 for those that are not."""
        return positions(self.ids, encoded(doc_ids))

    def twice(self) -> dict[str, int]:
        """Return the ids that several rows have, and how many do."""
        again = np.unique(self.ids[1:][self.ids[1:] == self.ids[:-1]])
        return {name.decode(): int(np.sum(self.ids == name)) for name in again}


def index(headers: Iterable[Header | Document]) -> Index:
    """Return the index of documents, in whatever order they come."""
    columns = [Packed(kind) for kind in (*[np.bytes_] * 4, np.int32)]
    articles = set()
    for header in headers:
        article = header.article
        story = header.story or header.duplicate_cluster
        named = (header.doc_id, header.duplicate_cluster, story, source(article))
        stated = number(day(article) or "0")
        for column, value in zip(columns, (*(n.encode() for n in named), stated), strict=True):
            column.add(value)
        articles.add((article.file, article.sha256))
    ids, clusters, stories, sources, days = (column.array() for column in columns)
    order = np.argsort(ids, kind="stable")
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    names, codes = np.unique(np.concatenate([clusters, stories]), return_inverse=True)
    codes = codes.astype(np.int32)
    return Index(
        ids[order],
        ranks,
        names,
        codes[: len(order)][order],
        codes[len(order) :][order],
        sources[order],
        days[order],
        frozenset(articles),
    )


def read_headers(path: Path) -> Iterator[Header]:
    """Give of every document what decides its split, a batch of them in memory at a time.

    Raises DataError when the file is missing, was cut, or holds other columns.
    """
    if not path.exists():
        raise DataError([Problem(str(path), "is not there yet; run `builder ingest` first")])
    try:
        with pq.ParquetFile(path, memory_map=True) as parquet:
            for batch in parquet.iter_batches(_BATCH, columns=COLUMNS, use_threads=False):
                yield from records(pa.Table.from_batches([batch]), Header)
    except (OSError, ValueError, KeyError) as error:
        what = f"cannot be read ({error}); run `builder ingest` again"
        raise DataError([Problem(str(path), what)]) from error

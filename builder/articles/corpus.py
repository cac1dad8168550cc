"""Many raw files: what reading them all came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from builder.articles.batch import Read
from builder.articles.duplicates.cluster import Dated
from builder.articles.reading import Note, Rejected
from builder.document import Article, Document
from builder.files import record_stream, stream_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from builder.articles.duplicates.cluster import Groups


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An article whose text is that of an earlier one; only the earlier is a document."""

    file: str
    row: int | None
    doc_id: str
    same_as: str
    reason: str = "exact_duplicate"


@dataclass(slots=True)
class Corpus:
    """What came of the raw files, counted; the lists are sorted by file and row."""

    files: int = 0
    documents: int = 0
    characters: int = 0
    clusters: int = 0
    stories: int = 0
    duplicates: list[Duplicate] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    skipped: list[Rejected] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    dropped_characters: Counter[str] = field(default_factory=Counter)

    @property
    def articles(self) -> int:
        """How many articles were seen, good or not."""
        return self.documents + len(self.duplicates) + len(self.rejected)

    def dropped(self) -> dict[str, dict[str, int]]:
        """Count what was left out of the documents: runs and characters by reason."""
        return {
            reason: {"runs": self.runs[reason], "characters": self.dropped_characters[reason]}
            for reason in sorted(self.runs)
        }

    def refused(self) -> dict[str, int]:
        """Count the refused articles by reason."""
        return dict(sorted(Counter(rejected.reason for rejected in self.rejected).items()))


def count(shards: Iterable[Path], corpus: Corpus) -> dict[str, Dated]:
    """Count what shards hold into `corpus`; return the documents, each text once, by id.

    The shards are in the order of their files; of equal texts the first is the document.
    """
    first: dict[str, str] = {}
    dated: dict[str, Dated] = {}
    for row in _rows(shards):
        if row.rejected:
            corpus.rejected.append(row.rejected)
        elif row.note:
            corpus.notes.append(row.note)
        elif row.document and row.document.doc_id in first:
            corpus.duplicates.append(_duplicate(row.document, first[row.document.doc_id]))
        elif row.document:
            document = row.document
            first[document.doc_id] = _place(document)
            article = document.article
            published = article.published_at or article.updated_at
            dated[document.doc_id] = Dated(document.doc_id, published, article.language)
            _count_document(document, corpus)
    corpus.rejected.sort(key=lambda r: (r.file, r.line or 0))
    corpus.notes = _joined(corpus.notes)
    return dated


def documents(shards: Iterable[Path]) -> Iterator[Document]:
    """Yield the documents of shards, each text once."""
    seen: set[str] = set()
    for row in _rows(shards):
        if row.document and row.document.doc_id not in seen:
            seen.add(row.document.doc_id)
            yield row.document


def texts(shards: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield id and text of the documents of shards."""
    return ((document.doc_id, document.text) for document in documents(shards))


def write_documents(path: Path, shards: Iterable[Path], found: Groups) -> None:
    """Write the documents of shards with their clusters and stories, as a whole file."""
    with record_stream(path, Document) as add:
        for document in documents(shards):
            cluster, story = found.clusters[document.doc_id], found.stories.get(document.doc_id)
            add(replace(document, duplicate_cluster=cluster, story=story))


def _rows(shards: Iterable[Path]) -> Iterator[Read]:
    """Yield the rows of shards; of documents with one id, where that names one, the first."""
    taken: dict[tuple[str, str], int | None] = {}
    for shard in shards:
        for row in stream_records(shard, Read):
            article = row.document.article if row.document and row.unique else None
            if article is None or article.article_id is None:
                yield row
                continue
            first = taken.setdefault((article.file, article.article_id), article.row)
            yield row if first == article.row else Read(rejected=_taken(article, first))


def _taken(article: Article, first: int | None) -> Rejected:
    what = f"id {article.article_id!r} is taken by row {first}; give this row another id"
    return Rejected(article.file, article.row, "duplicate_id", what)


def _joined(notes: Iterable[Note]) -> list[Note]:
    """Return each note once, with the records that its parts counted."""
    counts: Counter[tuple[str, str]] = Counter()
    for note in notes:
        counts[note.where, note.what] += note.records
    return [Note(where, what, counts[where, what]) for where, what in sorted(counts)]


def _count_document(document: Document, corpus: Corpus) -> None:
    corpus.documents += 1
    corpus.characters += len(document.text)
    for dropped in document.dropped:
        corpus.runs[dropped.reason] += 1
        corpus.dropped_characters[dropped.reason] += len(dropped.source)


def _place(document: Document) -> str:
    article = document.article
    return f"{article.file}:{article.row}" if article.row else article.file


def _duplicate(document: Document, same_as: str) -> Duplicate:
    return Duplicate(document.article.file, document.article.row, document.doc_id, same_as)

"""The project's documents with their gold and answers, in the order of their ids, a few at a time.

Documents, gold and answers may lie in their files in any order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from builder.document import Document
from builder.errors import DataError, Problem
from builder.event import Annotation, GoldDocument
from builder.release.tables.decode import records
from builder.release.tables.memory import give_back
from builder.release.tables.order import BATCH, InOrder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import Project
    from builder.release.splits.index import Index
    from builder.release.splits.placement import Status

R = TypeVar("R")
TEXT = ["doc_id", "text"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Documents that lie next to each other by id, as tables; `start` is the place of the first."""

    start: int
    documents: pa.Table
    gold: pa.Table
    answers: pa.Table


@dataclass(frozen=True, slots=True)
class Bundle:
    """A parcel's records."""

    start: int
    documents: tuple[Document, ...]
    gold: dict[str, GoldDocument]
    answers: dict[str, tuple[Annotation, ...]]


class Stream:
    """All documents, any number of times; `folder` takes what is sorted or put aside."""

    def __init__(self, project: Project, index: Index, found: Status, folder: Path) -> None:
        self._project, self.folder = project, folder
        self._bounds = [*range(BATCH, len(index), BATCH), len(index)]
        self._documents = InOrder(project.documents, index.ranks, folder)
        self._gold = InOrder(project.gold, found.ranks, folder)
        self._answers = InOrder(project.annotations, found.answers, folder)
        give_back()

    def parcels(self) -> Iterator[Parcel]:
        """Give all documents with what was said of them."""
        bounds = self._bounds
        for start, (documents, _), (gold, _), (answers, _) in zip(
            [0, *bounds],
            self._documents.pieces(bounds),
            self._gold.pieces(bounds),
            self._answers.pieces(bounds),
            strict=False,
        ):
            yield Parcel(start, documents, gold, answers)

    def texts(self) -> Iterator[tuple[int, list[str], list[str]]]:
        """Give the ids and texts of the same bundles, with the place of the first."""
        pieces = self._documents.pieces(self._bounds, TEXT)
        for start, (table, _) in zip([0, *self._bounds], pieces, strict=False):
            yield start, table.column("doc_id").to_pylist(), table.column("text").to_pylist()


def opened(parcel: Parcel, project: Project) -> Bundle:
    """Return the records that a parcel holds; raises DataError when they cannot be read."""
    said: defaultdict[str, list[Annotation]] = defaultdict(list)
    for answer in _read(parcel.answers, Annotation, project.annotations, "builder merge"):
        said[answer.doc_id].append(answer)
    merged = _read(parcel.gold, GoldDocument, project.gold, "builder merge")
    return Bundle(
        parcel.start,
        tuple(_read(parcel.documents, Document, project.documents, "builder ingest")),
        {one.doc_id: one for one in merged},
        {doc_id: tuple(given) for doc_id, given in said.items()},
    )


def _read(table: pa.Table, record: type[R], path: Path, made_by: str) -> list[R]:
    try:
        return records(table, record)
    except (ValueError, KeyError, pa.ArrowException) as error:
        what = f"cannot be read ({error}); run `{made_by}` again"
        raise DataError([Problem(str(path), what)]) from error

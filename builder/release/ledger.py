"""The ledger of splits: every document that was ever released, and the split it is in for good."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from builder.files import read_records, write_records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from builder.document import Document

FILE = "splits.parquet"
_SOURCE = 16
"""Hex digits of a source's hash: enough to tell sources apart, and no address to read."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a document is, with all that tells its successors.

    `names` are its near-duplicate cluster and its story; `source` is a hash of
    its address or raw file; `since` is the version that placed it.
    """

    doc_id: str
    split: str
    names: tuple[str, ...]
    source: str
    since: str


class Ledger:
    """The places of all documents that were ever released; it never changes."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self.places = {place.doc_id: place for place in places}

    def split(self, doc_id: str) -> str | None:
        """Return the split that a document is in already."""
        place = self.places.get(doc_id)
        return place.split if place else None

    def homes(self, group: Iterable[Document], present: Collection[str]) -> set[str]:
        """Return the splits in which a group is already: itself, its cluster, story, or old text.

        A document whose text was corrected has another id, but comes from the
        same source; that counts where the old text is not `present` any more.
        """
        found: set[str] = set()
        for document in group:
            place = self.places.get(document.doc_id)
            found |= {place.split} if place else set()
            for name in names(document):
                found |= self._by_name.get(name, set())
            old = self._by_source.get(source(document))
            if old and old.doc_id not in present:
                found.add(old.split)
        return found

    def with_places(self, places: Iterable[Place]) -> Ledger:
        """Return a ledger with new places too; a place that is known stays as it is."""
        return Ledger({**{p.doc_id: p for p in places}, **self.places}.values())

    def write(self, folder: Path) -> None:
        """Write the ledger into a release's folder."""
        write_records(folder / FILE, Place, sorted(self.places.values()))

    @cached_property
    def _by_name(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for place in self.places.values():
            for name in place.names:
                found[name].add(place.split)
        return dict(found)

    @cached_property
    def _by_source(self) -> dict[str, Place]:
        # Of several texts of one source the last by id counts: any, but always the same.
        return {p.source: p for p in sorted(self.places.values()) if p.source}


def read_ledger(release: Path) -> Ledger:
    """Read the ledger of a release; raises DataError when it is missing or damaged."""
    return Ledger(read_records(release / FILE, Place, made_by="builder release"))


def place(document: Document, split: str, version: str) -> Place:
    """Return a document's entry for the ledger."""
    return Place(document.doc_id, split, names(document), source(document), version)


def names(document: Document) -> tuple[str, ...]:
    """Return what a document shares with those that belong into the same split."""
    story = (document.story,) if document.story else ()
    return tuple(dict.fromkeys((document.duplicate_cluster, *story)))


def source(document: Document) -> str:
    """Return a hash of where a document comes from: its address, else its raw file and row."""
    article = document.article
    where = article.url or f"{article.file}:{article.row or 0}"
    return hashlib.sha256(where.encode()).hexdigest()[:_SOURCE]

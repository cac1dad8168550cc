"""The ledger of splits: every document that was ever released, and the split it is in for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from builder.errors import DataError, Problem
from builder.files import record_stream, stream_records
from builder.release.tables.arrays import Names, Numbers, Packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from builder.document import Article

SPLITS = ("train", "validation", "test")
BETWEEN = "between_splits"
UNDATED = "undated"
CODES = {BETWEEN: -1, UNDATED: -2}
"""Where a split's place in SPLITS would be: why a document that could be released has none."""
REASONS = {code: reason for reason, code in CODES.items()}
ABSENT = -3
"""What stands there for a document that cannot be released."""
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


@dataclass(frozen=True, slots=True)
class Ledger:
    """The places of all documents that were ever released, in arrays, by id.

    `splits` are places in SPLITS. `names` has the names of all, one after the
    other, `owners` whose each is.
    """

    ids: Names
    splits: Numbers
    sources: Names
    names: Names
    owners: Numbers

    def __len__(self) -> int:
        return len(self.ids)


def ledger(places: Iterable[Place] = ()) -> Ledger:
    """Return the ledger of places."""
    ids, sources, names = (Packed(np.bytes_) for _ in range(3))
    splits, owners = Packed(np.int32), Packed(np.int32)
    for number, place in enumerate(places):
        ids.add(place.doc_id.encode())
        splits.add(SPLITS.index(place.split))
        sources.add(place.source.encode())
        for name in place.names:
            names.add(name.encode())
            owners.add(number)
    return Ledger(ids.array(), splits.array(), sources.array(), names.array(), owners.array())


def read_places(release: Path) -> Iterator[Place]:
    """Give the places of a release's ledger, by id; raises DataError when it cannot be read."""
    path = release / FILE
    if not path.exists():
        what = "is not there; a release without it cannot be followed, take it from where it "
        raise DataError([Problem(str(path), f"{what}was published")])
    yield from stream_records(path, Place)


def write_places(folder: Path, places: Iterable[Place]) -> None:
    """Write the ledger, in the order of the ids, into a release's folder."""
    with record_stream(folder / FILE, Place) as add:
        for place in places:
            add(place)


def source(article: Article) -> str:
    """Return a hash of where a document comes from: its address, else its raw file and row."""
    where = article.url or f"{article.file}:{article.row or 0}"
    return hashlib.sha256(where.encode()).hexdigest()[:_SOURCE]

"""Which text covers which, of texts that are added once: an index whose shingles lie on disk.

It finds what the index in memory finds. Rows of shingles and posting lists are in
mapped files, which the system reads and forgets as it likes. A shingle that one
text alone has counts for its width and leads nowhere, so all of these have one key
with an empty list. In memory are some hundred bytes for every text and a few for
every shingle that several have.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.articles.duplicates.index import Index
from builder.articles.duplicates.segment import Segment
from builder.articles.duplicates.shingle import batches, shingles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import DTypeLike, NDArray

    from builder.articles.duplicates.link import Rule

    Small = NDArray[np.int32]
    Hashes = NDArray[np.uint32]

TOGETHER = 2**21
"""Shingles that are sorted at once."""
_HALF = np.uint64(32)


class LeakIndex(Index):
    """Texts by number in the order in which they come; `folder` takes the files."""

    def __init__(self, rule: Rule, folder: Path) -> None:
        super().__init__(rule)
        self._folder = folder

    def add_all(self, texts: Iterable[tuple[str, str, int]]) -> None:
        """Add all texts, each with its id and its home; texts of one home are not compared."""
        starts = self._spill(texts)
        if len(starts) > 1:
            self.postings.main = segment = self._grouped(starts)
            self.ids = [""] * segment.texts
            self.kinds = np.zeros(len(segment.hashes), np.uint8)
            self._link(np.arange(len(segment.hashes), dtype=np.int32), 0)

    def numbers(self) -> Iterator[tuple[int, int, float]]:
        """Give each text that has a match, its match, and the share of the text it covers."""
        for text, other, score in zip(*self.linking.best(), strict=True):
            yield int(text), int(other), float(score)

    def _spill(self, texts: Iterable[tuple[str, str, int]]) -> Small:
        """Write the rows of all texts, one after the other; return where those of each begin."""
        ties, homes = bytearray(), bytearray()
        sizes: list[Small] = [np.zeros(1, np.int32)]
        lengths: list[NDArray[np.int64]] = [np.empty(0, np.int64)]

        def noted() -> Iterator[str]:
            for name, text, home in texts:
                ties.extend(hashlib.sha256(name.encode()).digest()[:8])
                homes.append(home)
                yield text

        with self._file("hashes").open("wb") as hashes, self._file("places").open("wb") as places:
            for some in batches(noted()):
                new = shingles(some)
                new.hashes.tofile(hashes)
                new.places.tofile(places)
                sizes.append(new.sizes.astype(np.int32))
                lengths.append(new.lengths)
        self.homes = np.frombuffer(homes, np.uint8).astype(np.int16)
        self._arrange(np.concatenate(lengths), bytes(ties))
        return np.cumsum(np.concatenate(sizes), dtype=np.int32)

    def _grouped(self, starts: Small) -> Segment:
        """Return the segment of all rows; the shingles of some hashes at a time are grouped."""
        hashes = self._mapped("hashes", np.uint32)
        self._file("keys").write_bytes(b"")
        with self._file("keys").open("r+b") as stream:
            stream.truncate(len(hashes) * np.dtype(np.int32).itemsize)
        keys = self._mapped("keys", np.int32)
        # The first key is that of all shingles that are in one text alone.
        counts: list[Small] = [np.zeros(2, np.int32)]
        size = 1
        with self._file("posted").open("wb") as posted, self._file("holder").open("wb") as holder:
            for found in _by_hash(hashes):
                rows, own = _shared(found)
                keys[rows] = np.repeat(np.arange(size, size + len(own), dtype=np.int32), own)
                rows.tofile(posted)
                (np.searchsorted(starts, rows, side="right") - 1).astype(np.int32).tofile(holder)
                counts.append(own)
                size += len(own)
        segment = Segment()
        segment.starts, segment.keys = starts, keys
        segment.places = self._mapped("places", np.uint16)
        # The last list, of no key, is empty.
        segment.bounds = np.cumsum(np.concatenate([*counts, counts[0][:1]]), dtype=np.int32)
        segment.posted, segment.holder = (
            self._mapped(name, np.int32) for name in ("posted", "holder")
        )
        # Nobody asks for them, as no text comes later; how many there are is asked.
        segment.hashes = np.broadcast_to(np.uint32(0), size)
        return segment

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.bin"

    def _mapped(self, name: str, kind: DTypeLike) -> NDArray[Any]:
        path = self._file(name)
        if not path.stat().st_size:
            return np.empty(0, kind)
        return np.asarray(np.memmap(path, kind, "r+"))


def _by_hash(hashes: Hashes) -> Iterator[NDArray[np.uint64]]:
    """Give hash and row in one number, sorted; a range of hashes after the other."""
    parts = -(-len(hashes) // TOGETHER)
    edges = np.linspace(0, 2**32, parts + 1, dtype=np.uint64)
    for low, high in pairwise(edges):
        found: list[NDArray[np.uint64]] = [np.empty(0, np.uint64)]
        for start in range(0, len(hashes), TOGETHER):
            some = hashes[start : start + TOGETHER]
            rows = np.flatnonzero((some >= low) & (some < high))
            found.append(some[rows].astype(np.uint64) << _HALF | (rows + start).astype(np.uint64))
        yield np.sort(np.concatenate(found))


def _shared(found: NDArray[np.uint64]) -> tuple[Small, Small]:
    """Return the rows of hashes that several texts have, and how many each of these has."""
    hashes = found >> _HALF
    begins = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1]))[: len(hashes)])
    counts = np.diff(begins, append=len(hashes)).astype(np.int32)
    several = counts > 1
    rows = found[np.repeat(several, counts)].astype(np.uint32).astype(np.int32)
    return rows, counts[several]

"""Shingles of texts, readable both ways: by text, and by shingle as posting lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from builder.articles.duplicates.shingle import Features

    Numbers = NDArray[np.int64]
    Hashes = NDArray[np.uint32]


class Postings:
    """Which text has which shingle where; texts are numbered in the order they were added."""

    def __init__(self) -> None:
        self.starts: Numbers = np.zeros(1, np.int64)
        self.hashes: Hashes = np.empty(0, np.uint32)
        self.places: NDArray[np.uint16] = np.empty(0, np.uint16)
        self.posted_hashes: Hashes = np.empty(0, np.uint32)
        self.posted_texts: Hashes = np.empty(0, np.uint32)
        self.posted_places: NDArray[np.uint16] = np.empty(0, np.uint16)

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.starts) - 1

    def add(self, features: Sequence[Features]) -> None:
        """Append texts and merge their shingles into the posting lists."""
        sizes = np.array([len(f.hashes) for f in features], np.int64)
        hashes = np.concatenate([f.hashes for f in features])
        places = np.concatenate([f.places for f in features])
        numbers = np.arange(self.texts, self.texts + len(features), dtype=np.uint32)
        self.starts = np.concatenate((self.starts, self.starts[-1] + np.cumsum(sizes)))
        self.hashes = np.concatenate((self.hashes, hashes))
        self.places = np.concatenate((self.places, places))
        order = np.argsort(hashes, kind="stable")
        at = np.searchsorted(self.posted_hashes, hashes[order], side="right")
        texts = np.repeat(numbers, sizes)[order]
        self.posted_hashes = np.insert(self.posted_hashes, at, hashes[order])
        self.posted_texts = np.insert(self.posted_texts, at, texts)
        self.posted_places = np.insert(self.posted_places, at, places[order])

    def rows(self, texts: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rows of texts, and for each row the position of its text in `texts`."""
        return ragged(self.starts[texts], self.starts[texts + 1] - self.starts[texts])

    def lists(self, hashes: Hashes) -> tuple[Numbers, Numbers]:
        """Return where the posting list of each hash starts and how long it is."""
        starts = np.searchsorted(self.posted_hashes, hashes, side="left")
        return starts, np.searchsorted(self.posted_hashes, hashes, side="right") - starts

    def counts(self, hashes: Hashes) -> Numbers:
        """Return how many texts have each hash."""
        return self.lists(hashes)[1]

    def holders(self, hashes: Hashes) -> Numbers:
        """Return the texts that have one of the hashes."""
        posts, _ = ragged(*self.lists(hashes))
        return np.unique(self.posted_texts[posts]).astype(np.int64)


def ragged(starts: Numbers, sizes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the numbers of all ranges, one after the other, and the range each is from.

    >>> [each.tolist() for each in ragged(np.array([5, 0]), np.array([2, 1]))]
    [[5, 6, 0], [0, 0, 1]]
    """
    which = np.repeat(np.arange(len(starts)), sizes)
    ends = np.cumsum(sizes)
    return np.arange(len(which)) - (ends - sizes)[which] + starts[which], which

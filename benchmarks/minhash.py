"""Near-duplicates by MinHash and LSH, with rensa and with datasketch, each as well as it can."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import xxhash
from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 1


Near = list[tuple[float, int, int]]
"""Candidates: the estimate of Jaccard and two texts, both ways."""


@dataclass(frozen=True, slots=True)
class Sketching:
    """Words in a shingle, permutations, and bands of their hashes."""

    width: int = 3
    permutations: int = 128
    bands: int = 32

    def __str__(self) -> str:
        return f"{self.width} words, {self.permutations} permutations, {self.bands} bands"


@dataclass(frozen=True, slots=True)
class Linking:
    """Least estimate of Jaccard, and whether only the best is linked, as in our index, or all."""

    least: float
    best_only: bool

    def __str__(self) -> str:
        return f"J >= {self.least}, links {'the best' if self.best_only else 'all'}"


SKETCHINGS = [
    Sketching(width, permutations, permutations // rows)
    for width, (permutations, rows) in product((1, 2, 3, 4), ((128, 4), (256, 4)))
]
LINKINGS = [
    Linking(least, best_only)
    for least, best_only in product((0.2, 0.3, 0.35, 0.4, 0.45, 0.475, 0.5, 0.6), (False, True))
]
"""What is tried on seed 1, each with each, for both libraries."""


def rensa(texts: Sequence[str], how: Sketching) -> Near:
    """Return rensa's candidates and its estimates."""
    token_sets = [word_shingles(text, how.width) for text in texts]
    sketches = RMinHash.from_token_sets(token_sets, how.permutations, SEED)
    lsh = RMinHashLSH(0.5, how.permutations, how.bands)
    lsh.insert_many(sketches)
    return [
        (sketches[number].jaccard(sketches[other]), number, other)
        for number, others in enumerate(lsh.query_all(sketches))
        for other in others
        if other != number
    ]


def datasketch(texts: Sequence[str], how: Sketching) -> Near:
    """Return datasketch's candidates and its estimates, with a faster hash than its own."""
    lsh = MinHashLSH(num_perm=how.permutations, params=(how.bands, how.permutations // how.bands))
    sketches = []
    for number, text in enumerate(texts):
        sketch = MinHash(how.permutations, SEED, hashfunc=xxhash.xxh32_intdigest)
        sketch.update_batch([shingle.encode() for shingle in word_shingles(text, how.width)])
        lsh.insert(number, sketch)
        sketches.append(sketch)
    return [
        (sketch.jaccard(sketches[other]), number, other)
        for number, sketch in enumerate(sketches)
        for other in lsh.query(sketch)
        if other != number
    ]


PEERS = {"rensa": rensa, "datasketch": datasketch}


def word_shingles(text: str, width: int) -> list[str]:
    """Return the shingles of a text as strings."""
    words = re.findall(r"\w+", text.lower())
    return [" ".join(words[n : n + width]) for n in range(max(1, len(words) - width + 1))]


def groups(size: int, near: Near, how: Linking) -> list[int]:
    """Return the linked group of each text."""
    found = [each for each in near if each[0] >= how.least]
    if how.best_only:
        best: dict[int, tuple[float, int, int]] = {}
        for each in sorted(found):
            best[each[1]] = each
        found = list(best.values())
    ones, others = np.array([each[1:] for each in found], np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(ones), np.bool_), (ones, others)), shape=(size, size))
    return connected_components(graph, directed=False)[1].tolist()

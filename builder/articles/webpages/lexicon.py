"""How the first words of a block speak: a linear score over hashed words, pairs and edges.

The lexicon of page dumps reads lines one at a time; a web page has hundreds of
blocks and milliseconds, so here a word is hashed once and pairs are made of
the hashes, for all blocks at once. Only hashes and weights are kept, never a
word, so a trained lexicon holds no text of the pages it was trained on.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BUCKETS = 1 << 15
"""How many weights there are; hashes that fall together share one."""

_READ = 24  # words at the start of a block tell it from furniture; more only cost time
_WHOLE = 6  # words up to which a whole block is a phrase of its own
_PAIR, _FIRST, _LAST, _PHRASE = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F
"""Odd numbers that keep the same word apart in its different places."""
_SPREAD = 0x2545F491
_BITS = 15  # of BUCKETS
_DIGITS = re.compile(r"\d+")
_EDGES = ".,;:!?\"'()[]\u2018\u2019\u201c\u201d\u2026"
_REMEMBERED = 65536  # words


def buckets(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the block and the bucket of everything that the blocks' first words say.

    Case, signs at a word's edges and the value of numbers make no difference.

    >>> block, bucket = buckets(["3 comments", "12 Comments!"])
    >>> set(bucket[block == 0]) == set(bucket[block == 1])
    True
    """
    read = [text.split(None, _READ)[:_READ] for text in words]
    count = np.array([len(found) for found in read], np.int64)
    word = np.fromiter(map(_hash, chain.from_iterable(read)), np.uint32, int(count.sum()))
    block = np.repeat(np.arange(len(read)), count)
    some = np.flatnonzero(count)
    start = (np.cumsum(count) - count)[some]
    place = np.arange(len(word)) - np.repeat(start, count[some])
    beside = block[1:] == block[:-1]
    short = count[some] <= _WHOLE
    turned = word * (2 * place + 1).astype(np.uint32)
    phrases = np.add.reduceat(turned, start) if len(start) else turned
    marks = [
        word,
        (word[:-1] * np.uint32(_PAIR) + word[1:])[beside],
        word[start] ^ np.uint32(_FIRST),
        word[start + count[some] - 1] ^ np.uint32(_LAST),
        phrases[short] ^ np.uint32(_PHRASE),
    ]
    where = [block, block[1:][beside], some, some, some[short]]
    spread = np.concatenate(marks).astype(np.uint32) * np.uint32(_SPREAD)
    return np.concatenate(where), (spread >> np.uint32(32 - _BITS)).astype(np.int64)


def lexicon_scores(words: Sequence[str], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each block the log-odds that it is body, judged by its first words alone.

    A block with much to say is no surer than its words are on the whole: the
    sum is divided by the square root of their number.
    """
    block, bucket = buckets(words)
    total = np.bincount(block, weights[bucket], minlength=len(words))
    count = np.bincount(block, minlength=len(words))
    scores: NDArray[np.float32] = (total / np.sqrt(np.maximum(count, 1))).astype(np.float32)
    return scores


@lru_cache(_REMEMBERED)
def _hash(word: str) -> int:
    if word.isalpha():  # most are, and they are spared the search for digits
        return zlib.crc32(word.casefold().encode())
    plain = _DIGITS.sub("0", word.casefold())
    return zlib.crc32((plain.strip(_EDGES) or plain).encode("utf-8", "surrogatepass"))

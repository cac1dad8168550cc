"""A text as a sample of its four-word shingles: 32-bit hashes with their places, in numpy."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint32]
    Places = NDArray[np.uint16]

WIDTH = 4
"""Words in a shingle."""

KEPT = 4
"""One shingle in so many is kept, chosen by its hash, so that all texts keep the same ones."""

LONGEST = 2**16 - WIDTH
"""Words of a text that are looked at; its place has to fit into 16 bits."""

_PRIME = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_PRIME, -1, 2**64)
_WEIGHTS = (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3)
_SEPARATOR, _LETTER, _ALONE = 0, 1, 2
# Scripts without spaces between words: every character is a word of its own.
_WORDLESS = ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))


@dataclass(frozen=True, slots=True)
class Features:
    """What one text is compared by: hashes, each once, in the order of their places.

    `length` is the text's length in words.
    """

    hashes: Hashes
    places: Places
    length: int


def shingles(text: str) -> Features:
    """Return the text's sampled shingles; case, punctuation and spacing do not matter.

    >>> one, two = shingles("The pact, signed in Seoul."), shingles("the pact signed in SEOUL")
    >>> bool((one.hashes == two.hashes).all()), one.length
    (True, 5)
    """
    words = word_hashes(text)[:LONGEST]
    if len(words) < WIDTH:
        return Features(np.empty(0, np.uint32), np.empty(0, np.uint16), len(words))
    last = len(words) - WIDTH + 1
    mixed = np.zeros(last, np.uint64)
    for shift, weight in enumerate(_WEIGHTS):
        mixed += words[shift : shift + last] * np.uint64(weight)
    hashes = _spread(mixed)
    places = np.flatnonzero(hashes % KEPT == 0)
    return distinct(hashes[places], places, len(words))


def distinct(hashes: NDArray[np.uint32], places: NDArray[np.intp], length: int) -> Features:
    """Return features with each hash at its first place only."""
    _, first = np.unique(hashes, return_index=True)
    first.sort()
    return Features(hashes[first], places[first].astype(np.uint16), length)


def word_hashes(text: str) -> NDArray[np.uint64]:
    """Return a 64-bit hash of every word of the text, in lower case."""
    signs = np.frombuffer(text.lower().encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds()[signs]
    before = np.concatenate((np.zeros(1, np.uint8), kinds[:-1]))
    begins = (kinds != _SEPARATOR) & ((before != _LETTER) | (kinds == _ALONE))
    starts = np.flatnonzero(begins)
    if not len(starts):
        return np.empty(0, np.uint64)
    power, inverse = _powers(1 << (len(signs) - 1).bit_length())
    # A word's hash is the sum of its letters times rising powers, shifted back to power zero.
    letters = np.where(kinds != _SEPARATOR, signs, 0).astype(np.uint64)
    sums = np.add.reduceat(letters * power[: len(signs)], starts)
    shifted: NDArray[np.uint64] = sums * inverse[starts]
    shifted ^= shifted >> np.uint64(29)
    return shifted * np.uint64(_PRIME)


def _spread(values: NDArray[np.uint64]) -> Hashes:
    values ^= values >> np.uint64(32)
    values *= np.uint64(_PRIME)
    return (values >> np.uint64(32)).astype(np.uint32)


@cache
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    return _geometric(_PRIME, size), _geometric(_INVERSE, size)


def _geometric(base: int, size: int) -> NDArray[np.uint64]:
    steps = np.full(size, base, np.uint64)
    steps[0] = 1
    return np.multiply.accumulate(steps)


@cache
def _kinds() -> NDArray[np.uint8]:
    """Return the kind of every code point."""
    kinds = np.fromiter((chr(n).isalnum() for n in range(sys.maxunicode + 1)), np.uint8)
    for first, last in _WORDLESS:
        kinds[first : last + 1] *= _ALONE
    return kinds

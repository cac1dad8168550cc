"""Texts as samples of their four-word shingles: 32-bit hashes with their places, in numpy."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Numbers = NDArray[np.int64]

WIDTH = 4
"""Words in a shingle."""

KEPT = 2
"""One shingle in so many is kept, chosen by its hash, so that all texts keep the same ones."""

LONGEST = 2**16 - WIDTH
"""Words of a text that are looked at; a place has to fit into 16 bits."""

_CHARACTERS = 2**20
"""Characters of a text that are looked at, so that no text is too large for memory."""

_TOGETHER = 2**17
"""Characters that are hashed at once: more than a text has, and still near the processor."""

_MOST = 2**12
"""Texts that are hashed at once; with hash and place their number fits into 64 bits."""

_PRIME = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_PRIME, -1, 2**64)
_WEIGHTS = (0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3)
_SEPARATOR, _LETTER, _ALONE = 0, 1, 2
# Scripts without spaces between words: every character is a word of its own.
_WORDLESS = ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
_HASH, _PLACE = np.uint64(32), np.uint64(16)
_PLACES = np.uint64(2**16 - 1)


@dataclass(frozen=True, slots=True)
class Shingles:
    """What texts are compared by: for all of them one after the other, hashes and their places.

    Each hash is there once in a text, in the order of places. `sizes` tells
    how many each text has, `lengths` how many words.
    """

    sizes: Numbers
    lengths: Numbers
    hashes: NDArray[np.uint32]
    places: NDArray[np.uint16]


class Words(NamedTuple):
    """A hash of every word of several texts, and where each text's words begin and end."""

    hashes: NDArray[np.uint64]
    bounds: Numbers


def shingles(texts: Iterable[str]) -> Shingles:
    """Return the sampled shingles of texts; case, punctuation and spacing do not matter.

    >>> pair = shingles(["The pact, signed in Seoul today.", "the pact signed in SEOUL today"])
    >>> one, other = np.split(pair.hashes, 2)
    >>> bool((one == other).all()), pair.lengths.tolist()
    (True, [6, 6])
    """
    return joined([_shingles(word_hashes(some)) for some in batches(texts)])


def joined(parts: Sequence[Shingles]) -> Shingles:
    """Return the shingles of all parts' texts, one after the other."""
    none = np.empty(0, np.int64)
    return Shingles(
        np.concatenate([none, *(part.sizes for part in parts)]),
        np.concatenate([none, *(part.lengths for part in parts)]),
        np.concatenate([none.astype(np.uint32), *(part.hashes for part in parts)]),
        np.concatenate([none.astype(np.uint16), *(part.places for part in parts)]),
    )


def batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Give texts in lists that are hashed best together."""
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= _TOGETHER or len(waiting) == _MOST:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


def _shingles(words: Words) -> Shingles:
    hashes, bounds = words
    lengths = np.minimum(np.diff(bounds), LONGEST)
    mixed = np.zeros(max(0, len(hashes) - WIDTH + 1), np.uint64)
    for shift, weight in enumerate(_WEIGHTS):
        mixed += hashes[shift : shift + len(mixed)] * np.uint64(weight)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(_PRIME)
    # What chooses the sample is no part of the hash, which would lose bits by it.
    sampled = np.flatnonzero((mixed >> np.uint64(24)) % np.uint64(KEPT) == 0)
    texts = np.searchsorted(bounds, sampled, side="right") - 1
    places = sampled - bounds[texts]
    whole = places + WIDTH <= lengths[texts]  # others reach into the next text
    texts, places = texts[whole], places[whole]
    hashes = (mixed[sampled[whole]] >> _HASH).astype(np.uint32)
    first = _first(texts, hashes, places)
    sizes = np.bincount(texts[first], minlength=len(lengths))
    return Shingles(sizes, lengths, hashes[first], places[first].astype(np.uint16))


def _first(texts: Numbers, hashes: NDArray[np.uint32], places: Numbers) -> NDArray[np.bool_]:
    """Mark the first place of each hash in its text; they are in the order of texts and places."""
    at = texts.astype(np.uint64) << _PLACE | places.astype(np.uint64)
    packed = (at >> _PLACE << _HASH | hashes) << _PLACE | (at & _PLACES)
    packed.sort()
    known = packed >> _PLACE
    again = packed[1:][known[1:] == known[:-1]]
    marks = np.ones(len(at), np.bool_)
    marks[np.searchsorted(at, again >> (_HASH + _PLACE) << _PLACE | (again & _PLACES))] = False
    return marks


def word_hashes(texts: Sequence[str]) -> Words:
    """Return a 64-bit hash of every word of the texts, in lower case."""
    lowered = [text[:_CHARACTERS].lower() for text in texts]
    ends = np.cumsum([len(text) + 1 for text in lowered])
    signs = np.frombuffer("\n".join(lowered).encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds()[signs]
    before = np.concatenate((np.zeros(1, np.uint8), kinds[:-1]))[: len(kinds)]
    starts = np.flatnonzero((kinds != _SEPARATOR) & ((before != _LETTER) | (kinds == _ALONE)))
    bounds = np.concatenate(([0], np.searchsorted(starts, ends)))
    if not len(starts):
        return Words(np.empty(0, np.uint64), bounds)
    power, inverse = _powers(1 << (len(signs) - 1).bit_length())
    # A word's hash is the sum of its letters times rising powers, shifted back to power zero.
    letters = signs * (kinds != _SEPARATOR)
    hashes: NDArray[np.uint64] = np.add.reduceat(letters * power[: len(signs)], starts)
    hashes *= inverse[starts]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(_PRIME)
    return Words(hashes, bounds)


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
    signs = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    kinds = np.char.isalnum(signs.view("U1")).astype(np.uint8)
    for first, last in _WORDLESS:
        kinds[first : last + 1] *= _ALONE
    return kinds

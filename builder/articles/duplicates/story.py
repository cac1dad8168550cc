"""Stories: texts that report the same event in other words, within a few days of each other.

A text is a vector of its words, rare ones weighing more, half of it made by its
opening alone: headline and lead say what a report is about. Two reports belong
together when their vectors are alike, and a story grows only while every report
in it belongs with every other, so that nothing is chained. What states no day
of publication, or another language, is joined to nothing.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from builder.articles.duplicates.shingle import batches, word_hashes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Numbers = NDArray[np.int64]

DAYS = 3
"""The most days between two reports of a story."""

_LEAST, _MORE = 0.02, 0.022
"""The least likeness of two reports of a story: the first, and the second by the logarithm of how
many reports there are, because in a larger corpus more words are rare."""

OPENING = 300
"""Characters of headline and lead."""

_COMMON = 0.2
"""A word that more of the reports have joins nobody; it still counts in what a text is."""

_TOGETHER, _ROWS = 2**22, 256
"""Pairs of reports that are compared at once, and how many reports with those of their days."""

_DAY = 24 * 60 * 60
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Report:
    """What tells whether two texts may be of one story: id, instant of publication, language."""

    doc_id: str
    published: dt.datetime
    language: str | None


class _Bags(NamedTuple):
    """The distinct words of texts, one text after the other, and how often each is there."""

    sizes: Numbers
    words: NDArray[np.uint32]
    counts: Numbers


def stories(reports: Mapping[str, Report], texts: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the ids of every story of two reports or more; `texts` gives the text of each by id.

    The result is the same for any order.
    """
    ids: list[str] = []

    def noted() -> Iterator[str]:
        for doc_id, text in texts:
            ids.append(doc_id)
            yield text

    vectors = _vectors(noted())
    order = sorted(range(len(ids)), key=lambda n: (reports[ids[n]].published, ids[n]))
    found = _complete(_alike([reports[ids[n]] for n in order], vectors[order]))
    return [[ids[order[n]] for n in members] for members in found]


def _vectors(texts: Iterable[str]) -> csr_array:
    """Return a row for each text: the mean of the unit vectors of all of it and of its opening."""
    pairs = [(_bags(some), _bags([text[:OPENING] for text in some])) for some in batches(texts)]
    if not pairs:
        return csr_array((0, 0))
    whole, opening = (_joined([pair[n] for pair in pairs]) for n in range(2))
    known, places, having = np.unique(whole.words, return_inverse=True, return_counts=True)
    size = len(whole.sizes)
    rarity = np.log(size / having)
    # The last word of an opening may be cut, and then is none of the text's.
    there = np.isin(opening.words, known)
    at = np.searchsorted(known, opening.words[there])
    sizes = np.add.reduceat(np.append(there, 0), _begins(opening.sizes)) * (opening.sizes > 0)
    made = _unit(whole.sizes, places, whole.counts, rarity)
    made += _unit(sizes, at, opening.counts[there], rarity)
    # Now that lengths are known: words of one text only, or of many, tell of no pair.
    useful = (having > 1) & (having <= max(_COMMON * size, 2))
    return csr_array(made[:, np.flatnonzero(useful)] / 2)


def _bags(texts: Sequence[str]) -> _Bags:
    hashes, bounds = word_hashes(texts)
    packed = np.repeat(np.arange(len(texts), dtype=np.uint64), np.diff(bounds)) << _HALF
    packed |= hashes >> _HALF
    packed, counts = np.unique(packed, return_counts=True)
    sizes = np.bincount((packed >> _HALF).astype(np.int64), minlength=len(texts))
    return _Bags(sizes, packed.astype(np.uint32), counts)


def _joined(parts: Sequence[_Bags]) -> _Bags:
    sizes, words, counts = zip(*parts, strict=True)
    return _Bags(np.concatenate(sizes), np.concatenate(words), np.concatenate(counts))


def _begins(sizes: Numbers) -> Numbers:
    begins: Numbers = np.cumsum(sizes) - sizes
    return begins


def _unit(
    sizes: Numbers, places: Numbers, counts: Numbers, rarity: NDArray[np.float64]
) -> csr_array:
    """Return rows of length one: rarity by the logarithm of how often a word is there."""
    weights = (1 + np.log(counts)) * rarity[places]
    bounds = np.append(0, np.cumsum(sizes))
    rows = csr_array((weights, places, bounds), shape=(len(sizes), len(rarity)))
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    return csr_array(diags_array(1 / np.maximum(lengths, 1e-9)) @ rows)


def _alike(reports: Sequence[Report], vectors: csr_array) -> list[tuple[float, int, int]]:
    """Return pairs of reports that may be of one story by their likeness, the most alike first.

    The reports are in the order of their instants.
    """
    days = np.array([report.published.timestamp() / _DAY for report in reports])
    languages = np.unique([report.language or "" for report in reports], return_inverse=True)[1]
    least = _LEAST + _MORE * math.log(max(len(reports), 1))
    ends = np.searchsorted(days, days + DAYS, side="right")
    found: list[tuple[float, int, int]] = []
    start = 0
    while start < len(days):
        rows = max(1, min(_ROWS, _TOGETHER // int(ends[start] - start)))
        stop = min(start + rows, len(days))
        likeness = (vectors[start:stop] @ vectors[start : ends[stop - 1]].T).tocoo()
        one, other = likeness.row + start, likeness.col + start
        good = (likeness.data >= least) & (one < other) & (other < ends[one])
        good &= languages[one] == languages[other]
        values = likeness.data[good].tolist()
        found += zip(values, one[good].tolist(), other[good].tolist(), strict=True)
        start = stop
    return sorted(found, key=lambda pair: (-pair[0], *pair[1:]))


def _complete(pairs: Sequence[tuple[float, int, int]]) -> list[list[int]]:
    """Return groups in which all are paired with all, made from the most alike pairs first.

    >>> _complete([(0.9, 0, 1), (0.8, 1, 2), (0.7, 2, 3)])
    [[0, 1], [2, 3]]
    """
    near: dict[int, set[int]] = {}
    for _, one, other in pairs:
        near.setdefault(one, {one}).add(other)
        near.setdefault(other, {other}).add(one)
    group = {each: [each] for each in near}
    for _, one, other in pairs:
        first, second = group[one], group[other]
        if first is not second and all(near[each].issuperset(second) for each in first):
            first += second
            group |= dict.fromkeys(second, first)
    distinct = {id(members): members for members in group.values() if len(members) > 1}
    return sorted(sorted(members) for members in distinct.values())

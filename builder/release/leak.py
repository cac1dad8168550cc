"""Near-duplicates across splits: what a model has seen in training must not be in its test.

This does not trust the clusters that decide the splits: it compares the texts
themselves, all with all, by the four-word shingles that they share.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from builder.articles.duplicates.shingle import shingles
from builder.document import Document
from builder.errors import Problems
from builder.release.gates import Gate, gate, limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from builder.config import Project
    from builder.release.contents import Contents

CONTAINMENT = 0.5
"""Share of the shorter text's shingles that the longer one holds too; as articles are clustered."""
LEAST = 3
"""Fewer shared shingles are a phrase, not a copy."""
_ROWS = 4_000_000
"""Shingles looked at together; of a larger corpus a sample that is the same for all texts."""
_EACH = 4
"""Texts of a split that stand for all that share a shingle: enough to find that there is a leak."""
_SAMPLED = 0.6
"""Part of the containment that a sampled pair needs, before it is compared in full."""


@dataclass(frozen=True, slots=True)
class Leak:
    """Two documents of different splits with the same text in them."""

    first: Document
    second: Document
    containment: float


def check_leaks(contents: Contents, project: Project) -> Gate:
    """Refuse near-duplicates in different splits, naming every pair that was found."""
    where = [(x.document, name) for name, some in contents.splits.items() for x in some]
    splits = {document.doc_id: name for document, name in where}
    least = limit(project, "leak", "containment", CONTAINMENT)
    problems = Problems()
    for leak in leaks([document for document, _ in where], [name for _, name in where], least):
        one, two = leak.first, leak.second
        what = f"{leak.containment:.0%} of its text is in {two.doc_id} ({splits[two.doc_id]}), "
        what += f"{two.article.file}; ingest again so that they share a cluster, or leave one out"
        place = f"{one.article.file}, document {one.doc_id} ({splits[one.doc_id]})"
        problems.add(place, what)
    measured = f"{len(problems.found)} pairs across splits share {least:.0%} of the shorter text"
    return gate(project, "leak", measured, problems)


def leaks(documents: Sequence[Document], splits: Sequence[str], least: float) -> list[Leak]:
    """Return pairs in different splits of which one holds at least this part of the other.

    Where many texts share a passage only some of the pairs are given, but
    never none. The order of the documents does not matter.
    """
    order = sorted(range(len(documents)), key=lambda n: documents[n].doc_id)
    hashes = [shingles(documents[n].text).hashes for n in order]
    found = []
    for (one, two), shared in sorted(_candidates(hashes, [splits[n] for n in order]).items()):
        a, b = hashes[one], hashes[two]
        smaller = min(len(a), len(b))
        if shared < least * _SAMPLED * smaller / _step(hashes):
            continue
        both = len(np.intersect1d(a, b, assume_unique=True))
        if both >= LEAST and both >= least * smaller:
            short, long = (one, two) if len(a) <= len(b) else (two, one)
            pair = documents[order[short]], documents[order[long]]
            found.append(Leak(*pair, both / smaller))
    return found


def _candidates(
    hashes: Sequence[NDArray[np.uint32]], splits: Sequence[str]
) -> Counter[tuple[int, int]]:
    """Count the sampled shingles that pairs of texts in different splits share."""
    names = sorted(set(splits))
    step = _step(hashes)
    kept = [h[(h >> np.uint32(1)) % step == 0] for h in hashes]
    sizes = [len(h) for h in kept]
    texts = np.repeat(np.arange(len(kept)), sizes)
    rows = np.concatenate([*kept, np.empty(0, np.uint32)])
    order = np.argsort(rows, kind="stable")
    rows, texts = rows[order], texts[order]
    homes = np.array([names.index(name) for name in splits], np.int64)[texts]
    counts: Counter[tuple[int, int]] = Counter()
    for start, end in _mixed(rows, homes):
        groups = [texts[start:end][homes[start:end] == n][:_EACH] for n in range(len(names))]
        for some, others in combinations(groups, 2):
            counts.update(tuple(sorted((a, b))) for a in some.tolist() for b in others.tolist())
    return counts


def _mixed(rows: NDArray[np.uint32], homes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Give the runs of one shingle that are in more than one split."""
    if not len(rows):
        return
    starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    ends = np.append(starts[1:], len(rows))
    mixed = np.minimum.reduceat(homes, starts) != np.maximum.reduceat(homes, starts)
    yield from zip(starts[mixed].tolist(), ends[mixed].tolist(), strict=True)


def _step(hashes: Sequence[NDArray[np.uint32]]) -> int:
    return max(1, -(-sum(map(len, hashes)) // _ROWS))

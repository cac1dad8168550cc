"""Near-duplicates across splits: what a model has seen in training must not be in its test.

This does not trust the clusters that decide the splits: it looks for the best
match of every text among the texts of the other splits, with the index and by
the rule that articles are clustered with. It looks at all texts, however many.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from builder.articles.duplicates.link import Rule
from builder.errors import Problems
from builder.release.gates.rules import Gate, gate, limit
from builder.release.splits.leak_index import LeakIndex
from builder.release.splits.ledger import SPLITS
from builder.release.tables.arrays import Packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from builder.config import Project

CONTAINMENT = Rule().least
"""Share of a text that another covers; as articles are clustered."""


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """Two documents of different splits by id: which share of the first is in the second."""

    doc_id: str
    split: str
    other: str
    other_split: str
    share: float


def leak_gate(
    placed: Iterable[tuple[str, str, str]],
    project: Project,
    file: Callable[[str], str],
    folder: Path,
) -> Gate:
    """Refuse near-duplicates in different splits, naming every document that has one.

    `placed` are id, text and split, read once; `file` tells where a document
    is from, and is asked only for those that leak. `folder` is for what is compared.
    """
    least = limit(project, "leak", "containment", CONTAINMENT)
    problems = Problems()
    for leak in leaks(placed, least, folder):
        other = f"{leak.other} ({leak.other_split}), {file(leak.other)}"
        what = f"{leak.share:.0%} of its text is in {other}; "
        what += "ingest again so that they share a cluster, or leave one out"
        problems.add(f"{file(leak.doc_id)}, document {leak.doc_id} ({leak.split})", what)
    measured = f"{len(problems.found)} pairs across splits share {least:.0%} of the shorter text"
    return gate(project, "leak", measured, problems)


def leaks(
    placed: Iterable[tuple[str, str, str]], least: float = CONTAINMENT, folder: Path | None = None
) -> list[Leak]:
    """Return which texts have at least this part of them in a text of another split.

    `placed` are id, text and split, read once and not kept. Every text that
    leaks is in a pair, with the text that holds most of it. The order of the
    texts does not matter. What is compared lies on disk, in `folder`.

    >>> body = " ".join(f"word{n}" for n in range(50))
    >>> found = leaks([("a", body, "train"), ("b", f"{body} end", "test"), ("c", "else", "test")])
    >>> [(leak.doc_id, leak.other, leak.share) for leak in found]
    [('a', 'b', 1.0)]
    """
    ids = Packed(np.bytes_)

    def texts() -> Iterator[tuple[str, str, int]]:
        for doc_id, text, split in placed:
            ids.add(doc_id.encode())
            yield doc_id, text, SPLITS.index(split)

    found: dict[frozenset[int], Leak] = {}
    with tempfile.TemporaryDirectory(dir=folder) as place:
        index = LeakIndex(replace(Rule(), least=least), Path(place))
        index.add_all(texts())
        names = ids.array()
        for pair in index.numbers():
            one, other = (names[at].decode() for at in pair[:2])
            own, others = (SPLITS[index.homes[at]] for at in pair[:2])
            leak = Leak(one, own, other, others, pair[2])
            both = frozenset(pair[:2])
            # Of two that match each other the one that is covered more is said to leak.
            found[both] = max(found.get(both, leak), leak, key=lambda x: (x.share, x.doc_id))
        del index  # before its files
    return sorted(found.values())

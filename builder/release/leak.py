"""Near-duplicates across splits: what a model has seen in training must not be in its test.

This does not trust the clusters that decide the splits: it looks for the best
match of every text among the texts of the other splits, with the index and by
the rule that articles are clustered with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.articles.duplicates.index import Index
from builder.articles.duplicates.link import Rule
from builder.errors import Problems
from builder.release.gates import Gate, gate, limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from builder.config import Project

CONTAINMENT = Rule().least
"""Share of a text that another covers; as articles are clustered."""


MOST = 10_000_000
"""Shingles that are compared: of more than some 60,000 news articles a thinner sample is looked at,
so that memory does not grow with the release."""


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """Two documents of different splits by id: which share of the first is in the second."""

    doc_id: str
    split: str
    other: str
    other_split: str
    share: float


def leak_gate(
    placed: Iterable[tuple[str, str, str]], project: Project, file: Callable[[str], str]
) -> Gate:
    """Refuse near-duplicates in different splits, naming every document that has one.

    `placed` are id, text and split, read once; `file` tells where a document
    is from, and is asked only for those that leak.
    """
    least = limit(project, "leak", "containment", CONTAINMENT)
    problems = Problems()
    for leak in leaks(placed, least):
        other = f"{leak.other} ({leak.other_split}), {file(leak.other)}"
        what = f"{leak.share:.0%} of its text is in {other}; "
        what += "ingest again so that they share a cluster, or leave one out"
        problems.add(f"{file(leak.doc_id)}, document {leak.doc_id} ({leak.split})", what)
    measured = f"{len(problems.found)} pairs across splits share {least:.0%} of the shorter text"
    return gate(project, "leak", measured, problems)


def leaks(placed: Iterable[tuple[str, str, str]], least: float = CONTAINMENT) -> list[Leak]:
    """Return which texts have at least this part of them in a text of another split.

    `placed` are id, text and split, read once and not kept. Every text that
    leaks is in a pair, with the text that holds most of it. The order of the
    texts does not matter.

    >>> body = " ".join(f"word{n}" for n in range(50))
    >>> found = leaks([("a", body, "train"), ("b", f"{body} end", "test"), ("c", "else", "test")])
    >>> [(leak.doc_id, leak.other, leak.share) for leak in found]
    [('a', 'b', 1.0)]
    """
    splits: dict[str, str] = {}
    numbers: dict[str, int] = {}

    def texts() -> Iterator[tuple[str, str]]:
        for doc_id, text, split in placed:
            splits[doc_id] = split
            numbers.setdefault(split, len(numbers))
            yield doc_id, text

    index = Index(replace(Rule(), least=least), lambda doc_id: numbers[splits[doc_id]], MOST)
    index.add(texts())
    found: dict[frozenset[str], Leak] = {}
    for doc_id, other, share in index.links():
        pair = frozenset((doc_id, other))
        leak = Leak(doc_id, splits[doc_id], other, splits[other], share)
        # Of two that match each other the one that is covered more is said to leak.
        found[pair] = max(found.get(pair, leak), leak, key=lambda x: (x.share, x.doc_id))
    return sorted(found.values())

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


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """Two documents of different splits by id: which share of the first is in the second."""

    doc_id: str
    other: str
    share: float


def leak_gate(
    placed: Iterable[tuple[str, str, str]], project: Project, file: Callable[[str], str]
) -> Gate:
    """Refuse near-duplicates in different splits, naming every document that has one.

    `placed` are id, text and split, read once; `file` tells where a document
    is from, and is asked only for those that leak.
    """
    splits: dict[str, str] = {}
    least = limit(project, "leak", "containment", CONTAINMENT)
    problems = Problems()
    for leak in leaks(_noted(placed, splits), least):
        other = f"{leak.other} ({splits[leak.other]}), {file(leak.other)}"
        what = f"{leak.share:.0%} of its text is in {other}; "
        what += "ingest again so that they share a cluster, or leave one out"
        where = f"{file(leak.doc_id)}, document {leak.doc_id} ({splits[leak.doc_id]})"
        problems.add(where, what)
    measured = f"{len(problems.found)} pairs across splits share {least:.0%} of the shorter text"
    return gate(project, "leak", measured, problems)


def leaks(placed: Iterable[tuple[str, str, str]], least: float = CONTAINMENT) -> list[Leak]:
    """Return which texts have at least this part of them in a text of another split.

    `placed` are id, text and split, read once and not kept: what is kept takes
    some 3 KB for a news article. Every text that leaks is in a pair, with the
    text that holds most of it. The order of the texts does not matter.

    >>> body = " ".join(f"word{n}" for n in range(50))
    >>> leaks([("a", body, "train"), ("b", f"{body} end", "test"), ("c", body[:200], "test")])
    [Leak(doc_id='a', other='b', share=1.0), Leak(doc_id='c', other='a', share=1.0)]
    """
    splits: dict[str, str] = {}
    numbers: dict[str, int] = {}
    index = Index(
        replace(Rule(), least=least),
        lambda doc_id: numbers.setdefault(splits[doc_id], len(numbers)),
    )
    index.add((doc_id, text) for doc_id, text, _ in _noted(placed, splits))
    found: dict[frozenset[str], Leak] = {}
    for doc_id, other, share in index.links():
        pair, leak = frozenset((doc_id, other)), Leak(doc_id, other, share)
        # Of two that match each other the one that is covered more is said to leak.
        found[pair] = max(found.get(pair, leak), leak, key=lambda x: (x.share, x.doc_id))
    return sorted(found.values())


def _noted(
    placed: Iterable[tuple[str, str, str]], splits: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Pass documents on, and keep the split of each."""
    for doc_id, text, split in placed:
        splits[doc_id] = split
        yield doc_id, text, split

"""Clusters of near-duplicates and stories, with names that the documents alone decide."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.articles.duplicates.link import Rule
from builder.articles.duplicates.state import load_index, save_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Dated:
    """What a cluster's name follows from: a document's id and when it was published."""

    doc_id: str
    published_at: str | None


@dataclass(frozen=True, slots=True)
class Groups:
    """The near-duplicate cluster of every document by id, and its story where asked for."""

    clusters: Mapping[str, str]
    stories: Mapping[str, str]


def groups(
    dated: Sequence[Dated],
    texts: Callable[[], Iterable[tuple[str, str]]],
    folder: Path | None,
    *,
    stories: bool = True,
) -> Groups:
    """Return clusters and stories of documents; `texts` gives ids and texts, as often as asked.

    With a `folder` the index is kept there and only new documents are compared.
    The result is the same as without, and the same in any order. Without
    `stories` no document has one.
    """
    clusters = _named(dated, [_copies([each.doc_id for each in dated], texts, folder)])
    return Groups(clusters, clusters if stories else {})


def _copies(
    ids: Sequence[str], texts: Callable[[], Iterable[tuple[str, str]]], folder: Path | None
) -> dict[str, int]:
    path = folder / "duplicates.npz" if folder else None
    index = load_index(path, Rule(), ids)
    known = set(index.ids)
    index.add((doc_id, text) for doc_id, text in texts() if doc_id not in known)
    if path and len(index.ids) > len(known):
        save_index(path, index)
    return dict(zip(index.ids, index.components().tolist(), strict=True))


def _named(dated: Sequence[Dated], partitions: Sequence[Mapping[str, int]]) -> dict[str, str]:
    """Join what any partition joins, and name each group after its first published member."""
    parent = {each.doc_id: each.doc_id for each in dated}
    for partition in partitions:
        first: dict[int, str] = {}
        for doc_id in parent:
            one, other = (
                _root(parent, doc_id),
                _root(parent, first.setdefault(partition[doc_id], doc_id)),
            )
            parent[one] = other
    members: dict[str, list[Dated]] = defaultdict(list)
    for each in dated:
        members[_root(parent, each.doc_id)].append(each)
    return {
        member.doc_id: min(group, key=_age).doc_id for group in members.values() for member in group
    }


def _root(parent: dict[str, str], doc_id: str) -> str:
    while parent[doc_id] != doc_id:
        parent[doc_id] = parent[parent[doc_id]]
        doc_id = parent[doc_id]
    return doc_id


def _age(each: Dated) -> tuple[bool, float, str]:
    """Order by instant of publication; what has none comes last, then by id."""
    try:
        instant = dt.datetime.fromisoformat(each.published_at or "")
    except ValueError:
        return True, 0.0, each.doc_id
    known = instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
    return False, known.timestamp(), each.doc_id

"""Clusters of near-duplicates and stories, with names that the documents alone decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.articles.duplicates.link import Rule
from builder.articles.duplicates.state import load_index, save_index
from builder.articles.duplicates.story import Report
from builder.articles.duplicates.story import stories as find_stories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Dated:
    """A document's id, when it was published, which names clusters, and its language."""

    doc_id: str
    published_at: str | None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """The near-duplicate cluster of every document by id, and its story where asked for.

    `anew` says why all documents were compared though an index was kept.
    """

    clusters: Mapping[str, str]
    stories: Mapping[str, str]
    anew: str | None = None


def groups(
    dated: Sequence[Dated],
    texts: Callable[[], Iterable[tuple[str, str]]],
    folder: Path | None,
    *,
    stories: bool = True,
    tell: Callable[[int, int], None] | None = None,
) -> Groups:
    """Return clusters and stories of documents; `texts` gives ids and texts, as often as asked.

    With a `folder` the index is kept there and only new documents are compared.
    The result is the same as without, and the same in any order. Without
    `stories` no document has one; a story is made of whole clusters. While
    documents are linked, `tell` hears of how many are, as from `Index.add`.
    """
    copies, anew = _copies([each.doc_id for each in dated], texts, folder, tell)
    clusters = _named(dated, copies)
    told = _named(dated, _told(dated, clusters, texts)) if stories else {}
    return Groups(clusters, told, anew)


def _told(
    dated: Sequence[Dated],
    clusters: Mapping[str, str],
    texts: Callable[[], Iterable[tuple[str, str]]],
) -> dict[str, str]:
    """Return for each document a cluster of its story; of clusters the first published are read."""
    reports = {
        each.doc_id: Report(each.doc_id, instant, each.language)
        for each in dated
        if clusters[each.doc_id] == each.doc_id and (instant := _instant(each))
    }
    found = find_stories(reports, ((name, text) for name, text in texts() if name in reports))
    first = {name: names[0] for names in found for name in names}
    return {name: first.get(cluster, cluster) for name, cluster in clusters.items()}


def _copies(
    ids: Sequence[str],
    texts: Callable[[], Iterable[tuple[str, str]]],
    folder: Path | None,
    tell: Callable[[int, int], None] | None,
) -> tuple[dict[str, int], str | None]:
    path = folder / "duplicates.arrays" if folder else None
    index, anew = load_index(path, Rule(), ids)
    known = set(index.ids)
    index.add(((doc_id, text) for doc_id, text in texts() if doc_id not in known), tell)
    if path and len(index.ids) > len(known):
        save_index(path, index)
    return dict(zip(index.ids, index.components().tolist(), strict=True)), anew


def _named(dated: Sequence[Dated], groups: Mapping[str, int | str]) -> dict[str, str]:
    """Name each group after its first published member."""
    first: dict[int | str, Dated] = {}
    for each in sorted(dated, key=_age):
        first.setdefault(groups[each.doc_id], each)
    return {each.doc_id: first[groups[each.doc_id]].doc_id for each in dated}


def _age(each: Dated) -> tuple[bool, float, str]:
    """Order by instant of publication; what has none comes last, then by id."""
    instant = _instant(each)
    return instant is None, instant.timestamp() if instant else 0.0, each.doc_id


def _instant(each: Dated) -> dt.datetime | None:
    try:
        instant = dt.datetime.fromisoformat(each.published_at or "")
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)

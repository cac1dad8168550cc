"""Which split a document belongs to: its near-duplicates decide, and what was released stays.

A document that a release has put into a split is there in every later one. A
new one goes where its near-duplicates and its story are; a new group goes by
the hash of its name, or by date. What cannot be placed without moving
something, or without leaking, is left out with a reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from builder.release.splits.index import Index
from builder.release.splits.ledger import ABSENT, BETWEEN, CODES, SPLITS, UNDATED, Ledger, Place
from builder.release.splits.period import Cuts, cuts, number
from builder.release.tables.arrays import Numbers, positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


Flags = NDArray[np.bool_]
_RANGE = 2**64
_SINGLE = {1: 0, 2: 1, 4: 2}
"""The split that a set of splits, as bits, is alone."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How new documents are placed: the splits' shares, by cluster or by date, in which version.

    `cuts` are the days of an earlier release, which hold for this one too.
    """

    shares: Mapping[str, float]
    version: str
    by_date: bool = False
    cuts: Cuts | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where every document of the index is: a place in SPLITS, or a key of REASONS, or ABSENT.

    `cuts` are the days at which validation and test begin, when splits go by date.
    """

    index: Index
    places: Numbers
    version: str
    cuts: Cuts | None = None

    def ledger(self, known: Iterable[Place]) -> Iterator[Place]:
        """Give the places of all documents that were ever released, by id.

        `known` are those of the release before, by id; they stay as they are.
        """
        new = self._places()
        fresh = next(new, None)
        for old in known:
            while fresh is not None and fresh.doc_id < old.doc_id:
                yield fresh
                fresh = next(new, None)
            yield old
            if fresh is not None and fresh.doc_id == old.doc_id:
                fresh = next(new, None)
        while fresh is not None:
            yield fresh
            fresh = next(new, None)

    def _places(self) -> Iterator[Place]:
        index = self.index
        for at in np.flatnonzero(self.places >= 0).tolist():
            names = (index.names[index.clusters[at]], index.names[index.stories[at]])
            yield Place(
                index.ids[at].decode(),
                SPLITS[self.places[at]],
                tuple(dict.fromkeys(name.decode() for name in names)),
                index.sources[at].decode(),
                self.version,
            )


def split(name: str, shares: Mapping[str, float]) -> str:
    """Return the split of a group; the same for ever while the shares stay the same.

    The hash of the group's name is a point between 0 and 1. Test lies at the
    lower end and train at the upper, so that shares moved between train and
    validation leave the test split as it was.

    >>> split("c1", {"train": 0.8, "validation": 0.1, "test": 0.1})
    'train'
    """
    point = _point(name)
    if point < shares["test"]:
        return "test"
    return "validation" if point < shares["test"] + shares["validation"] else "train"


def assign(index: Index, released: Flags, blind: Flags, known: Ledger, rule: Rule) -> Assignment:
    """Place the `released` documents; the others only tell which belong together.

    `blind` are those that several people labelled without seeing a suggestion.
    They fill the test split first. The order of the documents does not matter,
    and nothing that `known` holds moves.
    """
    group, heads = _groups(index)
    own, bits = _homes(index, known)
    homes = np.zeros(len(heads), np.int32)
    np.bitwise_or.at(homes, group[released], bits[released])
    fresh = np.zeros(len(heads), bool)
    fresh[group[released]] = True
    fresh &= homes == 0
    days = None
    if rule.by_date:
        latest = np.zeros(len(heads), np.int32)
        np.maximum.at(latest, group[released], index.days[released])
        days = rule.cuts or cuts(_dates(latest[fresh & (latest > 0)]), rule.shares)
        chosen = _by_day(latest, days)
    else:
        chosen = _hashed(index, heads, fresh, _all_blind(group, released, blind), rule.shares)
    single = np.full(8, CODES[BETWEEN], np.int32)
    single[list(_SINGLE)] = list(_SINGLE.values())
    placed = np.where(homes == 0, chosen, single[homes])[group]
    if days:
        # Older than its group is harmless: nothing of a later split's time is in an earlier one.
        placed = np.where(_by_day(index.days, days) > placed, CODES[BETWEEN], placed)
        placed = np.where(index.days == 0, CODES[UNDATED], placed)
    placed = np.where(own >= 0, own, placed)
    places = np.where(released, placed, ABSENT).astype(np.int32)
    return Assignment(index, places, rule.version, days)


def _groups(index: Index) -> tuple[Numbers, Numbers]:
    """Return the group of each document, over clusters and stories, and the least name of each."""
    size = len(index.names)
    links = (np.ones(len(index), bool), (index.clusters, index.stories))
    number_, group_of = connected_components(coo_array(links, (size, size)), directed=False)
    heads = np.full(number_, size, np.int32)
    np.minimum.at(heads, group_of, np.arange(size, dtype=np.int32))
    return group_of[index.clusters], heads


def _homes(index: Index, known: Ledger) -> tuple[Numbers, Numbers]:
    """Return the split that each document is in already, and those that it has to go with, as bits.

    Those are of its cluster, its story, and its old text: a document whose text
    was corrected has another id, but comes from the same source; that counts
    where the old text is not among the documents any more.
    """
    at = positions(known.ids, index.ids)
    own = np.full(len(index), -1, np.int32)
    own[at >= 0] = known.splits[at[at >= 0]]
    bits = np.where(own >= 0, 1 << np.maximum(own, 0), 0).astype(np.int32)
    named = positions(index.names, known.names)
    of_names = np.zeros(len(index.names), np.int32)
    of_known = (1 << known.splits).astype(np.int32)
    np.bitwise_or.at(of_names, named[named >= 0], of_known[known.owners[named >= 0]])
    bits |= of_names[index.clusters] | of_names[index.stories]
    # Of several texts of one source the last by id counts: any, but always the same.
    order = np.argsort(known.sources, kind="stable")
    sources, first = np.unique(known.sources[order][::-1], return_index=True)
    old = order[::-1][first]
    gone = positions(index.ids, known.ids[old]) < 0
    found = positions(sources[gone], index.sources)
    bits[found >= 0] |= of_known[old[gone]][found[found >= 0]]
    return own, bits


def _all_blind(group: Numbers, released: Flags, blind: Flags) -> Flags:
    seen = np.zeros(int(group.max(initial=-1)) + 1, bool)
    seen[group[released & ~blind]] = True
    return ~seen


def _hashed(
    index: Index, heads: Numbers, fresh: Flags, blind: Flags, shares: Mapping[str, float]
) -> Numbers:
    """Place groups by their hash so that the blind ones fill the test split before the others.

    The expected share of test stays what it should be; where all groups are
    blind, or none, this is `split`.
    """
    part = float(np.sum(blind & fresh)) / max(1, int(np.sum(fresh)))
    test = shares["test"]
    of_blind = min(1.0, test / part) if part else 0.0
    of_others = max(0.0, (test - part) / (1 - part)) if part < 1 else 0.0
    rest = shares["train"] + shares["validation"]
    chosen = np.zeros(len(heads), np.int32)
    for at in np.flatnonzero(fresh).tolist():
        own = of_blind if blind[at] else of_others
        left = (1 - own) / rest if rest else 0.0
        own_shares = {"test": own, "validation": shares["validation"] * left}
        chosen[at] = SPLITS.index(split(index.names[heads[at]].decode(), own_shares))
    return chosen


def _by_day(days: Numbers, begin: Cuts) -> Numbers:
    late = (days >= number(begin.validation)).astype(np.int32)
    return np.where(days >= number(begin.test), 2, late).astype(np.int32)


def _dates(days: Numbers) -> list[str]:
    texts = (str(day) for day in days.tolist())
    return [f"{day[:-4]:0>4}-{day[-4:-2]}-{day[-2:]}" for day in texts]


def _point(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) / _RANGE

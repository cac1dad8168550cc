"""Which split a document belongs to: its near-duplicates decide, and what was released stays.

A document that a release has put into a split is there in every later one. A
new one goes where its near-duplicates and its story are; a new group goes by
the hash of its name, or by date. What cannot be placed without moving
something, or without leaking, is left out with a reason.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.release.ledger import Ledger, names, place
from builder.release.period import Cuts, cuts, day

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.document import Document

SPLITS = ("train", "validation", "test")
BETWEEN = "between_splits"
UNDATED = "undated"
_RANGE = 2**64


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
    """The split of every document that has one, the reason for every other, and the new ledger.

    `cuts` are the days at which validation and test begin, when splits go by date.
    """

    splits: dict[str, str]
    left_out: dict[str, str]
    ledger: Ledger
    cuts: Cuts | None = None


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


def assign(
    documents: Sequence[Document],
    released: Collection[str],
    blind: Collection[str],
    known: Ledger,
    rule: Rule,
) -> Assignment:
    """Place the `released` documents (ids); the others only tell which belong together.

    `blind` are those that several people labelled without seeing a suggestion.
    They fill the test split first. The order of the documents does not matter,
    and nothing that `known` holds moves.
    """
    present = {document.doc_id for document in documents}
    groups = {
        name: [document for document in members if document.doc_id in released]
        for name, members in _groups(documents).items()
    }
    homes = {name: known.homes(members, present) for name, members in groups.items()}
    fresh = {name: m for name, m in groups.items() if m and not homes[name]}
    if rule.by_date:
        days = rule.cuts or cuts([d for d in map(_latest, fresh.values()) if d], rule.shares)
        chosen = {name: days.split(_latest(m) or "") for name, m in fresh.items()}
    else:
        days, chosen = None, _hashed(fresh, blind, rule.shares)
    placed = {
        document.doc_id: known.split(document.doc_id)
        or _place(document, homes[name] or {chosen[name]}, days)
        for name, members in groups.items()
        for document in members
    }
    splits = {doc_id: found for doc_id, found in placed.items() if found in SPLITS}
    new = [place(d, splits[d.doc_id], rule.version) for d in documents if d.doc_id in splits]
    left_out = {doc_id: found for doc_id, found in placed.items() if found not in SPLITS}
    return Assignment(splits, left_out, known.with_places(new), days)


def _place(document: Document, homes: set[str], days: Cuts | None) -> str:
    """Return the one split in which a new document neither leaks nor is out of its time."""
    if days is None:
        return next(iter(homes)) if len(homes) == 1 else BETWEEN
    own = day(document.article)
    if own is None:
        return UNDATED
    # Older than its group is harmless: nothing of a later split's time is in an earlier one.
    (home, *others) = homes
    late = SPLITS.index(days.split(own)) > SPLITS.index(home)
    return BETWEEN if others or late else home


def _hashed(
    groups: Mapping[str, Sequence[Document]], blind: Collection[str], shares: Mapping[str, float]
) -> dict[str, str]:
    """Place groups by their hash so that the blind ones fill the test split before the others.

    The expected share of test stays what it should be; where all groups are
    blind, or none, this is `split`.
    """
    seen = {name: all(d.doc_id in blind for d in members) for name, members in groups.items()}
    part = sum(seen.values()) / max(1, len(seen))
    test = shares["test"]
    of_blind = min(1.0, test / part) if part else 0.0
    of_others = max(0.0, (test - part) / (1 - part)) if part < 1 else 0.0
    rest = shares["train"] + shares["validation"]
    chosen = {}
    for name, is_blind in seen.items():
        own = of_blind if is_blind else of_others
        left = (1 - own) / rest if rest else 0.0
        own_shares = {"test": own, "validation": shares["validation"] * left}
        chosen[name] = split(name, own_shares)
    return chosen


def _groups(documents: Sequence[Document]) -> dict[str, list[Document]]:
    """Return the documents that belong together, over clusters and stories, by a name of theirs."""
    head: dict[str, str] = {}

    def root(name: str) -> str:
        head.setdefault(name, name)
        while head[name] != name:
            head[name] = name = head[head[name]]
        return name

    for document in documents:
        roots = sorted(root(name) for name in names(document))
        for other in roots[1:]:
            head[other] = roots[0]
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in sorted(documents, key=lambda d: d.doc_id):
        groups[root(document.duplicate_cluster)].append(document)
    return dict(groups)


def _latest(members: Sequence[Document]) -> str | None:
    return max((d for d in (day(document.article) for document in members) if d), default=None)


def _point(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) / _RANGE

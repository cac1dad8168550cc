"""Which text is contained in which: an index that grows, and links every text to its best match.

A text is linked to the longer text that covers most of it; where there is none,
to the shorter text that does. Not every shingle counts: the furniture of a site
is on pages that have nothing else in common, so what the texts of more than a
few groups share is common. The groups are those of a strict linking that comes
first. Nor does a shingle count that more than `cap` texts have; a text that has
hardly any other - a wire story printed everywhere - is compared by all it has
but furniture, with the longest texts that share it. Longer comes before shorter, then the id's
hash: an order of its own, so that links do not depend on the order in which
texts were added, at once or a few at a time.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.articles.duplicates.link import Rule
from builder.articles.duplicates.linking import Change, Linking
from builder.articles.duplicates.posting import Postings
from builder.articles.duplicates.search import Texts
from builder.articles.duplicates.shingle import LONGEST, shingles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from builder.articles.duplicates.shingle import Shingles

    Numbers = NDArray[np.int64]
    Keys = NDArray[np.int32]


_TIE = 48
"""Bits of the hash of an id, which orders texts of the same length."""

_CROWDED, _SCATTERED = np.uint8(1), np.uint8(2)
"""Kinds of common keys: more texts have one than the cap, or texts of more than a few groups."""


class Index:
    """Texts and, for each, the longer or else the shorter text that covers most of it.

    The shorter one counts for a text that no longer one covers: a copy may be
    longer than its original by a word. With `home`, a number for each id,
    texts of one home are not compared with each other. `kinds` tell of each key
    whether and why it is common.
    """

    COLUMNS = ("homes", "_groups", "_order", "_lateness")

    def __init__(self, rule: Rule | None = None, home: Callable[[str], int] | None = None) -> None:
        self.rule = rule or Rule()
        self.home = home
        self.ids: list[str] = []
        self.postings = Postings()
        self.homes: NDArray[np.int16] = np.empty(0, np.int16)
        self.strict = Linking(replace(self.rule, least=max(self.rule.strict, self.rule.least)))
        self.linking = Linking(self.rule)
        self.kinds: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._groups: Numbers = np.empty(0, np.int64)
        self._order: Numbers = np.empty(0, np.int64)
        self._lateness: NDArray[np.uint64] = np.empty(0, np.uint64)

    def add(
        self,
        texts: Iterable[tuple[str, str]],
        tell: Callable[[int, int], None] | None = None,
    ) -> None:
        """Add texts by id that are not in the index yet; link them, and anew what they change.

        Texts are linked twice; each time `tell` hears how many of how many are, from none on.
        """
        self.strict.tell = self.linking.tell = tell
        first = len(self.ids)
        new = shingles(self._noted(texts))
        if len(set(self.ids)) != len(self.ids):
            del self.ids[first:]
            raise ValueError("a text is in the index already")
        if len(self.ids) > first:
            self._grow(new, first)
            keys = self.postings.add(new)
            del new  # before the memory is needed for pairs
            more = np.zeros(self.postings.keys - len(self.kinds), np.uint8)
            self.kinds = np.concatenate((self.kinds, more))
            self._link(keys, first)

    def links(self) -> Iterator[tuple[str, str, float]]:
        """Give each text that has a match, its match, and the share of the text it covers."""
        for text, other, score in zip(*self.linking.best(), strict=True):
            yield self.ids[text], self.ids[other], float(score)

    def components(self) -> Numbers:
        """Return for each text the number of the linked group that it is in."""
        return self.linking.components()

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return everything that is held but the ids, by name."""
        common = np.flatnonzero(self.kinds != 0).astype(np.int32)
        held: dict[str, NDArray[Any]] = {"index.common": common, "index.why": self.kinds[common]}
        return held | {
            f"{name}.{column}": getattr(part, column)
            for name, part in self._parts().items()
            for column in part.COLUMNS
        }

    def restore(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `columns` returned."""
        parts = self._parts()
        for name, value in columns.items():
            part, _, column = name.partition(".")
            if column in parts[part].COLUMNS:
                setattr(parts[part], column, value)
        self.kinds = np.zeros(self.postings.keys, np.uint8)
        self.kinds[columns["index.common"]] = columns["index.why"]

    def _parts(self) -> dict[str, Any]:
        return {
            "index": self,
            "main": self.postings.main,
            "tail": self.postings.tail,
            "strict": self.strict,
            "strict longer": self.strict.longer,
            "strict shorter": self.strict.shorter,
            "linking": self.linking,
            "longer": self.linking.longer,
            "shorter": self.linking.shorter,
        }

    def _noted(self, texts: Iterable[tuple[str, str]]) -> Iterator[str]:
        for name, text in texts:
            self.ids.append(name)
            yield text

    def _grow(self, new: Shingles, first: int) -> None:
        ids = self.ids[first:]
        digests = b"".join(hashlib.sha256(name.encode()).digest()[:8] for name in ids)
        homes = np.array([self.home(name) for name in ids] if self.home else [], np.int16)
        self.homes = np.concatenate((self.homes, homes))
        self._arrange(new.lengths, digests)

    def _arrange(self, lengths: Numbers, digests: bytes) -> None:
        """Give more texts their ranks among all: the longer first, then by 8 bytes of each."""
        ties = np.frombuffer(digests, "<u8") >> np.uint64(64 - _TIE)
        late = (LONGEST - lengths).astype(np.uint64) << np.uint64(_TIE) | ties
        at = np.searchsorted(self._lateness[self._order], np.sort(late))
        self._order = np.insert(self._order, at, len(self._order) + np.argsort(late))
        self._lateness = np.concatenate((self._lateness, late))

    def _link(self, keys: Keys, first: int) -> None:
        """Link strictly, count the groups that share each key, then link by the rule."""
        order = self._order
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order))
        postings, kinds = self.postings, self.kinds
        was = kinds != 0
        full = keys[postings.lengths(keys) > self.rule.cap]
        crowded = kinds[full] & _CROWDED != 0
        kinds[full] |= _CROWDED
        change = Change(first, full[~crowded], keys[:0], full[crowded])
        marks = kinds & _CROWDED != 0
        self.strict.update(Texts(postings, marks, ranks, order, self.homes[:0]), change)
        self._count_groups(first)
        common = kinds != 0
        flipped = np.flatnonzero(common != was)
        change = Change(first, flipped, flipped[was[flipped]], keys[was[keys]])
        self.linking.update(Texts(postings, common, ranks, order, self.homes), change, self._groups)

    def _count_groups(self, first: int) -> None:
        """Count the strict groups of each key anew where texts are new or changed their group."""
        old, self._groups = self._groups, self.strict.components()
        moved = np.flatnonzero(self._groups[:first] != old)
        texts = np.concatenate((moved, np.arange(first, len(self.ids))))
        keys = np.flatnonzero(self.postings.keys_of(texts))
        counts = self.postings.lengths(keys)
        keys = keys[(counts > self.rule.groups) & (counts <= self.rule.cap)]
        scattered = self.postings.count_groups(keys, self._groups) > self.rule.groups
        self.kinds[keys[scattered]] |= _SCATTERED
        self.kinds[keys[~scattered]] &= ~_SCATTERED

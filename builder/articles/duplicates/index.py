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
from typing import TYPE_CHECKING

import numpy as np

from builder.articles.duplicates.link import Rule
from builder.articles.duplicates.linking import Change, Linking
from builder.articles.duplicates.posting import Postings
from builder.articles.duplicates.search import Texts
from builder.articles.duplicates.shingle import shingles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from builder.articles.duplicates.shingle import Shingles

    Numbers = NDArray[np.int64]
    Keys = NDArray[np.uint32]


class Index:
    """Texts and, for each, the longer or else the shorter text that covers most of it.

    The shorter one counts for a text that no longer one covers: a copy may be
    longer than its original by a word. With `home`, a number for each id,
    texts of one home are not compared with each other. With `most` the index
    holds no more shingles than that, of texts that are added at once.
    """

    def __init__(
        self,
        rule: Rule | None = None,
        home: Callable[[str], int] | None = None,
        most: int | None = None,
    ) -> None:
        self.rule = rule or Rule()
        self.home, self.most = home, most
        self.ids: list[str] = []
        self.postings = Postings()
        self.lengths: Numbers = np.empty(0, np.int64)
        self.homes: NDArray[np.int16] = np.empty(0, np.int16)
        self.strict = Linking(replace(self.rule, least=max(self.rule.strict, self.rule.least)))
        self.linking = Linking(self.rule)
        self._groups: Numbers = np.empty(0, np.int64)
        self._ties: NDArray[np.uint64] = np.empty(0, np.uint64)

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Add texts by id that are not in the index yet; link them, and anew what they change."""
        first = len(self.ids)
        if first and self.most is not None:
            raise ValueError("a thinned index holds the texts of one addition only")
        new = shingles(self._noted(texts), self.most)
        if len(set(self.ids)) != len(self.ids):
            del self.ids[first:]
            raise ValueError("a text is in the index already")
        if len(self.ids) > first:
            self._grow(new, first)
            keys, more = self.postings.add(new)
            del new  # before the memory is needed for pairs
            self._link(keys, more, first)

    def links(self) -> Iterator[tuple[str, str, float]]:
        """Give each text that has a match, its match, and the share of the text it covers."""
        for text, other, score in zip(*self.linking.best(), strict=True):
            yield self.ids[text], self.ids[other], float(score)

    def components(self) -> Numbers:
        """Return for each text the number of the linked group that it is in."""
        return self.linking.components()

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Return everything that is held but the ids, by name."""
        return {
            f"{name}.{column}": value
            for name, part in self._parts().items()
            for column, value in vars(part).items()
            if isinstance(value, np.ndarray)
        }

    def restore(self, columns: Mapping[str, NDArray[np.generic]]) -> None:
        """Take over what `columns` returned."""
        parts = self._parts()
        for name, value in columns.items():
            part, _, column = name.partition(".")
            setattr(parts[part], column, value)
        self.postings.grow()

    def _parts(self) -> dict[str, object]:
        return {
            "index": self,
            "postings": self.postings,
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
        self._ties = np.concatenate((self._ties, np.frombuffer(digests, np.uint64)))
        self.lengths = np.concatenate((self.lengths, new.lengths))

    def _link(self, keys: Keys, more: Keys, first: int) -> None:
        """Link strictly, count the groups that share each key, then link by the rule."""
        order = np.lexsort((self._ties, -self.lengths))
        ranks = np.empty_like(order)
        ranks[order] = np.arange(len(order))
        postings, cap, few = self.postings, self.rule.cap, self.rule.groups
        crowded = postings.counts > cap
        was_crowded = crowded.copy()
        was_crowded[keys] = postings.lengths(keys) - more > cap
        change = Change(
            first, np.flatnonzero(crowded & ~was_crowded), keys[:0], keys[was_crowded[keys]]
        )
        self.strict.update(Texts(postings, crowded, ranks, order, self.homes[:0]), change)
        was = was_crowded | (postings.groups > few)
        self._count_groups(first)
        common = crowded | (postings.groups > few)
        flipped = np.flatnonzero(common != was)
        change = Change(first, flipped, flipped[was[flipped]], keys[was[keys]])
        self.linking.update(Texts(postings, common, ranks, order, self.homes), change, self._groups)

    def _count_groups(self, first: int) -> None:
        """Count the strict groups of each key anew where texts are new or changed their group."""
        old, self._groups = self._groups, self.strict.components()
        moved = np.flatnonzero(self._groups[:first] != old)
        texts = np.concatenate((moved, np.arange(first, len(self.ids))))
        counts = self.postings.counts
        open_keys = (counts > self.rule.groups) & (counts <= self.rule.cap)
        wanted = np.flatnonzero(self.postings.keys_of(texts) & open_keys)
        found = self.postings.count_groups(wanted, self._groups)
        self.postings.groups[wanted] = np.minimum(found, 255)

"""Which documents to annotate: one per near-duplicate cluster, spread over strata, some at random.

The blind part is a simple random sample of all clusters, drawn first, so that
what is measured on it holds for the whole corpus. The rest goes round the
strata - publisher, month, expected event families - so that rare ones are seen.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.document import TOP_ZONES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.document import Document

_OPENING = 4
"""Headline and paragraphs in which an expected event is looked for."""

_MONTH = len("2025-06")
_IRREGULAR = {"meet": "met", "say": "said", "tell": "told", "hold": "held", "speak": "spoke"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the choice of a document depends on."""

    doc_id: str
    cluster: str
    publisher: str
    month: str
    families: tuple[str, ...]

    @property
    def stratum(self) -> str:
        """The group of documents that this one stands for."""
        families = "+".join(self.families) or "no event expected"
        return f"{self.publisher} | {self.month} | {families}"


@dataclass(frozen=True, slots=True)
class Selected:
    """A chosen document; a blind one is annotated without any suggestion."""

    doc_id: str
    blind: bool
    stratum: str


def candidate(document: Document, triggers: Mapping[str, tuple[str, ...]]) -> Candidate:
    """Return what a document is chosen by; `triggers` are the words of each event family."""
    article = document.article
    tops = [zone for zone in document.zones if zone.kind in TOP_ZONES][:_OPENING]
    opening = " ".join(zone.span.of(document.text) for zone in tops)
    stamp = article.published_at or article.updated_at or ""
    return Candidate(
        document.doc_id,
        document.duplicate_cluster,
        article.publisher or article.agency or "unknown publisher",
        stamp[:_MONTH] or "undated",
        tuple(name for name, words in sorted(triggers.items()) if _mentions(opening, words)),
    )


def select(
    candidates: Iterable[Candidate], number: int, *, seed: int = 0, blind: float = 0.1
) -> list[Selected]:
    """Choose up to `number` documents, a share of them blind; the order of candidates is no matter.

    >>> one = Candidate("a", "a", "P", "2025-06", ())
    >>> [chosen.doc_id for chosen in select([one, Candidate("b", "a", "P", "2025-06", ())], 5)]
    ['a']
    """
    drawn = sorted(_one_per_cluster(candidates), key=lambda c: _lot(seed, c.doc_id))
    size = min(number, len(drawn))
    first = round(size * blind)
    chosen = [Selected(c.doc_id, blind=True, stratum=c.stratum) for c in drawn[:first]]
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for each in drawn[first:]:
        strata[each.stratum].append(each)
    # The first of every stratum, then the second of every stratum that has one, and so on.
    ranked = sorted(
        (rank, _lot(seed, name), each.doc_id, each)
        for name, members in strata.items()
        for rank, each in enumerate(members)
    )
    rest = [each for *_, each in ranked[: size - first]]
    return chosen + [Selected(c.doc_id, blind=False, stratum=c.stratum) for c in rest]


def _one_per_cluster(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Keep of each cluster the document it is named after, else the one with the first id."""
    best: dict[str, Candidate] = {}
    for each in candidates:
        known = best.setdefault(each.cluster, each)
        if _preference(each) < _preference(known):
            best[each.cluster] = each
    return list(best.values())


def _preference(each: Candidate) -> tuple[bool, str]:
    return each.doc_id != each.cluster, each.doc_id


def _lot(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}:{name}".encode()).digest()


def _mentions(text: str, words: tuple[str, ...]) -> bool:
    forms = [_IRREGULAR[word] for word in words if word in _IRREGULAR]
    stems = [re.escape(word.removesuffix("e")) + r"(?:\w?(?:e|ed|es|s|ing|d))?" for word in words]
    return bool(re.search(rf"(?i)\b(?:{'|'.join([*stems, *forms])})\b", text))

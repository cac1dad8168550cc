"""Which documents to annotate: one per near-duplicate cluster, spread over strata, some at random.

The blind part is a simple random sample of all clusters, so that what is measured
on it holds for the whole corpus. The rest goes round the strata - publisher,
month, expected event families - so that rare ones are seen. It keeps off the
clusters whose lot may make them blind in a larger selection: of the same
documents, a larger one holds a smaller, and nothing that was shown with
suggestions becomes blind.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import msgspec

from builder.document import TOP_ZONES
from builder.errors import Problems
from builder.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from builder.document import Document

_OPENING = 4
"""Headline and paragraphs in which an expected event is looked for."""

_MONTH = len("2025-06")
_LOTS = 2**64
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
    reserved = sum(_lot(seed, c.doc_id) < blind * _LOTS for c in drawn)
    blinds = drawn[: min(round(size * blind), reserved)]
    rest = _round_the_strata(drawn[reserved:], seed) + drawn[len(blinds) : reserved]
    return _mixed(
        [Selected(c.doc_id, blind=True, stratum=c.stratum) for c in blinds],
        [Selected(c.doc_id, blind=False, stratum=c.stratum) for c in rest[: size - len(blinds)]],
    )


def write_selection(path: Path, chosen: Sequence[Selected]) -> None:
    """Write the chosen documents in the order in which they are to be annotated."""
    lines = (json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in chosen)
    write_text(path, "".join(lines))


def read_selection(path: Path) -> dict[str, Selected] | None:
    """Return the chosen documents by id, None when nothing was chosen.

    Raises DataError with every line that `write_selection` did not write.
    """
    if not path.exists():
        return None
    problems = Problems()
    found: dict[str, Selected] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            each = msgspec.json.decode(line, type=Selected)
            found[each.doc_id] = each
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            what = (
                f"is no line of a selection ({error}); choose again with `builder ingest --select`"
            )
            problems.add(f"{path.name}:{number}", what)
    problems.raise_if_any()
    return found


def _round_the_strata(candidates: Iterable[Candidate], seed: int) -> list[Candidate]:
    """Return the first of every stratum, then the second of every one that has one, and so on."""
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for each in candidates:
        strata[each.stratum].append(each)
    ranked = sorted(
        (rank, _lot(seed, name), each.doc_id, each)
        for name, members in strata.items()
        for rank, each in enumerate(members)
    )
    return [each for *_, each in ranked]


def _mixed(blind: list[Selected], others: list[Selected]) -> list[Selected]:
    """Spread the blind ones evenly, so that they are not all annotated by beginners."""
    places = [
        ((n + 0.5) / len(group), each) for group in (blind, others) for n, each in enumerate(group)
    ]
    return [each for _, each in sorted(places, key=lambda place: (place[0], place[1].doc_id))]


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


def _lot(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8])


def _mentions(text: str, words: tuple[str, ...]) -> bool:
    forms = [_IRREGULAR[word] for word in words if word in _IRREGULAR]
    stems = [re.escape(word.removesuffix("e")) + r"(?:\w?(?:e|ed|es|s|ing|d))?" for word in words]
    return bool(re.search(rf"(?i)\b(?:{'|'.join([*stems, *forms])})\b", text))

"""What a release holds, counted while its documents stream by; the texts are never held."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from builder.document import Document
from builder.event import Annotation, GoldDocument, GoldEvent, Support
from builder.release.gates.privacy import EMAIL
from builder.release.gates.rules import UNKNOWN
from builder.release.rights import FULL, STANDOFF, is_open, reason
from builder.release.splits.ledger import BETWEEN, UNDATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.config import Project

NOT_MERGED = "not_merged"
LEFT_OUT = {
    "unfinished": "too few annotators finished it, or their answers are tied throughout",
    "skipped": "the annotators skipped it",
    "not_an_article": "the annotators call it no article",
    NOT_MERGED: "the gold does not know it",
    BETWEEN: "its near-duplicates or its story are in other splits, and nothing released moves",
    UNDATED: "splits go by date and it states none",
}
"""Why a document is in no split."""
MANY = 10
"""From here on events per document are counted together."""
_EMAIL = re.compile(EMAIL)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document, the merged answer on it, the answers that were merged.

    `form` is how much of the text may be passed on.
    """

    document: Document
    gold: GoldDocument
    answers: tuple[Annotation, ...] = ()
    form: str = FULL


@dataclass(slots=True)
class Contents:
    """Counts over the documents of a release.

    `documents` by split; `left_out` by reason; `events` by type and split;
    `roles` by type, role and split; `values` by type, attribute and value, of
    those that somebody chose; `links` by type and name; `sizes` by split and
    number of events; `rules` by kind of element and rule; `votes` by votes and
    voters; `forms` of text by form and reason, `told` those that go beyond the
    licence. `public` are the e-mail addresses that articles print.
    """

    documents: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    roles: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    values: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    links: Counter[tuple[str, str]] = field(default_factory=Counter)
    sizes: Counter[tuple[str, int]] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    votes: Counter[tuple[int, int]] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    conflicts: Counter[str] = field(default_factory=Counter)
    annotators: Counter[str] = field(default_factory=Counter)
    together: Counter[int] = field(default_factory=Counter)
    sources: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    undated: int = 0
    public: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How many documents the release has."""
        return sum(self.documents.values())

    def reasons(self) -> dict[str, int]:
        """Return how many documents were left out, in the order in which reasons are told."""
        return {reason: self.left_out[reason] for reason in LEFT_OUT if self.left_out[reason]}

    def types(self) -> Counter[str]:
        """Count the events by type."""
        found: Counter[str] = Counter()
        for (name, _), number in self.events.items():
            found[name] += number
        return found

    def add(self, one: Labelled, split: str, project: Project) -> None:
        """Count a document of the release."""
        article, gold = one.document.article, one.gold
        self.documents[split] += 1
        self.states[gold.state] += 1
        self.sizes[split, min(len(gold.events), MANY)] += 1
        self.annotators.update(gold.annotators)
        self.together[len(gold.annotators)] += 1
        self.conflicts.update(conflict.kind for conflict in gold.conflicts)
        self.rejected.update((r.kind, r.support.rule) for r in gold.rejected)
        self.sources[article.publisher or "not stated", article.license or UNKNOWN] += 1
        self.languages[(article.language or "").split("-")[0].lower()] += 1
        self.undated += article.published_at is None and article.updated_at is None
        why = reason(one.document, project)
        self.forms[one.form, why] += 1
        if one.form != STANDOFF and not is_open(article.license):
            self.told[why] += 1
        if "@" in one.document.text:
            self.public.update(_EMAIL.findall(one.document.text))
        for event in gold.events:
            self._add_event(event, split)

    def merge(self, other: Contents) -> None:
        """Count what was counted elsewhere."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, int):
                setattr(self, one.name, mine + theirs)
            else:
                mine.update(theirs)

    def _add_event(self, event: GoldEvent, split: str) -> None:
        self.events[event.type, split] += 1
        self.votes[event.support.votes, event.support.voters] += 1
        self._decided("events", [event.support])
        self._decided("trigger spans", [event.trigger_support])
        self._decided("types", [event.type_support])
        self._decided("arguments", (argument.support for argument in event.arguments))
        chosen = [attribute for attribute in event.attributes if attribute.value is not None]
        self._decided("attributes", (attribute.support for attribute in chosen))
        self._decided("links", (link.support for link in event.links))
        for argument in event.arguments:
            self.roles[event.type, argument.role, split] += 1
        for attribute in event.attributes:
            self.values[event.type, attribute.name, attribute.value] += 1
        for link in event.links:
            self.links[event.type, link.name] += 1

    def _decided(self, element: str, supports: Iterable[Support]) -> None:
        for support in supports:
            self.rules[element, support.rule] += 1

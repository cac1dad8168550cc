"""Events, what one annotator said about a document, and what was merged from several.

Spans are half-open code points of the document's text. Nothing here reads or
writes files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from builder.document import Span

State = Literal["events", "empty", "unfinished", "skipped"]
"""What became of a task: events found, none found, not finished, passed over."""
GoldState = Literal[State, "not_an_article"]
"""What became of a document; what most annotators call no article has no gold."""


@dataclass(frozen=True, slots=True, order=True)
class Argument:
    """A mention in a role; several parts when the mention is discontinuous.

    `implied` is true when no arrow was drawn because only one event could own it.
    """

    role: str
    parts: tuple[Span, ...]
    implied: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A named relation to another event of the same document."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event mention.

    `attributes` holds only what somebody chose; a default is filled in by
    whoever reads the schema. Events that share `cluster` are mentions of the
    same real-world event; None is a cluster of one.
    """

    event_id: str
    type: str
    trigger: Span
    arguments: tuple[Argument, ...] = ()
    attributes: dict[str, str] | None = None
    links: tuple[Link, ...] = ()
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person did with a suggested span, or that they added one; `region` is its id."""

    region: str
    outcome: Literal["kept", "changed", "deleted", "added"]


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotator's whole answer on one document.

    `annotation_id` is stable over pulls. `annotator` is a pseudonym.
    `lead_time` is in seconds. `shown_prediction` names the model version whose
    suggestion was shown, None for work from scratch; `edits` says what became
    of it. `task_url` opens the task.
    """

    annotation_id: str
    doc_id: str
    annotator: str
    state: State
    events: tuple[Event, ...] = ()
    flags: tuple[str, ...] = ()
    note: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    lead_time: float | None = None
    shown_prediction: str | None = None
    task_url: str | None = None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with an annotation, and how much it matters.

    An `error` means the annotation cannot be trusted and is set aside; a
    `warning` that one element was left out; a `note` that something was read in
    the way that was surely meant. `where` names task and region with its URL;
    `task_url` alone opens the task.
    """

    severity: Literal["error", "warning", "note"]
    kind: str
    where: str
    what: str
    doc_id: str
    annotation_id: str
    task_url: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Support:
    """How an element of the gold was decided.

    `votes` of `voters` annotators saw it this way; `rule` is what decided
    (adjudicated, unanimous, majority, weighted_majority, single); `annotations`
    are those that agree with it. `margin` is by how much it led, 0 for a tie and
    1 when nobody said otherwise. `decision` names the conflict that a person
    decided, `reason` is the one they gave.
    """

    rule: str
    votes: int
    voters: int
    annotations: tuple[str, ...]
    margin: float = 1.0
    decision: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class GoldArgument:
    """An argument that the annotators agree on."""

    role: str
    parts: tuple[Span, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class GoldAttribute:
    """An attribute's value, None while its votes are tied."""

    name: str
    value: str | None
    support: Support


@dataclass(frozen=True, slots=True)
class GoldLink:
    """A relation to another gold event of the document."""

    name: str
    target: str
    support: Support


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """An event that the annotators agree on, each element with its support.

    `support` is for the event's existence, `type_support` for its type and
    `trigger_support` for the trigger's exact span. `sources` are the ids of the
    annotators' events that were merged into it.
    """

    event_id: str
    type: str
    trigger: Span
    arguments: tuple[GoldArgument, ...]
    attributes: tuple[GoldAttribute, ...]
    links: tuple[GoldLink, ...]
    cluster: str | None
    support: Support
    type_support: Support
    trigger_support: Support
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One of the answers that stand against each other in a conflict."""

    answer: str
    annotations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A tie that a person has to decide.

    `kind` is article, event, type, trigger, argument, role, boundary, attribute,
    link or coreference; `span` is where to look; `event_id` is the gold event it
    belongs to, None when the event itself is in doubt. `name` is the attribute
    or link in dispute; `said` names the annotators' elements that wait for it.
    """

    conflict_id: str
    kind: str
    span: Span
    event_id: str | None
    what: str
    versions: tuple[Version, ...]
    name: str | None = None
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something an annotator said that is not in the gold, and the rule that left it out.

    `support` is for what was decided instead; `said` names the elements left out.
    """

    kind: str
    span: Span
    what: str
    support: Support
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """The merged answer on one document.

    `state` is events, empty, skipped, not_an_article, or unfinished: fewer
    finished answers than the quorum, or nothing decided yet. `annotators` are those whose
    answer counted.
    """

    doc_id: str
    state: GoldState
    annotators: tuple[str, ...]
    events: tuple[GoldEvent, ...]
    conflicts: tuple[Conflict, ...]
    rejected: tuple[Rejection, ...] = ()

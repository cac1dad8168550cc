"""The rows of a release: documents with their events inside, and events on their own.

All texts are in them; `rights` takes out what may not be passed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from builder.document import Span, text_sha256
from builder.release.rights import FULL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.event import Argument, GoldArgument, GoldAttribute, GoldEvent, Support
    from builder.release.contents import Labelled
    from builder.schema import Schema

Row = dict[str, Any]
A = TypeVar("A", "GoldArgument", "Argument")
BREAK = "\n\n"
"""What stands between two paragraphs."""
GAP = " ... "
"""What stands between the parts of a discontinuous mention."""
DEFAULT = "default"
"""The rule of an attribute that nobody touched: it has its default."""


def document_rows(members: Iterable[Labelled], schema: Schema) -> Iterator[Row]:
    """Give one row per document, in the order they come."""
    for labelled in members:
        document, gold = labelled.document, labelled.gold
        article = document.article
        yield {
            "doc_id": document.doc_id,
            "title": document.title,
            "text": document.text,
            "text_form": FULL,
            "text_sha256": text_sha256(document.text),
            "characters": len(document.text),
            "url": article.url,
            "publisher": article.publisher,
            "agency": article.agency,
            "authors": list(article.authors),
            "published_at": article.published_at,
            "updated_at": article.updated_at,
            "dateline_place": article.dateline_place,
            "language": article.language,
            "license": article.license,
            "source_file": article.file,
            "source_row": article.row,
            "duplicate_cluster": document.duplicate_cluster,
            "zones": [{"kind": zone.kind, **place(zone.span)} for zone in document.zones],
            "state": gold.state,
            "annotators": sorted(gold.annotators),
            "open_conflicts": len(gold.conflicts),
            "events": [_nested(event, document.text, schema) for event in ordered(gold.events)],
        }


def event_rows(members: Iterable[Labelled], event_type: str, schema: Schema) -> Iterator[Row]:
    """Give one row per event of a type, by document, then by place in the text."""
    for labelled in members:
        text = labelled.document.text
        for event in ordered(labelled.gold.events):
            if event.type == event_type:
                yield {
                    "event_id": event.event_id,
                    "doc_id": labelled.document.doc_id,
                    "trigger": quote(event.trigger, text),
                    "context": quote(context(event.trigger, text), text),
                    **_roles(event, text, schema),
                    **{a["name"]: a["value"] for a in _attributes(event, schema)},
                    **_links(event, schema),
                    "cluster": _cluster(event),
                    "support_rule": event.support.rule,
                    "support_votes": event.support.votes,
                    "support_voters": event.support.voters,
                }


def context(span: Span, text: str) -> Span:
    r"""Return the paragraphs that a span touches.

    >>> context(Span(8, 10), "Title\n\nHe met her.\n\nEnd")
    Span(start=7, end=18)
    """
    start = text.rfind(BREAK, 0, span.start)
    end = text.find(BREAK, span.end)
    return Span(start + len(BREAK) if start >= 0 else 0, end if end >= 0 else len(text))


def mention_text(parts: Iterable[Span], text: str) -> str:
    """Return the characters of all parts, those left out between them as three dots.

    >>> mention_text([Span(0, 4), Span(13, 18)], "Kyiv (rebel) towns")
    'Kyiv ... towns'
    """
    return GAP.join([text[part.start : part.end] for part in parts])


def _nested(event: GoldEvent, text: str, schema: Schema) -> Row:
    return {
        "event_id": event.event_id,
        "type": event.type,
        "trigger": quote(event.trigger, text),
        "arguments": [
            {"role": a.role, **mention(a.parts, text), "support": _support(a.support)}
            for a in in_text(event.arguments)
        ],
        "attributes": _attributes(event, schema),
        "links": [
            {"name": link.name, "target": link.target, "support": _support(link.support)}
            for link in sorted(event.links, key=lambda link: (link.name, link.target))
        ],
        "cluster": _cluster(event),
        "support": _support(event.support),
        "type_support": _support(event.type_support),
        "trigger_support": _support(event.trigger_support),
    }


def _roles(event: GoldEvent, text: str, schema: Schema) -> Row:
    roles: Row = {name: [] for name in schema.event_types[event.type].roles}
    for argument in in_text(event.arguments):
        roles[argument.role].append(mention(argument.parts, text))
    return roles


def _attributes(event: GoldEvent, schema: Schema) -> list[Row]:
    """Return every attribute of the type; one that nobody chose has its default."""
    chosen = {attribute.name: attribute for attribute in event.attributes}
    return [
        _chosen(chosen[name])
        if name in chosen
        else {
            "name": name,
            "value": attribute.default,
            "support": {"rule": DEFAULT, "votes": 0, "voters": event.support.voters},
        }
        for name, attribute in schema.attributes(event.type).items()
    ]


def _chosen(attribute: GoldAttribute) -> Row:
    support = _support(attribute.support)
    return {"name": attribute.name, "value": attribute.value, "support": support}


def _links(event: GoldEvent, schema: Schema) -> Row:
    names = schema.event_types[event.type].links
    return {n: sorted(link.target for link in event.links if link.name == n) for n in names}


def _cluster(event: GoldEvent) -> str:
    # Never null: grouping by a column of nulls would lose the events that stand alone.
    return event.cluster or event.event_id


def ordered(events: Iterable[GoldEvent]) -> list[GoldEvent]:
    """Return events by place in the text."""
    return sorted(events, key=_event_place)


def in_text(arguments: Iterable[A]) -> list[A]:
    """Return arguments by place in the text, then by role."""
    return sorted(arguments, key=_argument_place)


def _event_place(event: GoldEvent) -> tuple[int, int, str, str]:
    # Numbers compare several times faster than spans do.
    return event.trigger.start, event.trigger.end, event.type, event.event_id


def _argument_place(argument: GoldArgument | Argument) -> tuple[list[int], str]:
    return [n for part in argument.parts for n in (part.start, part.end)], argument.role


def place(span: Span) -> Row:
    """Return a span's offsets."""
    return {"start": span.start, "end": span.end}


def quote(span: Span, text: str) -> Row:
    """Return a span's offsets and its characters."""
    return {"start": span.start, "end": span.end, "text": text[span.start : span.end]}


def mention(parts: tuple[Span, ...], text: str) -> Row:
    """Return a mention's text and the offsets of its parts."""
    places = [{"start": part.start, "end": part.end} for part in parts]
    return {"text": mention_text(parts, text), "parts": places}


def _support(support: Support) -> Row:
    # Without `annotations`: those ids belong to the server and stay in the project.
    return {"rule": support.rule, "votes": support.votes, "voters": support.voters}

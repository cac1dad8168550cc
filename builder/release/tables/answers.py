"""Every annotator's own answer as a row, for those who learn from disagreement.

Ids that the server gave stay in the project; an answer's events are numbered
in the order of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.release.tables.rows import in_text, mention, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builder.event import Annotation, Event
    from builder.release.contents import Labelled
    from builder.release.tables.rows import Row
    from builder.schema import Schema


def answer_rows(members: Iterable[Labelled], schema: Schema) -> Iterator[Row]:
    """Give one row per answer, by document, then by annotator.

    `counted` tells whether the answer had a say in the gold.
    """
    for labelled in members:
        for answer in sorted(labelled.answers, key=lambda a: a.annotator):
            yield {
                "doc_id": answer.doc_id,
                "annotator": answer.annotator,
                "state": answer.state,
                "counted": answer.annotator in labelled.gold.annotators,
                "flags": sorted(answer.flags),
                "note": answer.note,
                "created_at": answer.created_at,
                "updated_at": answer.updated_at,
                "lead_time": answer.lead_time,
                "shown_prediction": answer.shown_prediction,
                "events": _events(answer, labelled.document.text, schema),
            }


def _events(answer: Annotation, text: str, schema: Schema) -> list[Row]:
    events = sorted(
        answer.events, key=lambda e: (e.trigger.start, e.trigger.end, e.type, e.event_id)
    )
    names = {
        event.event_id: f"{answer.doc_id}-{answer.annotator}-{number}"
        for number, event in enumerate(events, start=1)
    }
    clusters: dict[str, str] = {}
    for event in events:
        clusters.setdefault(event.cluster or event.event_id, names[event.event_id])
    return [
        {
            "event_id": names[event.event_id],
            "type": event.type,
            "trigger": quote(event.trigger, text),
            "arguments": [
                {"role": a.role, **mention(a.parts, text), "implied": a.implied}
                for a in in_text(sorted(event.arguments, key=lambda a: a.implied))
            ],
            "attributes": _attributes(event, schema),
            "links": _links(event, names),
            "cluster": clusters[event.cluster or event.event_id],
        }
        for event in events
    ]


def _attributes(event: Event, schema: Schema) -> list[Row]:
    chosen = event.attributes or {}
    return [
        {"name": name, "value": chosen.get(name, attribute.default), "chosen": name in chosen}
        for name, attribute in schema.attributes(event.type).items()
    ]


def _links(event: Event, names: Mapping[str, str]) -> list[Row]:
    links = sorted((link.name, names[link.target]) for link in event.links)
    return [{"name": name, "target": target} for name, target in links]

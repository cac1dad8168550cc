"""Values that several annotators gave to the same thing: types, roles, attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.align import Cluster, align_arguments, align_events
from builder.iaa.marks import attributes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.event import Annotation, Event
    from builder.schema import Schema

FLAG = "flag "
"""What the name of a flag's variable begins with."""


def matched_values(
    answers: Sequence[Annotation], schema: Schema | None
) -> Iterator[tuple[str, list[str]]]:
    """Yield each variable with the values that it was given on one unit.

    The units are events and arguments that were matched across all
    annotators; whoever did not mark one has no value there, which is missing
    data and no vote. Roles and attributes are compared among those who agree
    on the event's type, because other types have others.
    """
    for cluster in align_events({a.annotation_id: a.events for a in answers}):
        yield "type", [event.type for event in cluster.values()]
        for members in _by_type(cluster):
            given = {name: event.arguments for name, event in members.items()}
            for arguments in align_arguments(given):
                yield "role", [argument.role for argument in arguments.values()]
            yield from _attribute_values(list(members.values()), schema)


def flag_values(answers: Sequence[Annotation], flag: str) -> list[str]:
    """Return whether each annotator set a flag on the document; here a no is an answer too."""
    return ["yes" if flag in answer.flags else "no" for answer in answers]


def _by_type(cluster: Cluster[Event]) -> Iterator[Cluster[Event]]:
    for kind in sorted({event.type for event in cluster.values()}):
        yield {name: event for name, event in cluster.items() if event.type == kind}


def _attribute_values(
    events: Sequence[Event], schema: Schema | None
) -> Iterator[tuple[str, list[str]]]:
    values = [attributes(event, schema) for event in events]
    shared = schema.shared.attributes if schema else {}
    for name in values[0]:
        # Types may have attributes of the same name and other values.
        variable = name if name in shared else f"{events[0].type}.{name}"
        yield variable, [own[name] for own in values]

"""Names of what annotators said, so that each element can be followed into the gold or out of it.

A name starts with the id of the annotator's event, which starts with the
annotation's; what follows says which part of the event is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.labelstudio.controls import NOT_AN_ARTICLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.document import Span
    from builder.event import Annotation, Argument, Event


def type_name(event: Event) -> str:
    """Name what somebody took an event for."""
    return f"{event.event_id} type={event.type}"


def trigger_name(event: Event) -> str:
    """Name the extent that somebody gave a trigger."""
    return f"{event.event_id} trigger={_place([event.trigger])}"


def argument_name(event: Event, argument: Argument) -> str:
    """Name one argument of one annotator's event.

    >>> from builder.document import Span
    >>> from builder.event import Argument, Event
    >>> party = Argument("Party", (Span(3, 7), Span(9, 12)))
    >>> argument_name(Event("n1:t1", "Agreement", Span(0, 2)), party)
    'n1:t1 role:Party=3-7+9-12'
    """
    return f"{event.event_id} role:{argument.role}={_place(argument.parts)}"


def attribute_name(event: Event, name: str) -> str:
    """Name a value that somebody chose."""
    return f"{event.event_id} attribute:{name}={(event.attributes or {})[name]}"


def link_name(event: Event, name: str, target: str) -> str:
    """Name a link to another event of the same annotator."""
    return f"{event.event_id} link:{name}={target}"


def flag_name(annotation: Annotation, flag: str) -> str:
    """Name what somebody said of the whole document."""
    return f"{annotation.annotation_id} flag:{flag}"


def refuses(annotation: Annotation) -> bool:
    """Tell whether somebody says that the text is no article; marked events say that it is one."""
    return NOT_AN_ARTICLE in annotation.flags and not annotation.events


def same_name(first: Event, second: Event) -> str:
    """Name the claim that two events of one annotator are one in the world."""
    one, other = sorted((first.event_id, second.event_id))
    return f"{one} same={other}"


def elements(annotation: Annotation) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each element of an answer by name, and the events that it stands or falls with."""
    if refuses(annotation):
        yield flag_name(annotation, NOT_AN_ARTICLE), ()
    for place, event in enumerate(annotation.events):
        own = (event.event_id,)
        yield event.event_id, ()
        yield type_name(event), own
        yield trigger_name(event), own
        for argument in event.arguments:
            yield argument_name(event, argument), own
        for attribute in event.attributes or {}:
            yield attribute_name(event, attribute), own
        for link in event.links:
            yield link_name(event, link.name, link.target), (*own, link.target)
        for other in annotation.events[place + 1 :]:
            if event.cluster is not None and event.cluster == other.cluster:
                yield same_name(event, other), (*own, other.event_id)


def _place(parts: Sequence[Span]) -> str:
    return "+".join(f"{part.start}-{part.end}" for part in parts)

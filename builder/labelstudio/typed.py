"""The parts of a Label Studio export that tables are made of, decoded by type, and what they say.

Everything is optional that some version or import leaves out; what is there has its type.
"""

from __future__ import annotations

from operator import lt
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence


class Value(msgspec.Struct, gc=False):
    """What an item says: a place in the text, labels, or a value."""

    start: int | float | str | None = None
    end: int | float | str | None = None
    labels: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    # Decoded only for the controls that need them; in a span it is not the slice.
    text: msgspec.Raw = msgspec.Raw()
    taxonomy: msgspec.Raw = msgspec.Raw()
    rating: msgspec.Raw = msgspec.Raw()
    number: msgspec.Raw = msgspec.Raw()


class Item(msgspec.Struct, gc=False):
    """One result item: a label on a span, a value, or an arrow."""

    type: str = ""
    id: str = ""
    from_name: str = ""
    origin: str | None = None
    value: Value | None = None
    from_id: str = ""
    to_id: str = ""
    direction: str | None = None
    labels: tuple[str, ...] | None = None


class Answer(msgspec.Struct, gc=False):
    """One annotation."""

    id: int | None = None
    completed_by: int | dict[str, Any] | None = None
    unique_id: str | None = None
    was_cancelled: bool | None = False
    result: list[Item] = msgspec.field(default_factory=list)


class Data(msgspec.Struct, gc=False):
    """What was asked: the text and its name."""

    text: str = ""
    doc_id: str | None = None


class Task(msgspec.Struct, gc=False):
    """One task with its annotations."""

    id: int
    data: Data
    annotations: list[Answer] = msgspec.field(default_factory=list)


def checked(
    places: Sequence[Value], text: str
) -> tuple[Sequence[int | None], Sequence[int | None], Sequence[str | None]]:
    """Return where spans start, where they end, and what is wrong with each, None for nothing."""
    starts: Sequence[Any] = [place.start for place in places]
    ends: Sequence[Any] = [place.end for place in places]
    if _are_well(starts, ends, text):
        return starts, ends, (None,) * len(places)
    starts, ends, problems = zip(*(_checked(place, text) for place in places), strict=True)
    return starts, ends, problems


def _are_well(starts: Sequence[Any], ends: Sequence[Any], text: str) -> bool:
    """Tell whether all spans are numbers inside the text that begin and end with a character."""
    if {*map(type, starts), *map(type, ends)} != {int}:
        return False
    if min(starts) < 0 or max(ends) > len(text) or not all(map(lt, starts, ends)):
        return False
    edges = [text[start] + text[end - 1] for start, end in zip(starts, ends, strict=True)]
    return len("".join(edges).split()) == 1


def _checked(place: Value, text: str) -> tuple[int | None, int | None, str | None]:
    start, end = place.start, place.end
    if not isinstance(start, int) or not isinstance(end, int):
        return None, None, "span_outside_text"
    if not 0 <= start < end <= len(text):
        return start, end, "span_outside_text"
    if text[start].isspace() or text[end - 1].isspace():
        return start, end, "empty_span" if text[start:end].isspace() else "untrimmed"
    return start, end, None


def values(item: Item) -> Sequence[str]:
    """Return what a control other than labels says, each value as text."""
    value = item.value
    if value is None:
        return ()
    if value.choices:
        return value.choices
    raw = {"textarea": value.text, "taxonomy": value.taxonomy}.get(item.type, value.number)
    said = msgspec.json.decode(raw) if bytes(raw) else None
    if item.type == "taxonomy":
        return [" > ".join(map(str, path)) for path in said or []]
    if isinstance(said, list):
        return [str(each) for each in said]
    if said is None and bytes(value.rating):
        said = msgspec.json.decode(value.rating)
    return [] if said is None else [str(said)]


def person(user: int | dict[str, Any] | None) -> str:
    """Name who answered: the server gives a number or a record."""
    if isinstance(user, dict):
        return str(user.get("email") or user.get("id"))
    return str(user)

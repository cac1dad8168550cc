"""Result items of any labelling configuration: spans, values and arrows, nothing lost.

What needs the configuration - which labels and values exist, what an arrow
means - is said by `regions`, on top of this.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builder.document import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

Spot = tuple[str, str, str, str]
"""Severity, kind, region and what: a finding that does not know its task yet."""

LABELS = "labels"
RELATION = "relation"


@dataclass(slots=True)
class Mark:
    """One span of the text; `raw` is how it was selected, `span` without white space at its edges.

    `labels` are by control: a span that two controls labelled has both.
    """

    region_id: str
    raw: Span
    span: Span
    labels: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A relation from one region to another, with the names it was given."""

    source: str
    target: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What a control other than labels says: of the mark with this id, else of the whole document.

    `kind` is Label Studio's type: choices, taxonomy, textarea, rating, ...
    """

    region_id: str
    control: str
    kind: str
    value: dict[str, Any]


@dataclass(slots=True)
class Gathered:
    """One result: marks by region id, arrows, everything else that was said, and what was odd."""

    marks: dict[str, Mark] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    findings: list[Spot] = field(default_factory=list)


def gather(items: Iterable[Any], text: str | None) -> Gathered:
    """Group result items by region id and check what can be checked without a configuration.

    Two items with one id are one mark with two labels. White space at the edges
    of a span is cut and noted. Offsets outside the text, items that are no
    items, and arrows whose end does not exist are errors. Without the text
    (None) offsets stay as they are.
    """
    gathered = Gathered()
    arrows: list[dict[str, Any]] = []
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("value") or {}, dict):
            what = f"{str(item)[:60]!r} is no result item; delete it"
            gathered.findings.append(("error", "malformed_item", "", what))
        elif item.get("type") == LABELS:
            _add_mark(gathered, item, text)
        elif item.get("type") == RELATION:
            arrows.append(item)
        else:
            gathered.said.append(_said(item))
    drawn: dict[Arrow, None] = {}
    for item in arrows:
        _add_arrow(gathered, item, drawn)
    gathered.arrows.extend(drawn)
    return gathered


def _said(item: dict[str, Any]) -> Said:
    value = item.get("value") or {}
    return Said(str(item.get("id")), str(item.get("from_name")), str(item.get("type")), value)


def _add_mark(gathered: Gathered, item: dict[str, Any], text: str | None) -> None:
    region_id, value = str(item.get("id")), item.get("value") or {}
    start, end = value.get("start"), value.get("end")
    length = len(text) if text is not None else sys.maxsize
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
        what = f"span {start}..{end} is outside the text (0..{length}); delete the region"
        gathered.findings.append(("error", "span_outside_text", region_id, what))
        return
    mark = gathered.marks.get(region_id)
    if mark is None:
        raw = Span(start, end)
        cut = _trimmed(gathered, region_id, raw, text) if text is not None else raw
        mark = Mark(region_id, raw, cut)
        gathered.marks[region_id] = mark
    elif mark.raw != Span(start, end):
        what = f"region is both {mark.raw.start}..{mark.raw.end} and {start}..{end}; mark it again"
        gathered.findings.append(("error", "two_places", region_id, what))
    labels = mark.labels.setdefault(str(item.get("from_name")), [])
    labels += [str(label) for label in value.get("labels") or [] if str(label) not in labels]


def _trimmed(gathered: Gathered, region_id: str, span: Span, text: str) -> Span:
    selected = span.of(text)
    if selected == selected.strip():
        return span
    left = len(selected) - len(selected.lstrip())
    right = len(selected) - len(selected.rstrip())
    if not selected.strip():
        what = f"span {span.start}..{span.end} holds only whitespace; delete the region"
        gathered.findings.append(("error", "empty_span", region_id, what))
        return span
    cut = Span(span.start + left, span.end - right)
    if left or right:
        what = f"{left + right} whitespace characters at the edges of {selected!r} were cut: "
        what += f"{span.start}..{span.end} is read as {cut.start}..{cut.end}"
        gathered.findings.append(("note", "trimmed", region_id, what))
    return cut


def _add_arrow(gathered: Gathered, item: dict[str, Any], drawn: dict[Arrow, None]) -> None:
    source, target = str(item.get("from_id")), str(item.get("to_id"))
    missing = [end for end in (source, target) if end not in gathered.marks]
    if missing:
        broken = {region for severity, _, region, _ in gathered.findings if severity == "error"}
        if not broken.intersection(missing):
            what = f"an arrow ends at region {missing[0]!r}, which does not exist; delete the arrow"
            gathered.findings.append(("error", "dangling_arrow", missing[0], what))
        return
    if source == target:
        what = "an arrow leads from a region to itself; delete the arrow"
        gathered.findings.append(("warning", "arrow_to_itself", source, what))
        return
    if item.get("direction") == "left":
        source, target = target, source
    arrow = Arrow(source, target, tuple(map(str, item.get("labels") or ())))
    if arrow in drawn:
        what = f"an arrow to region {target!r} was drawn twice; it counts once"
        gathered.findings.append(("note", "repeated_arrow", source, what))
    else:
        drawn[arrow] = None

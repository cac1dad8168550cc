"""Result items gathered by region: spans, their labels and choices, and arrows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builder.document import Span
from builder.errors import did_you_mean
from builder.labelstudio.controls import EVENT, FLAGS, NOTE, ROLE, attribute_controls

if TYPE_CHECKING:
    from builder.schema import Schema

Spot = tuple[str, str, str, str]
"""Severity, kind, region and what: a finding that does not know its task yet."""


@dataclass(slots=True)
class Region:
    """One span with all that was said about it; `chosen` is by control."""

    region_id: str
    span: Span
    events: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A relation from one region to another, with the names it was given."""

    source: str
    target: str
    labels: tuple[str, ...]


@dataclass(slots=True)
class Regions:
    """One result: spans by region id, arrows, and what was said of the whole document."""

    spans: dict[str, Region] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Spot] = field(default_factory=list)


def collect_regions(items: list[dict[str, Any]], text: str, schema: Schema) -> Regions:
    """Gather result items by region id and check each against the text and schema.

    Two items with one id are one region with two labels. Whitespace at the
    edges of a span is cut and noted. Offsets outside the text, labels the
    schema does not have, and arrows whose end does not exist are errors.
    """
    regions = Regions()
    for item in items:
        if item.get("type") == "labels":
            _add_span(regions, item, text, schema)
    for item in items:
        if item.get("type") == "relation":
            _add_arrow(regions, item)
        elif item.get("type") != "labels":
            _add_value(regions, item, schema)
    return regions


def _add_span(regions: Regions, item: dict[str, Any], text: str, schema: Schema) -> None:
    region_id, value = str(item.get("id")), item.get("value") or {}
    start, end = value.get("start"), value.get("end")
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
        what = f"span {start}..{end} is outside the text (0..{len(text)}); delete the region"
        regions.findings.append(("error", "span_outside_text", region_id, what))
        return
    region = regions.spans.get(region_id)
    if region is None:
        region = Region(region_id, _trimmed(regions, region_id, Span(start, end), text))
        regions.spans[region_id] = region
    bags = {EVENT: (list(schema.event_types), region.events), ROLE: (schema.roles(), region.roles)}
    control = str(item.get("from_name"))
    if control not in bags:
        what = f"unknown control {control!r}; {did_you_mean(control, bags)}"
        regions.findings.append(("error", "unknown_control", region_id, what))
        return
    allowed, bag = bags[control]
    for label in value.get("labels") or []:
        if label not in allowed:
            what = f"unknown label {label!r} of {control!r}; {did_you_mean(str(label), allowed)}"
            regions.findings.append(("error", "unknown_label", region_id, what))
        elif label not in bag:
            bag.append(label)


def _trimmed(regions: Regions, region_id: str, span: Span, text: str) -> Span:
    selected = span.of(text)
    left = len(selected) - len(selected.lstrip())
    right = len(selected) - len(selected.rstrip())
    if not selected.strip():
        what = f"span {span.start}..{span.end} holds only whitespace; delete the region"
        regions.findings.append(("error", "empty_span", region_id, what))
        return span
    if left or right:
        what = f"{left + right} whitespace characters at the edges of {selected!r} were cut"
        regions.findings.append(("note", "trimmed", region_id, what))
    return Span(span.start + left, span.end - right)


def _add_arrow(regions: Regions, item: dict[str, Any]) -> None:
    source, target = str(item.get("from_id")), str(item.get("to_id"))
    missing = [end for end in (source, target) if end not in regions.spans]
    broken = {region for severity, _, region, _ in regions.findings if severity == "error"}
    if missing:
        if not broken.intersection(missing):
            what = f"an arrow ends at region {missing[0]!r}, which does not exist; delete the arrow"
            regions.findings.append(("error", "dangling_arrow", missing[0], what))
        return
    if item.get("direction") == "left":
        source, target = target, source
    arrow = Arrow(source, target, tuple(item.get("labels") or ()))
    if arrow not in regions.arrows:
        regions.arrows.append(arrow)


def _add_value(regions: Regions, item: dict[str, Any], schema: Schema) -> None:
    control, region_id = str(item.get("from_name")), str(item.get("id"))
    value = item.get("value") or {}
    attributes = attribute_controls(schema)
    if control == NOTE:
        texts = value.get("text") or []
        regions.texts.setdefault(control, []).extend([texts] if isinstance(texts, str) else texts)
    elif control == FLAGS:
        _add_flags(regions, region_id, value, schema)
    elif control not in attributes:
        what = f"unknown control {control!r}; {did_you_mean(control, attributes)}"
        regions.findings.append(("error", "unknown_control", region_id, what))
    elif region_id not in regions.spans:
        what = f"{control!r} was chosen for a region that does not exist; choose it again"
        regions.findings.append(("warning", "orphan_attribute", region_id, what))
    else:
        chosen = value.get("choices") or []
        allowed = list(attributes[control][1].values)
        bad = next((c for c in chosen if c not in allowed), None)
        if bad is not None or len(chosen) != 1:
            shown = repr(bad) if bad is not None else f"{len(chosen)} values"
            what = f"{control!r} is {shown}; {did_you_mean(str(bad), allowed)}"
            regions.findings.append(("error", "unknown_value", region_id, what))
        else:
            regions.spans[region_id].chosen[control] = chosen[0]


def _add_flags(regions: Regions, region_id: str, value: dict[str, Any], schema: Schema) -> None:
    for flag in value.get("choices") or []:
        if flag in schema.shared.document_flags:
            regions.choices.setdefault(FLAGS, []).append(flag)
        else:
            near = did_you_mean(str(flag), schema.shared.document_flags)
            what = f"unknown document flag {flag!r}; {near}"
            regions.findings.append(("error", "unknown_flag", region_id, what))

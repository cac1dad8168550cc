"""Gathered items as our schema understands them: events, roles, chosen values, flags, notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from builder.document import Span
from builder.errors import did_you_mean
from builder.labelstudio.controls import EVENT, FLAGS, NOTE, ROLE, attribute_controls
from builder.labelstudio.items import Arrow, Mark, Said, Spot, gather

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.schema import Schema


@dataclass(slots=True)
class Region:
    """One span with all that was said about it; `chosen` is by control.

    `raw` is the span as it was selected, with the white space at its edges.
    """

    region_id: str
    span: Span
    raw: Span
    events: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)


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

    Beside what `gather` reports, labels and values that the schema does not
    have are errors. A trigger that is marked twice with the same types counts
    once and is noted.
    """
    gathered = gather(items, text)
    regions = Regions(findings=gathered.findings)
    labels = {EVENT: dict.fromkeys(schema.event_types), ROLE: dict.fromkeys(schema.roles())}
    for mark in gathered.marks.values():
        regions.spans[mark.region_id] = _region(regions, mark, labels)
    values = {name: list(a.values) for name, (_, a) in attribute_controls(schema).items()}
    for said in gathered.said:
        if said.control in values:
            _add_choice(regions, said, values[said.control])
        else:
            _add_of_document(regions, said, schema, values)
    same = _repeated_triggers(regions)
    for arrow in gathered.arrows:
        source, target = same.get(arrow.source, arrow.source), same.get(arrow.target, arrow.target)
        if source != target:
            regions.arrows.append(Arrow(source, target, arrow.labels))
    return regions


def _region(regions: Regions, mark: Mark, known: Mapping[str, Mapping[str, None]]) -> Region:
    region = Region(mark.region_id, mark.span, mark.raw)
    bags = {EVENT: region.events, ROLE: region.roles}
    for control, labels in mark.labels.items():
        if control not in bags:
            what = f"unknown control {control!r}; {did_you_mean(control, bags)}"
            regions.findings.append(("error", "unknown_control", mark.region_id, what))
            continue
        allowed = known[control]
        for label in labels:
            if label in allowed:
                bags[control].append(label)
                continue
            what = f"unknown label {label!r} of {control!r}; {did_you_mean(label, allowed)}"
            regions.findings.append(("error", "unknown_label", mark.region_id, what))
    return region


def _repeated_triggers(regions: Regions) -> dict[str, str]:
    """Take out regions that say what an earlier one says; return which one stands for each."""
    first: dict[tuple[Span, tuple[str, ...]], Region] = {}
    same: dict[str, str] = {}
    for region in list(regions.spans.values()):
        if not region.events or region.roles:
            continue
        kept = first.setdefault((region.span, tuple(sorted(region.events))), region)
        if kept is region:
            continue
        if any(kept.chosen.get(name, value) != value for name, value in region.chosen.items()):
            what = f"marked twice with other attributes (also region {kept.region_id}); delete one"
            regions.findings.append(("warning", "duplicated_span", region.region_id, what))
            continue
        what = f"marked twice as {', '.join(region.events)} (also region {kept.region_id}); "
        what += "it counts once"
        regions.findings.append(("note", "duplicated_span", region.region_id, what))
        kept.chosen |= region.chosen
        same[region.region_id] = kept.region_id
        del regions.spans[region.region_id]
    return same


def _add_of_document(regions: Regions, said: Said, schema: Schema, controls: Iterable[str]) -> None:
    if said.control == NOTE:
        texts = said.value.get("text") or []
        known = regions.texts.setdefault(said.control, [])
        known.extend([texts] if isinstance(texts, str) else texts)
    elif said.control == FLAGS:
        _add_flags(regions, said, schema)
    else:
        what = f"unknown control {said.control!r}; {did_you_mean(said.control, controls)}"
        regions.findings.append(("error", "unknown_control", said.region_id, what))


def _add_choice(regions: Regions, said: Said, allowed: Sequence[str]) -> None:
    region = regions.spans.get(said.region_id)
    chosen = said.value.get("choices") or []
    if region is None:
        what = f"{said.control!r} was chosen for a region that does not exist; choose it again"
        regions.findings.append(("warning", "orphan_attribute", said.region_id, what))
    elif len(chosen) == 1 and chosen[0] in allowed:
        region.chosen[said.control] = chosen[0]
    else:
        bad = next((value for value in chosen if value not in allowed), None)
        shown = repr(bad) if bad is not None else f"{len(chosen)} values"
        what = f"{said.control!r} is {shown}; {did_you_mean(str(bad), allowed)}"
        regions.findings.append(("error", "unknown_value", said.region_id, what))


def _add_flags(regions: Regions, said: Said, schema: Schema) -> None:
    for flag in said.value.get("choices") or []:
        if flag in schema.shared.document_flags:
            regions.choices.setdefault(FLAGS, []).append(flag)
        else:
            near = did_you_mean(str(flag), schema.shared.document_flags)
            what = f"unknown document flag {flag!r}; {near}"
            regions.findings.append(("error", "unknown_flag", said.region_id, what))

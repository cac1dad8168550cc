"""Regions and arrows as events with arguments, attributes, links and clusters."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.document import Span
from builder.event import Argument, Event, Link
from builder.labelstudio.controls import FLAGS, NO_EVENT, NOT_AN_ARTICLE, attribute_controls
from builder.labelstudio.regions import Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.labelstudio.items import Arrow, Spot
    from builder.labelstudio.regions import Regions
    from builder.schema import Attribute, Schema


@dataclass(slots=True)
class _Draft:
    """An event while its arrows are being read."""

    event_id: str
    type: str
    region: Region
    arguments: dict[tuple[str, tuple[Span, ...]], bool] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    links: set[Link] = field(default_factory=set)
    corefers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Mention:
    """The regions of one mention in one role, in text order."""

    role: str
    regions: tuple[Region, ...]

    @property
    def parts(self) -> tuple[Span, ...]:
        return tuple(region.span for region in self.regions)


def build_events(
    regions: Regions, schema: Schema, annotation_id: str
) -> tuple[tuple[Event, ...], list[Spot]]:
    """Return the events in text order, and what was left out or odd.

    An arrow says whose argument a mention is, whichever way it was drawn; the
    event takes the roles of the mention that its type has. Without an arrow a
    mention belongs to the only event whose type has the role and is marked
    implied. An arrow between two mentions of one role joins them to one
    discontinuous argument. An arrow between events is a link, or coreference
    when both have one type.
    """
    builder = _Builder(regions, schema, annotation_id)
    builder.read()
    return builder.events(), builder.spots


class _Builder:
    def __init__(self, regions: Regions, schema: Schema, annotation_id: str) -> None:
        self.regions = regions
        self.schema = schema
        self.spots: list[Spot] = []
        self.by_region: dict[str, list[_Draft]] = {}
        for region in sorted(regions.spans.values(), key=lambda r: (r.span, r.region_id)):
            self.by_region[region.region_id] = [
                _Draft(f"{annotation_id}:{region.region_id}:{name}", name, region)
                for name in region.events
            ]
        self.drafts = [draft for drafts in self.by_region.values() for draft in drafts]
        self.mentions = self._mentions()
        self.mentions_at: dict[str, list[_Mention]] = defaultdict(list)
        for mention in self.mentions:
            for region in mention.regions:
                self.mentions_at[region.region_id].append(mention)
        self.owned: set[int] = set()

    def read(self) -> None:
        for arrow in self.regions.arrows:
            self._read_arrow(arrow)
        for mention in self.mentions:
            if id(mention) not in self.owned:
                self._imply(mention)
        controls = attribute_controls(self.schema)
        for region in self.regions.spans.values():
            self._read_attributes(region, controls)
        for draft in self.drafts:
            self._check_counts(draft)
        for flag in (NO_EVENT, NOT_AN_ARTICLE):
            if self.drafts and flag in self.regions.choices.get(FLAGS, []):
                what = f"the document is flagged {flag!r} and has events; remove one of the two"
                self.spots.append(("warning", "contradictory_flag", "", what))

    def events(self) -> tuple[Event, ...]:
        clusters = self._clusters()
        return tuple(
            Event(
                event_id=draft.event_id,
                type=draft.type,
                trigger=draft.region.span,
                arguments=tuple(
                    sorted(Argument(r, parts, i) for (r, parts), i in draft.arguments.items())
                ),
                attributes=dict(sorted(draft.attributes.items())),
                links=tuple(sorted(draft.links)),
                cluster=clusters.get(draft.event_id),
            )
            for draft in self.drafts
        )

    def _mentions(self) -> list[_Mention]:
        """Join spans of one role that an arrow connects; each other span stands alone."""
        holders: dict[str, dict[str, Region]] = defaultdict(dict)
        for region in self.regions.spans.values():
            for role in region.roles:
                holders[role][region.region_id] = region
        joining = [(a.source, a.target) for a in self.regions.arrows if self._joins(a)]
        mentions = []
        for role in filter(holders.__contains__, self.schema.roles()):
            of_role = holders[role]
            edges = [pair for pair in joining if pair[0] in of_role and pair[1] in of_role]
            for group in _components(of_role, edges):
                members = sorted((of_role[name] for name in group), key=lambda r: r.span)
                mentions.append(_Mention(role, tuple(members)))
        return mentions

    def _joins(self, arrow: Arrow) -> bool:
        return not self.by_region[arrow.source] and not self.by_region[arrow.target]

    def _read_arrow(self, arrow: Arrow) -> None:
        sources, targets = self.by_region[arrow.source], self.by_region[arrow.target]
        if self._take(sources, arrow.target, arrow) or self._take(targets, arrow.source, arrow):
            return
        if sources and targets:
            self._connect(sources, targets, arrow)
        elif sources or targets:
            self._refuse(sources or targets, arrow)
        elif not self._same_role(arrow):
            what = "an arrow connects two mentions of different roles; draw it from a trigger"
            self.spots.append(("warning", "arrow_between_roles", arrow.source, what))

    def _take(self, owners: list[_Draft], region_id: str, arrow: Arrow) -> bool:
        taken = False
        for owner in owners:
            own_roles = self.schema.event_types[owner.type].roles
            for mention in self.mentions_at.get(region_id, ()):
                if mention.role in own_roles and mention.role in (arrow.labels or own_roles):
                    owner.arguments[mention.role, mention.parts] = False
                    self.owned.add(id(mention))
                    taken = True
        return taken

    def _refuse(self, owners: list[_Draft], arrow: Arrow) -> None:
        other = arrow.target if self.by_region[arrow.source] else arrow.source
        roles = self.regions.spans[other].roles
        names = " and ".join(sorted({owner.type for owner in owners}))
        allowed = [r for o in owners for r in self.schema.event_types[o.type].roles]
        what = (
            f"{names} has no role {', '.join(roles) or '(none given)'}; "
            f"allowed: {', '.join(dict.fromkeys(allowed))}"
        )
        self.spots.append(("warning", "role_not_of_type", other, what))

    def _connect(self, sources: list[_Draft], targets: list[_Draft], arrow: Arrow) -> None:
        for source in sources:
            for target in targets:
                forward = self.schema.link(source.type, target.type)
                backward = self.schema.link(target.type, source.type)
                if forward:
                    source.links.add(Link(forward.name, target.event_id))
                elif backward:
                    target.links.add(Link(backward.name, source.event_id))
                elif source.type == target.type:
                    source.corefers.add(target.event_id)
                else:
                    what = f"no link is defined between {source.type} and {target.type}"
                    spot = (
                        "warning",
                        "link_not_of_types",
                        arrow.source,
                        f"{what}; delete the arrow",
                    )
                    self.spots.append(spot)

    def _same_role(self, arrow: Arrow) -> bool:
        source, target = self.regions.spans[arrow.source], self.regions.spans[arrow.target]
        return bool(set(source.roles) & set(target.roles))

    def _imply(self, mention: _Mention) -> None:
        region_id = mention.regions[0].region_id
        if any((mention.role, mention.parts) in draft.arguments for draft in self.drafts):
            what = f"marked twice as {mention.role}; it counts once"
            self.spots.append(("note", "duplicated_span", region_id, what))
            return
        # A region with a second role that somebody drew an arrow to is explained by that arrow.
        types = self.schema.types_with(mention.role)
        candidates = [draft for draft in self.drafts if draft.type in types]
        if len(candidates) == 1:
            candidates[0].arguments[mention.role, mention.parts] = True
        elif candidates:
            names = ", ".join(f"{c.type} {c.region.region_id}" for c in candidates)
            what = f"{mention.role} could belong to {names}; draw an arrow from its trigger"
            self.spots.append(("warning", "ambiguous_argument", region_id, what))
        else:
            what = f"{mention.role} belongs to no event; mark a trigger of {' or '.join(types)}"
            self.spots.append(("warning", "argument_without_event", region_id, what))

    def _read_attributes(
        self, region: Region, controls: Mapping[str, tuple[str | None, Attribute]]
    ) -> None:
        drafts = self.by_region[region.region_id]
        for control, value in region.chosen.items():
            owner, attribute = controls[control]
            holders = [d for d in drafts if owner in (None, d.type)]
            for draft in holders:
                draft.attributes[attribute.name] = value
            if not holders:
                what = f"{attribute.name} = {value!r} is on a span that is no {owner or 'event'}"
                spot = ("warning", "orphan_attribute", region.region_id, f"{what}; clear it")
                self.spots.append(spot)

    def _check_counts(self, draft: _Draft) -> None:
        numbers = Counter(name for name, _ in draft.arguments)
        for role in self.schema.event_types[draft.type].roles.values():
            number = numbers[role.name]
            if number < role.minimum or (role.maximum is not None and number > role.maximum):
                allowed = f"{role.minimum}..{'n' if role.maximum is None else role.maximum}"
                what = f"{draft.type} has {number} {role.name}; the guideline asks for {allowed}"
                self.spots.append(("note", "cardinality", draft.region.region_id, what))

    def _clusters(self) -> dict[str, str]:
        edges = [(d.event_id, other) for d in self.drafts for other in d.corefers]
        names = [draft.event_id for draft in self.drafts]
        return {
            name: group[0]
            for group in _components(names, edges)
            if len(group) > 1
            for name in group
        }


def _components(names: Iterable[str], edges: list[tuple[str, str]]) -> list[list[str]]:
    """Return the connected groups, members and groups in the order of `names`."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for first, second in edges:
        neighbours[first].add(second)
        neighbours[second].add(first)
    ordered = list(names)
    if not neighbours:
        return [[name] for name in ordered]
    seen: set[str] = set()
    groups = []
    for name in ordered:
        if name in seen:
            continue
        group, queue = set(), [name]
        while queue:
            current = queue.pop()
            if current not in group:
                group.add(current)
                queue += neighbours[current]
        seen |= group
        groups.append([member for member in ordered if member in group])
    return groups

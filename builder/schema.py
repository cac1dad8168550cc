"""Event types as people decided them: `schemas/*.yaml`, one file per type plus shared.yaml.

Loading reports every defect of all files at once, with file and line. What
follows from a schema - the labelling configuration, the guidelines, the Arrow
schema - lives beside the code that reads it back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import DataError, Problem, Problems, did_you_mean
from builder.nodes import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SHARED = "shared.yaml"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_COUNT = re.compile(r"(\d+)\.\.(\d+|n)")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with what is annotated in it; no trigger means: not an event."""

    text: str
    why: str
    trigger: str | None
    arguments: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision of the guidelines, with the examples that made it necessary."""

    rule: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A slot of an event type. `maximum` is None for any number."""

    name: str
    definition: str
    mentions: tuple[str, ...]
    minimum: int
    maximum: int | None
    many_parts: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property with a closed list of values and their definitions."""

    name: str
    definition: str
    values: dict[str, str]
    default: str


@dataclass(frozen=True, slots=True)
class LinkType:
    """A named relation from an event of this type to one of the target types."""

    name: str
    definition: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """What this event is called in another ontology when `when` holds."""

    ontology: str
    code: str
    when: dict[str, str]


@dataclass(frozen=True, slots=True)
class EventType:
    """One event family: what it is, its roles, attributes and links.

    `plural` names its config in a release. `attributes` are its own; those of
    every type are in `Schema.shared`.
    """

    name: str
    plural: str
    version: str
    definition: str
    triggers: tuple[str, ...]
    colour: str | None
    counts: tuple[Example, ...]
    does_not_count: tuple[Example, ...]
    rules: tuple[Rule, ...]
    roles: dict[str, Role]
    attributes: dict[str, Attribute]
    links: dict[str, LinkType]
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What all event types have in common."""

    version: str
    mention_types: dict[str, str]
    attributes: dict[str, Attribute]
    document_flags: dict[str, str]
    role_keys: dict[str, str]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """All event types of a project in the order of their names, and what they share.

    `digest` is the SHA-256 over the files that were read.
    """

    event_types: dict[str, EventType]
    shared: Shared
    digest: str

    def attributes(self, event_type: str) -> dict[str, Attribute]:
        """Return the attributes of a type: its own, then the shared ones."""
        return {**self.event_types[event_type].attributes, **self.shared.attributes}

    def roles(self) -> list[str]:
        """Return every role name once, in the order of the types."""
        return list(dict.fromkeys(r for t in self.event_types.values() for r in t.roles))

    def types_with(self, role: str) -> list[str]:
        """Return the event types that have a role of this name."""
        return [name for name, type_ in self.event_types.items() if role in type_.roles]

    def link(self, source: str, target: str) -> LinkType | None:
        """Return the link that an arrow between events of these types means, if any."""
        links = self.event_types[source].links.values()
        return next((link for link in links if target in link.targets), None)

    @property
    def version(self) -> str:
        """The digest, short enough to print beside each task."""
        return self.digest[:12]


def load_schema(folder: Path) -> Schema:
    """Read all `*.yaml` of a folder into a Schema.

    Raises DataError with every defect of every file: unknown and missing keys,
    wrong kinds, values outside a closed list, examples whose trigger does not
    occur in their text, links to types that do not exist, colliding names.
    """
    problems = Problems()
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not any(path.name != SHARED for path in paths):
        raise DataError([Problem(str(folder), "no event type here; add a file such as visit.yaml")])
    digest = hashlib.sha256()
    shared, types = _no_shared(), []
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        table = read_table(path, f"{folder.name}/{path.name}", problems)
        if table is None:
            continue
        if path.name == SHARED:
            shared = _shared(table)
        else:
            types.append((table, _event_type(table)))
    _check_together(types, shared)
    problems.raise_if_any()
    ordered = {t.name: t for _, t in sorted(types, key=lambda pair: pair[1].name)}
    return Schema(ordered, shared, digest.hexdigest())


def _no_shared() -> Shared:
    flags = {
        "no_event": "The article reports none of the events.",
        "not_an_article": "This is not a news article.",
    }
    return Shared("0.0.0", {}, {}, flags, {}, ())


def _shared(table: Table) -> Shared:
    shared = Shared(
        version=_version(table),
        mention_types=_definitions(table, "mention_types"),
        attributes=_attributes(table),
        document_flags=_definitions(table, "document_flags"),
        role_keys=_role_keys(table),
        rules=_rules(table),
    )
    for needed in ("no_event",):
        if needed not in shared.document_flags:
            table.complain(table.line("document_flags"), f"flag {needed!r} is missing; add it")
    table.close()
    return shared


def _role_keys(table: Table) -> dict[str, str]:
    inner = table.table("role_keys", required=False)
    keys = {role: inner.text(role) for role in inner.names()}
    taken: dict[str, str] = {}
    for role, key in keys.items():
        if not re.fullmatch(r"[a-z]", key):
            inner.complain(inner.line(role), f"key {key!r} of {role!r} should be one letter a-z")
        elif key in taken:
            inner.complain(
                inner.line(role), f"key {key!r} is taken by {taken[key]!r}; choose another"
            )
        taken.setdefault(key, role)
    return keys


def _event_type(table: Table) -> EventType:
    name = _name(table, "event_type")
    roles = _roles(table)
    event_type = EventType(
        name=name,
        plural=table.text("plural", default=f"{name.lower()}s"),
        version=_version(table),
        definition=table.text("definition"),
        triggers=tuple(table.words("triggers", required=False)),
        colour=_colour(table),
        counts=_examples(table, "counts", roles),
        does_not_count=_examples(table, "does_not_count", roles),
        rules=_rules(table),
        roles=roles,
        attributes=_attributes(table),
        links=_links(table),
        codes=_codes(table),
    )
    table.close()
    return event_type


def _name(table: Table, key: str) -> str:
    name = table.text(key)
    if name and not _NAME.fullmatch(name):
        table.complain(table.line(key), f"{name!r} should be letters, digits and _ only")
    return name


def _version(table: Table) -> str:
    version = table.text("version")
    if version and not _VERSION.fullmatch(version):
        table.complain(table.line("version"), f"version {version!r} should look like 1.0.0")
    return version


def _colour(table: Table) -> str | None:
    colour = table.text("colour", default="")
    if colour and not _COLOUR.fullmatch(colour):
        table.complain(table.line("colour"), f"colour {colour!r} should look like '#1f77b4'")
    return colour or None


def _definitions(table: Table, key: str) -> dict[str, str]:
    inner = table.table(key)
    return {name: inner.text(name) for name in inner.names()}


def _roles(table: Table) -> dict[str, Role]:
    inner = table.table("roles")
    roles = {}
    for name in inner.names():
        entry = inner.table(name)
        if not _NAME.fullmatch(name):
            inner.complain(inner.line(name), f"role {name!r} should be letters, digits and _ only")
        minimum, maximum = _count(entry)
        roles[name] = Role(
            name=name,
            definition=entry.text("definition"),
            mentions=tuple(entry.words("mentions", required=False)),
            minimum=minimum,
            maximum=maximum,
            many_parts=entry.choice("parts", ["one", "many"], default="one") == "many",
        )
        entry.close()
    return roles


def _count(entry: Table) -> tuple[int, int | None]:
    text = entry.text("count", default="0..n")
    match = _COUNT.fullmatch(text)
    if not match:
        entry.complain(entry.line("count"), f"count {text!r} should look like 0..1, 0..n or 1..n")
        return 0, None
    minimum, maximum = int(match[1]), None if match[2] == "n" else int(match[2])
    if maximum is not None and maximum < max(1, minimum):
        entry.complain(entry.line("count"), f"count {text!r} allows nothing; see 0..1, 1..n")
    return minimum, maximum


def _attributes(table: Table) -> dict[str, Attribute]:
    inner = table.table("attributes", required=False)
    attributes = {}
    for name in inner.names():
        entry = inner.table(name)
        values = _definitions(entry, "values")
        default = entry.text("default")
        if values and default and default not in values:
            entry.complain(
                entry.line("default"),
                f"default {default!r} is not a value of {name!r}; {did_you_mean(default, values)}",
            )
        attributes[name] = Attribute(name, entry.text("definition"), values, default)
        entry.close()
    return attributes


def _links(table: Table) -> dict[str, LinkType]:
    inner = table.table("links", required=False)
    links = {}
    for name in inner.names():
        entry = inner.table(name)
        links[name] = LinkType(name, entry.text("definition"), tuple(entry.words("targets")))
        entry.close()
    return links


def _codes(table: Table) -> tuple[Code, ...]:
    codes = []
    for entry in table.tables("codes"):
        when = entry.table("when", required=False)
        conditions = {name: when.text(name) for name in when.names()}
        codes.append(Code(entry.text("ontology"), entry.text("code"), conditions))
        entry.close()
    return tuple(codes)


def _rules(table: Table) -> tuple[Rule, ...]:
    rules = []
    for entry in table.tables("rules"):
        rules.append(Rule(entry.text("rule"), tuple(entry.words("examples", required=False))))
        entry.close()
    return tuple(rules)


def _examples(table: Table, key: str, roles: dict[str, Role]) -> tuple[Example, ...]:
    return tuple(_example(entry, roles) for entry in table.tables(key))


def _example(entry: Table, roles: dict[str, Role]) -> Example:
    text, trigger = entry.text("text"), entry.text("trigger", default="")
    if trigger not in text:
        entry.complain(entry.line("trigger"), f"trigger {trigger!r} does not occur in the text")
    inner = entry.table("arguments", required=False)
    arguments = {role: tuple(inner.words(role)) for role in inner.names()}
    for role, mentions in arguments.items():
        if role not in roles:
            inner.complain(inner.line(role), f"unknown role {role!r}; {did_you_mean(role, roles)}")
        for mention in mentions:
            if mention not in text:
                inner.complain(inner.line(role), f"{mention!r} does not occur in the text")
    why = entry.text("why")
    entry.close()
    return Example(text, why, trigger or None, arguments)


def _check_together(types: list[tuple[Table, EventType]], shared: Shared) -> None:
    names = [event_type.name for _, event_type in types]
    plurals = ["documents", "annotations", "sentences"]
    seen: set[str] = set()
    for table, event_type in types:
        if event_type.name in seen:
            table.complain(table.line("event_type"), f"type {event_type.name!r} is defined twice")
        if event_type.plural in plurals:
            table.complain(
                table.line("plural"), f"plural {event_type.plural!r} is taken; choose another"
            )
        seen.add(event_type.name)
        plurals.append(event_type.plural)
        _check_references(table, event_type, names, shared)


def _check_references(
    table: Table, event_type: EventType, names: list[str], shared: Shared
) -> None:
    for role in event_type.roles.values():
        for mention in role.mentions if shared.mention_types else ():
            _check_name(
                table, "roles", f"role {role.name!r}: mention", mention, shared.mention_types
            )
    for link in event_type.links.values():
        for target in link.targets:
            _check_name(table, "links", f"link {link.name!r}: target", target, names)
    for name in event_type.attributes.keys() & shared.attributes.keys():
        table.complain(
            table.line("attributes"), f"attribute {name!r} is in shared.yaml too; rename one"
        )
    known = {**event_type.attributes, **shared.attributes}
    for code in event_type.codes:
        for name, value in code.when.items():
            _check_name(table, "codes", f"code {code.code!r}: attribute", name, known)
            if name in known:
                what = f"code {code.code!r}: value of {name!r}"
                _check_name(table, "codes", what, value, known[name].values)


def _check_name(table: Table, key: str, what: str, name: str, allowed: Iterable[str]) -> None:
    options = list(allowed)
    if name not in options:
        table.complain(
            table.line(key), f"{what} {name!r} is unknown; {did_you_mean(name, options)}"
        )

"""Event types as people decided them: `schemas/*.yaml`, one file per type plus shared.yaml.

Loading reports every defect of all files at once, with file and line. What
follows from a schema - the labelling configuration, the guidelines, the Arrow
schema - lives beside the code that reads it back.
"""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.document import Span
from builder.errors import DataError, Problem, Problems, did_you_mean
from builder.nodes import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHARED = "shared.yaml"
NO_EVENT = "no_event"
"""The document flag that makes an annotation without events a finished one."""
FLAG_KEYS = "zxcvbnm"
"""Keys of the document flags, in their order; roles cannot have those in use."""
RESERVED_PLURALS = ("documents", "annotations", "sentences")
"""Configs that every release has; no event type can be called so."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NAME_RULE = "use a letter, then letters, digits and _ only"
_COUNT = re.compile(r"(\d+)\.\.(\d+|n)")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with what is annotated in it; no trigger means: not an event.

    A discontinuous argument is written with ` … ` between its parts, see `mention_parts`.
    """

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

    @property
    def count(self) -> str:
        """How many arguments it takes, as in 1..n."""
        return f"{self.minimum}..{'n' if self.maximum is None else self.maximum}"


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

    def role_keys(self) -> dict[str, str]:
        """Return a letter for every role: the decided one, then the first that is free.

        The empty string when the letters have run out.
        """
        keys = {r: k for r, k in self.shared.role_keys.items() if r in self.roles()}
        taken = {*keys.values(), *FLAG_KEYS[: len(self.shared.document_flags)]}
        for role in self.roles():
            if role not in keys:
                wanted = role.lower() + string.ascii_lowercase
                keys[role] = next((k for k in wanted if "a" <= k <= "z" and k not in taken), "")
                taken.add(keys[role])
        return keys

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
    wrong kinds, values outside a closed list, examples whose words do not
    occur in their text, links to types that do not exist, colliding names.
    What files say about each other is checked when all of them could be read.
    """
    problems = Problems()
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not any(path.name != SHARED for path in paths):
        raise DataError([Problem(str(folder), "no event type here; add a file such as visit.yaml")])
    tables = {p.name: read_table(p, f"{folder.name}/{p.name}", problems) for p in paths}
    shared_table = tables.pop(SHARED, None)
    shared = _shared(shared_table) if shared_table else _no_shared()
    types = [(table, _event_type(table)) for table in tables.values() if table]
    if len(types) + (shared_table is not None) == len(paths):
        _check_together(types, shared, shared_table)
    problems.raise_if_any()
    ordered = {t.name: t for _, t in sorted(types, key=lambda pair: pair[1].name)}
    return Schema(ordered, shared, _digest(paths))


def occurrences(text: str, words: str) -> list[Span]:
    """Return where `words` stand in `text` as whole words, from left to right.

    >>> occurrences("they met at a meeting", "met"), occurrences("a meeting", "meet")
    ([Span(start=5, end=8)], [])
    """
    whole = re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text) if words else ()
    return [Span(*match.span()) for match in whole]


def mention_parts(mention: str) -> tuple[str, ...]:
    """Split an example's mention at ` … `, which stands for words that are left out.

    >>> mention_parts("the matter … is closed")
    ('the matter', 'is closed')
    """
    return tuple(mention.split(" … "))


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _no_shared() -> Shared:
    flags = {
        NO_EVENT: "The article reports none of the events.",
        "not_an_article": "This is not a news article.",
    }
    return Shared("0.0.0", {}, {}, flags, {}, ())


def _shared(table: Table) -> Shared:
    flags = _definitions(table, "document_flags")
    if flags and NO_EVENT not in flags:
        table.complain(f"flag {NO_EVENT!r} is missing; add it", "document_flags")
    shared = Shared(
        version=_version(table),
        mention_types=_definitions(table, "mention_types"),
        attributes=_attributes(table),
        document_flags=flags,
        role_keys=_role_keys(table, FLAG_KEYS[: len(flags)]),
        rules=_rules(table),
    )
    table.close()
    return shared


def _role_keys(table: Table, kept: str) -> dict[str, str]:
    inner = table.table("role_keys", required=False)
    keys = {role: inner.text(role) for role in inner.names()}
    taken = dict.fromkeys(kept, "the document flags")
    for role, key in keys.items():
        if key and not re.fullmatch(r"[a-z]", key):
            inner.complain(f"key {key!r} of {role!r} should be one letter a-z", role)
        elif key in taken:
            inner.complain(f"key {key!r} is taken by {taken[key]}; choose another", role)
        taken.setdefault(key, role)
    return keys


def _event_type(table: Table) -> EventType:
    roles = _roles(table)
    event_type = EventType(
        name=_name(table, "event_type"),
        plural=_plural(table),
        version=_version(table),
        definition=table.text("definition"),
        triggers=tuple(table.words("triggers", required=False)),
        colour=_colour(table),
        counts=tuple(_event_example(entry, roles) for entry in table.tables("counts")),
        does_not_count=tuple(_other_example(entry) for entry in table.tables("does_not_count")),
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
        table.complain(f"{key!r} is {name!r}; {_NAME_RULE}", key)
    return name


def _plural(table: Table) -> str:
    name = table.text("plural", default="")
    if name and not _NAME.fullmatch(name):
        table.complain(f"'plural' is {name!r}; {_NAME_RULE}", "plural")
    return name or f"{table.text('event_type', default='').lower()}s"


def _version(table: Table) -> str:
    version = table.text("version")
    if version and not _VERSION.fullmatch(version):
        table.complain(f"version {version!r} should look like 1.0.0", "version")
    return version


def _colour(table: Table) -> str | None:
    colour = table.text("colour", default="")
    if colour and not _COLOUR.fullmatch(colour):
        table.complain(f"colour {colour!r} should look like '#0072B2', in quotes", "colour")
    return colour or None


def _definitions(table: Table, key: str) -> dict[str, str]:
    inner = table.table(key)
    return {name: inner.text(name) for name in inner.names()}


def _named(table: Table, key: str, *, required: bool = False) -> Iterator[tuple[str, Table]]:
    inner = table.table(key, required=required)
    for name in inner.names():
        if not _NAME.fullmatch(name):
            inner.complain(f"name {name!r} in {key!r}: {_NAME_RULE}", name)
        entry = inner.table(name)
        yield name, entry
        entry.close()


def _roles(table: Table) -> dict[str, Role]:
    roles = {}
    for name, entry in _named(table, "roles", required=True):
        minimum, maximum = _count(entry)
        roles[name] = Role(
            name=name,
            definition=entry.text("definition"),
            mentions=tuple(entry.words("mentions", required=False)),
            minimum=minimum,
            maximum=maximum,
            many_parts=entry.choice("parts", ["one", "many"], default="one") == "many",
        )
    return roles


def _count(entry: Table) -> tuple[int, int | None]:
    text = entry.text("count", default="0..n")
    match = _COUNT.fullmatch(text)
    if not match:
        entry.complain(f"count {text!r} should look like 0..1, 0..n or 1..n", "count")
        return 0, None
    minimum, maximum = int(match[1]), None if match[2] == "n" else int(match[2])
    if maximum is not None and maximum < max(1, minimum):
        entry.complain(f"count {text!r} allows nothing; see 0..1, 1..n", "count")
    return minimum, maximum


def _attributes(table: Table) -> dict[str, Attribute]:
    attributes = {}
    for name, entry in _named(table, "attributes"):
        values = _definitions(entry, "values")
        if len(values) == 1:
            entry.complain(f"{name!r} has one value only; a choice needs two", "values")
        default = entry.text("default")
        if values and default and default not in values:
            what = f"default {default!r} is not a value of {name!r}"
            entry.complain(f"{what}; {did_you_mean(default, values)}", "default")
        attributes[name] = Attribute(name, entry.text("definition"), values, default)
    return attributes


def _links(table: Table) -> dict[str, LinkType]:
    return {
        name: LinkType(name, entry.text("definition"), tuple(entry.words("targets")))
        for name, entry in _named(table, "links")
    }


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


def _other_example(entry: Table) -> Example:
    example = Example(entry.text("text"), entry.text("why"), None, {})
    entry.close()
    return example


def _event_example(entry: Table, roles: dict[str, Role]) -> Example:
    text, trigger, why = entry.text("text"), entry.text("trigger"), entry.text("why")
    places = len(occurrences(text, trigger))
    if text and trigger and places != 1:
        what = f"trigger {trigger!r} stands {places} times in the text as a whole word"
        entry.complain(f"{what}; it should stand there once", "trigger")
    inner = entry.table("arguments", required=False)
    arguments = {role: tuple(inner.words(role)) for role in inner.names()}
    for role, mentions in arguments.items():
        if role not in roles:
            inner.complain(f"unknown role {role!r}; {did_you_mean(role, roles)}", role)
        for index, mention in enumerate(mentions):
            for part in mention_parts(mention):
                if text and mention and not occurrences(text, part):
                    inner.complain(f"{part!r} does not occur in the text", role, index)
    for name, slot in roles.items():
        given = len(arguments.get(name, ()))
        if given < slot.minimum or given > (slot.maximum or given):
            entry.complain(f"the example has {given} of {name}, not {slot.count}", "arguments")
    entry.close()
    return Example(text, why, trigger, arguments)


def _check_together(
    types: list[tuple[Table, EventType]], shared: Shared, shared_table: Table | None
) -> None:
    _check_unique(types)
    names = [event_type.name for _, event_type in types]
    for table, event_type in types:
        _check_roles(table, event_type, shared)
        if all(names):
            _check_links(table, event_type, names)
        _check_attributes(table, event_type, shared)
    roles = [role for _, event_type in types for role in event_type.roles]
    for role in shared.role_keys if shared_table else ():
        if shared_table and role not in roles:
            what = f"no event type has the role {role!r}; {did_you_mean(role, roles)}"
            shared_table.complain(what, "role_keys", role)


def _check_unique(types: list[tuple[Table, EventType]]) -> None:
    taken = dict.fromkeys((("plural", name) for name in RESERVED_PLURALS), "the release")
    for table, event_type in types:
        values = {
            "event_type": event_type.name,
            "plural": event_type.plural,
            "colour": event_type.colour,
        }
        for key, value in values.items():
            if not value:
                continue
            owner = taken.setdefault((key, value.casefold()), table.file)
            if owner != table.file:
                table.complain(f"{key} {value!r} is taken by {owner}; choose another", key)
                break  # a copied file collides in all of them


def _check_roles(table: Table, event_type: EventType, shared: Shared) -> None:
    for role in event_type.roles.values():
        for index, mention in enumerate(role.mentions if shared.mention_types else ()):
            if mention and mention not in shared.mention_types:
                what = f"unknown mention type {mention!r}"
                suggestion = did_you_mean(mention, shared.mention_types)
                table.complain(f"{what}; {suggestion}", "roles", role.name, "mentions", index)


def _check_links(table: Table, event_type: EventType, names: list[str]) -> None:
    for link in event_type.links.values():
        for index, target in enumerate(link.targets):
            if target and target not in names:
                what = f"unknown event type {target!r}; {did_you_mean(target, names)}"
                table.complain(what, "links", link.name, "targets", index)


def _check_attributes(table: Table, event_type: EventType, shared: Shared) -> None:
    for name in event_type.attributes:
        if name in shared.attributes:
            table.complain(f"attribute {name!r} is in {SHARED} too; rename one", "attributes", name)
    known = {**shared.attributes, **event_type.attributes}
    for index, code in enumerate(event_type.codes):
        for name, value in code.when.items():
            if name not in known:
                what = f"unknown attribute {name!r}; {did_you_mean(name, known)}"
                table.complain(what, "codes", index, "when", name)
            elif value not in known[name].values:
                what = f"{name!r} has no value {value!r}"
                suggestion = did_you_mean(value, known[name].values)
                table.complain(f"{what}; {suggestion}", "codes", index, "when", name)

"""The project folder and its settings: flag, environment, builder.toml, default.

`builder.toml` holds what people decided. Secrets never belong in it.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from builder.errors import Problems, UsageError, did_you_mean

FILE = "builder.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting's name, default and meaning; `env` is the variable that overrides it."""

    key: str
    default: str | int | float
    meaning: str
    env: str | None = None


SETTINGS = {
    setting.key: setting
    for setting in (
        Setting("project.name", "events", "names the dataset; letters, digits, - and _"),
        Setting("project.license", "other", "licence of the labels, as the Hub spells it"),
        Setting("project.authors", "", "who to cite"),
        Setting("project.description", "", "one paragraph for the dataset card"),
        Setting("project.labels_made_by", "", "how the labels came to be, for the dataset card"),
        Setting("project.limits", "", "known limits, for the dataset card"),
        Setting("studio.url", "", "an existing Label Studio server", "LABEL_STUDIO_URL"),
        Setting("studio.title", "Events", "title of the Label Studio project, 3-50 characters"),
        Setting("studio.overlap", 2, "annotators per document"),
        Setting("studio.blind_share", 1.0, "share of documents annotated without suggestions"),
        Setting("ingest.max_article_megabytes", 20, "largest page, row or record that is read"),
        # Measured on halves of articles it joins too much to be trusted without a look.
        Setting("ingest.stories", "no", "yes: also join dated reports of one event in other words"),
        Setting("ingest.max_unpacking", 300, "bytes that a compressed byte may unpack to"),
        Setting("merge.quorum", 1, "finished annotations a document needs to enter the gold"),
        Setting("merge.alone", "accept", "one annotator's document: accept, ask or leave_out"),
        Setting("merge.minimum_support", 1, "annotators that must have seen what enters the gold"),
        Setting("merge.margin", 0.0, "lead that decides a vote, 0 to 1; a smaller is a conflict"),
        Setting("merge.weights", "reliability", "what a vote weighs: equal, or by reliability"),
        Setting("splits.by", "cluster", "cluster: by hash of near-duplicates and story; or date"),
        Setting("splits.train", 0.8, "share of documents in train"),
        Setting("splits.validation", 0.1, "share of documents in validation"),
        Setting("splits.test", 0.1, "share of documents in test"),
        Setting("release.text", "licence", "texts passed on: licence, full, quotes or standoff"),
        Setting("release.text_why", "", "why texts without an open licence may be passed on"),
    )
}
CHOICES = {
    "release.text": ("licence", "full", "quotes", "standoff"),
    "splits.by": ("cluster", "date"),
    "merge.alone": ("accept", "ask", "leave_out"),
    "merge.weights": ("equal", "reliability"),
}
GATE_KEYS: dict[str, dict[str, type]] = {
    "documents": {"min": int},
    "events": {},  # its keys are event types, each with the least number
    "conflicts": {"max": int},
    "licences": {"max_unknown": int},
    "dates": {"max_undated": int},
    "card": {"required": list},
    "leak": {"containment": float},
    "drift": {"max": float},
    "iaa": {"min": float, "layer": str, "granularity": str},
    "privacy": {"public": list},
}
"""What `[gates.<name>]` may hold besides its `why`."""
ARTICLE_KEYS = (
    "match",
    "url",
    "publisher",
    "published_at",
    "country",
    "license",
    "license_note",
    "encoding",
    "columns",
    "text",
)
TEXT_FORMS = ("full", "quotes", "standoff")
"""How much of a document's text a release passes on, the most first."""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What people know about raw files whose name matches `match` (a glob).

    `country` is the publisher's ISO 3166 two-letter code; it settles time zone
    abbreviations that mean different zones in different countries.
    `published_at` is a day or a time with offset, in ISO 8601. `text` says how
    much of the text a release has, whatever the licence; `license_note` why.
    """

    match: str
    url: str | None = None
    publisher: str | None = None
    published_at: str | None = None
    country: str | None = None
    license: str | None = None
    license_note: str | None = None
    encoding: str | None = None
    columns: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class GateRule:
    """What people expect of a release at one gate, why, and the line that says so."""

    name: str
    limits: dict[str, Any]
    why: str
    where: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder and its settings, each with where it came from."""

    root: Path
    values: dict[str, str | int | float] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    articles: tuple[ArticleFacts, ...] = ()
    gates: dict[str, GateRule] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Return a setting as text."""
        return str(self.values[key])

    def number(self, key: str) -> int:
        """Return a setting as a whole number."""
        return int(self.values[key])

    def share(self, key: str) -> float:
        """Return a setting as a fraction."""
        return float(self.values[key])

    def facts(self, file: str) -> ArticleFacts:
        """Return what people know about a raw file; the first match counts."""
        name = PurePath(file).name
        return next((a for a in self.articles if PurePath(name).match(a.match)), ArticleFacts("*"))

    @property
    def build(self) -> Path:
        """Where regenerable files go."""
        return self.root / "build"

    @property
    def documents(self) -> Path:
        """The cleaned documents."""
        return self.build / "documents.parquet"

    @property
    def selection(self) -> Path:
        """Which documents are to be annotated, where `builder ingest --select` chose some."""
        return self.build / "selection.jsonl"

    @property
    def gold(self) -> Path:
        """The merged annotations."""
        return self.build / "gold.parquet"

    @property
    def annotations(self) -> Path:
        """The answers that were merged, one per annotator and document."""
        return self.build / "annotations.parquet"

    @property
    def raw_articles(self) -> Path:
        """The raw input, never edited."""
        return self.root / "annotations" / "articles"

    @property
    def sites(self) -> Path:
        """What sites print on every page, as hashes: learned, and kept when build/ is deleted."""
        return self.root / "annotations" / "sites.parquet"

    @property
    def snapshots(self) -> Path:
        """The immutable copies of all annotations."""
        return self.root / "annotations" / "snapshots"

    @property
    def decisions(self) -> Path:
        """What people decided about conflicts, one JSON line each."""
        return self.root / "annotations" / "decisions"

    @property
    def studio(self) -> Path:
        """The local server's data: annotators' work until it is pulled."""
        return self.root / ".studio"

    @property
    def schemas(self) -> Path:
        """The project's schemas, or those that came with the package."""
        own = self.root / "schemas"
        return own if own.is_dir() else shipped_project() / "schemas"


def shipped_project() -> Path:
    """Return the starter project: inside an installed wheel, or the source tree."""
    inside = Path(__file__).parent / "_project"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def load_project(root: Path, flags: dict[str, str | int | float | None] | None = None) -> Project:
    """Read the settings of the project at `root`; a folder without builder.toml has defaults.

    Raises UsageError with every defect of builder.toml: unknown sections and
    keys, wrong kinds, tokens, impossible values.
    """
    problems = Problems()
    path = root / FILE
    content = _read_toml(path, problems)
    values: dict[str, str | int | float] = {k: s.default for k, s in SETTINGS.items()}
    origins = dict.fromkeys(SETTINGS, "default")
    lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    for key, value in _flat(content):
        where = f"{FILE}:{_line(lines, key)}"
        if _good(key, value, where, problems):
            values[key], origins[key] = value, where
    for key, setting in SETTINGS.items():
        if setting.env and os.environ.get(setting.env):
            values[key], origins[key] = os.environ[setting.env], f"environment {setting.env}"
    for key, flag in (flags or {}).items():
        if flag is not None:
            values[key], origins[key] = flag, "command line"
    articles = _articles(content, lines, problems)
    gates = _gates(content, lines, problems)
    _check(values, origins, problems)
    _check_told(values, origins, problems)
    problems.raise_if_any(UsageError)
    return Project(root, values, origins, articles, gates)


def _read_toml(path: Path, problems: Problems) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        problems.add(FILE, f"byte {error.start} is not UTF-8; save the file as UTF-8")
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        problems.add(f"{FILE}:{line[1] if line else 1}", f"not TOML: {error}")
    return {}


def _flat(content: dict[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for section, entries in content.items():
        if section in ("articles", "gates"):
            continue
        if isinstance(entries, dict):
            rows += [(f"{section}.{name}", value) for name, value in entries.items()]
        else:
            rows.append((section, entries))
    return rows


def _good(key: str, value: object, where: str, problems: Problems) -> bool:
    name = key.rpartition(".")[2]
    if re.search(r"token|api_key|password|secret", name, re.IGNORECASE):
        what = f"{name!r} is a secret; put it into the environment as LABEL_STUDIO_API_KEY"
        problems.add(where, f"{what} and delete this line")
        return False
    if key not in SETTINGS:
        problems.add(where, f"unknown setting {key!r}; {did_you_mean(key, SETTINGS)}")
        return False
    wanted = type(SETTINGS[key].default)
    if isinstance(value, bool) or not isinstance(
        value, (wanted, int) if wanted is float else wanted
    ):
        problems.add(where, f"{key} is {value!r}; it should be {_KINDS[wanted]}")
        return False
    return True


_KINDS: dict[type, str] = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    list: "a list of texts",
}


def _line(lines: list[str], key: str) -> int:
    section, _, name = key.rpartition(".")
    inside = not section
    for number, line in enumerate(lines, start=1):
        header = re.match(r"\s*\[+([^\]]+)\]+", line)
        if header:
            inside = header[1].strip() == section
        elif inside and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=", line):
            return number
    return 1


def _articles(
    content: dict[str, Any], lines: list[str], problems: Problems
) -> tuple[ArticleFacts, ...]:
    entries = content.get("articles", [])
    starts = [n for n, line in enumerate(lines, start=1) if re.match(r"\s*\[\[articles\]\]", line)]
    if not isinstance(entries, list) or len(starts) != len(entries):
        problems.add(
            FILE, "articles should be written as [[articles]] tables, one per kind of file"
        )
        return ()
    found = []
    for start, stated in zip(starts, entries, strict=True):
        where = f"{FILE}:{start}"
        entry = {**stated, **_published(stated, where, problems)}
        for name, value in entry.items():
            if name not in ARTICLE_KEYS:
                problems.add(where, f"unknown key {name!r}; {did_you_mean(name, ARTICLE_KEYS)}")
            elif not isinstance(value, str):
                problems.add(where, f"{name} is {value!r}; it should be a text in quotes")
        if "match" not in entry:
            problems.add(where, "key 'match' is missing; name the files, as in match = '*.txt'")
        _check_text(entry, where, problems)
        good = {k: v for k, v in entry.items() if k in ARTICLE_KEYS and isinstance(v, str)}
        found.append(ArticleFacts(**{"match": "", **good}))
    return tuple(found)


def _published(entry: dict[str, Any], where: str, problems: Problems) -> dict[str, str]:
    """Return the publication as text, a time with seconds; TOML has dates of its own."""
    if "published_at" not in entry:
        return {}
    stated = entry["published_at"]
    text = stated.isoformat() if isinstance(stated, dt.date) else str(stated)
    why, time = "it is neither a day nor a time with an offset", None
    if _ISO.fullmatch(text):
        try:
            time = dt.datetime.fromisoformat(text)
        except ValueError as error:
            why = str(error)
    if time is None:
        form = "write it as 2025-06-26 or 2025-06-26T12:04:00+05:30"
        problems.add(where, f"published_at is {text!r}; {why}; {form}")
        return {"published_at": ""}
    day = len(text) == len("2025-06-26")
    return {"published_at": text if day else time.isoformat(timespec="seconds")}


_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?")


def _gates(content: dict[str, Any], lines: list[str], problems: Problems) -> dict[str, GateRule]:
    rules: dict[str, GateRule] = {}
    tables = content.get("gates", {})
    for name, table in tables.items() if isinstance(tables, dict) else [("gates", tables)]:
        where = f"{FILE}:{_header(lines, f'gates.{name}')}"
        if name not in GATE_KEYS:
            problems.add(where, f"unknown gate {name!r}; {did_you_mean(name, GATE_KEYS)}")
        elif not isinstance(table, dict):
            problems.add(where, f"gate {name!r} should be a table: [gates.{name}]")
        else:
            limits = {key: value for key, value in table.items() if key != "why"}
            for what in _misfits(name, limits):
                problems.add(where, what)
            why = table.get("why", "")
            if not isinstance(why, str) or not why.strip():
                problems.add(where, f'gate {name!r} does not say why; add why = "..."')
            rules[name] = GateRule(name, limits, str(why), where)
    return rules


def _misfits(gate: str, limits: dict[str, Any]) -> list[str]:
    known = GATE_KEYS[gate] or dict.fromkeys(limits, int)
    found = [
        f"gate {gate!r} has no {key!r}; {did_you_mean(key, known)}"
        for key in limits
        if key not in known
    ]
    for key, kind in known.items():
        if key in limits and not _is(limits[key], kind):
            found.append(f"{key} of gate {gate!r} is {limits[key]!r}; it should be {_KINDS[kind]}")
    return found


def _is(value: object, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return not isinstance(value, bool) and isinstance(value, (kind, int) if kind is float else kind)


def _header(lines: list[str], section: str) -> int:
    wanted = re.compile(rf"\s*\[\s*{re.escape(section)}\s*\]")
    return next((n for n, line in enumerate(lines, start=1) if wanted.match(line)), 1)


def _check_text(entry: dict[str, Any], where: str, problems: Problems) -> None:
    form = entry.get("text")
    if not isinstance(form, str):
        return
    if form not in TEXT_FORMS:
        problems.add(where, f"text is {form!r}; {did_you_mean(form, TEXT_FORMS)}")
    elif form != TEXT_FORMS[-1] and not entry.get("license_note"):
        problems.add(where, f"text is {form!r}; say in license_note why it may be passed on")


def _check_told(
    values: dict[str, str | int | float], origins: dict[str, str], problems: Problems
) -> None:
    form = values["release.text"]
    if form in TEXT_FORMS[:-1] and not values["release.text_why"]:
        what = f"release.text is {form!r}; say in release.text_why why texts may be passed on"
        problems.add(origins["release.text"], what)


def _check(
    values: dict[str, str | int | float], origins: dict[str, str], problems: Problems
) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", str(values["project.name"])):
        what = f"project.name is {values['project.name']!r}; use letters, digits, - and _"
        problems.add(origins["project.name"], what)
    if not 3 <= len(str(values["studio.title"])) <= 50:  # noqa: PLR2004 - the server's limits
        problems.add(origins["studio.title"], "studio.title should have 3 to 50 characters")
    if not 0 <= float(values["studio.blind_share"]) <= 1:
        what = f"studio.blind_share is {values['studio.blind_share']}; it should be from 0 to 1"
        problems.add(origins["studio.blind_share"], what)
    for key in ("studio.overlap", "merge.quorum", "merge.minimum_support"):
        if int(values[key]) < 1:
            problems.add(origins[key], f"{key} is {values[key]}; it should be at least 1")
    for key, allowed in CHOICES.items():
        if values[key] not in allowed:
            near = did_you_mean(str(values[key]), allowed)
            problems.add(origins[key], f"{key} is {values[key]!r}; {near}")
    if not 0 <= float(values["merge.margin"]) < 1:
        what = f"merge.margin is {values['merge.margin']}; it should be at least 0 and below 1"
        problems.add(origins["merge.margin"], what)
    shares = [float(values[f"splits.{name}"]) for name in ("train", "validation", "test")]
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:  # noqa: PLR2004 - rounding of decimals
        what = f"splits are {shares}; they should not be negative and add up to 1"
        problems.add(origins["splits.train"], what)

"""The project folder and its settings: flag, environment, builder.toml, default.

`builder.toml` holds what people decided. Secrets never belong in it.
"""

from __future__ import annotations

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
        Setting("merge.quorum", 1, "finished annotations a document needs to enter the gold"),
        Setting("splits.train", 0.8, "share of documents in train"),
        Setting("splits.validation", 0.1, "share of documents in validation"),
        Setting("splits.test", 0.1, "share of documents in test"),
        Setting("release.max_open_conflicts", 0, "open conflicts that a release may have"),
    )
}
ARTICLE_KEYS = ("match", "url", "publisher", "country", "license", "license_note")


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What people know about raw files whose name matches `match` (a glob).

    `country` is the publisher's ISO 3166 two-letter code; it settles time zone
    abbreviations that mean different zones in different countries.
    """

    match: str
    url: str | None = None
    publisher: str | None = None
    country: str | None = None
    license: str | None = None
    license_note: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder and its settings, each with where it came from."""

    root: Path
    values: dict[str, str | int | float] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    articles: tuple[ArticleFacts, ...] = ()

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
    def snapshots(self) -> Path:
        """The immutable copies of all annotations."""
        return self.root / "annotations" / "snapshots"

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
    _check(values, origins, problems)
    problems.raise_if_any(UsageError)
    return Project(root, values, origins, articles)


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
        if section == "articles":
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


_KINDS: dict[type, str] = {str: "a text in quotes", int: "a whole number", float: "a number"}


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
    for start, entry in zip(starts, entries, strict=True):
        where = f"{FILE}:{start}"
        for name, value in entry.items():
            if name not in ARTICLE_KEYS:
                problems.add(where, f"unknown key {name!r}; {did_you_mean(name, ARTICLE_KEYS)}")
            elif not isinstance(value, str):
                problems.add(where, f"{name} is {value!r}; it should be a text in quotes")
        if "match" not in entry:
            problems.add(where, "key 'match' is missing; name the files, as in match = '*.txt'")
        good = {k: v for k, v in entry.items() if k in ARTICLE_KEYS and isinstance(v, str)}
        found.append(ArticleFacts(**{"match": "", **good}))
    return tuple(found)


def _check(
    values: dict[str, str | int | float], origins: dict[str, str], problems: Problems
) -> None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", str(values["project.name"])):
        what = f"project.name is {values['project.name']!r}; use letters, digits, - and _"
        problems.add(origins["project.name"], what)
    if not 3 <= len(str(values["studio.title"])) <= 50:  # noqa: PLR2004 - the server's limits
        problems.add(origins["studio.title"], "studio.title should have 3 to 50 characters")
    for key in ("studio.overlap", "merge.quorum"):
        if int(values[key]) < 1:
            problems.add(origins[key], f"{key} is {values[key]}; it should be at least 1")
    shares = [float(values[f"splits.{name}"]) for name in ("train", "validation", "test")]
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:  # noqa: PLR2004 - rounding of decimals
        what = f"splits are {shares}; they should not be negative and add up to 1"
        problems.add(origins["splits.train"], what)

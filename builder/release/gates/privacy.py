"""What never leaves the project folder: e-mails, names, server ids and tokens.

Every string of every file is searched. What an article itself says in public
is no secret, so an address in a text may be quoted from there.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from builder.errors import Problems
from builder.labelstudio.snapshot import current_snapshots, read_snapshot
from builder.release.gates.rules import Gate, gate, limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from builder.config import Project

EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
TOKEN = r"\bhf_[A-Za-z0-9]{20,}\b|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|\b[0-9a-f]{40}\b"  # noqa: S105 - a pattern
"""Tokens of the Hub, and both kinds that Label Studio gives out."""
SETTINGS = ("LABEL_STUDIO_API_KEY", "HF_TOKEN", "BUILDER_PSEUDONYM_KEY", "LABEL_STUDIO_URL")
_SHORTEST = 6
"""Shorter secrets would be found inside of ordinary words."""
_TEXT = (".md", ".json", ".yaml", ".jsonl", ".txt", ".svg")
_WORDS = re.compile(rf"{EMAIL}|{TOKEN}")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is known to be secret, each with what it is; and what articles say in public."""

    kinds: dict[str, str]
    public: frozenset[str]

    def find(self, text: str) -> Iterator[tuple[str, str]]:
        """Give what is secret in a text: what it is, and itself."""
        for match in _WORDS.finditer(text):
            if match[0] not in self.public:
                kind = "an e-mail address" if "@" in match[0] else "what looks like a token"
                yield self.kinds.get(match[0].lower(), kind), match[0]
        low = text.lower()
        for secret, kind in self.kinds.items():
            known = secret in self.public or _WORDS.fullmatch(secret)
            if secret in low and not known and _alone(secret, low):
                yield kind, secret


def secrets(project: Project, public: Collection[str]) -> Secrets:
    """Collect a project's secrets: its people, its server, its tokens.

    `public` are the addresses that articles print.
    """
    kinds: dict[str, str] = {}
    for name in SETTINGS:
        _keep(kinds, os.environ.get(name), f"the value of {name}")
    _keep(kinds, project.text("studio.url"), "the server's address")
    for secret in _credentials(project.studio / "credentials.json"):
        _keep(kinds, secret, "a password or token of the local server")
    for snapshot in current_snapshots(project.snapshots):
        source = snapshot.manifest.source
        _keep(kinds, source.url, "the server's address")
        for task in read_snapshot(snapshot.path):
            for kind, said in _people(task):
                _keep(kinds, said, kind)
    # Both as they are written and as secrets are kept.
    stated = {
        form for word in limit(project, "privacy", "public", []) for form in (word, word.lower())
    }
    return Secrets(dict(sorted(kinds.items())), frozenset({*public, *stated}))


def check_privacy(folder: Path, known: Secrets, project: Project, *, rows: bool = True) -> Gate:
    """Refuse a release folder in which something secret is written, naming file and row.

    Without `rows` only the texts are searched: card, changelog, manifest.
    """
    problems, searched = Problems(), 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet" and rows:
            searched += 1
            for row, value in _suspects(path, known):
                for kind, secret in dict.fromkeys(known.find(value)):
                    problems.add(f"{name}, row {row}", _said(kind, secret))
        elif path.suffix in _TEXT:
            searched += 1
            for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                for kind, secret in dict.fromkeys(known.find(line)):
                    problems.add(f"{name}:{number}", _said(kind, secret))
    # The number of secrets is left out: it depends on whose machine this is.
    measured = f"{searched} files hold no e-mail, token, annotator's name or id of the server"
    if problems.found:
        measured = f"{len(problems.found)} secrets in {searched} files"
    return gate(project, "privacy", measured, problems)


def _said(kind: str, secret: str) -> str:
    # The whole of it would be in every log.
    shown = secret if len(secret) <= _SHORTEST else f"{secret[:3]}…{secret[-3:]}"
    return f"holds {kind} ({shown}); take it out where it was written, pull and merge again"


def _suspects(path: Path, known: Secrets) -> Iterator[tuple[int, str]]:
    """Give row and value of the strings in a Parquet file that may hold a secret."""
    literal = [re.escape(secret) for secret in known.kinds]
    pattern = "|".join([r"[^\s@]@[^\s@]", TOKEN.replace(r"\b", ""), *literal])
    with pq.ParquetFile(path) as parquet:
        start = 0
        for batch in parquet.iter_batches(batch_size=1000):
            rows = pa.array(range(1, batch.num_rows + 1), pa.int64())
            for column in batch.columns:
                for values, owners in _strings(column, rows):
                    # Most words are there many times, and few columns hold a suspect.
                    if not pc.any(_matches(pc.unique(values), pattern)).as_py():
                        continue
                    hits = _matches(values, pattern)
                    found = zip(
                        owners.filter(hits).to_pylist(),
                        values.filter(hits).to_pylist(),
                        strict=True,
                    )
                    yield from ((start + row, value) for row, value in found)
            start += batch.num_rows


def _matches(values: Any, pattern: str) -> Any:  # noqa: ANN401 - Arrow has no types
    hits = pc.match_substring_regex(values, pattern, ignore_case=True)
    return pc.fill_null(hits, fill_value=False)


def _strings(column: Any, rows: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - Arrow has no types
    """Give every string leaf of a column with the row that each value belongs to."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield column, rows
    elif pa.types.is_dictionary(kind):
        yield column.cast(pa.string()), rows
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _strings(pc.list_flatten(column), rows.take(pc.list_parent_indices(column)))
    elif pa.types.is_struct(kind):
        for child in column.flatten():
            yield from _strings(child, rows)


def _credentials(path: Path) -> Iterator[str]:
    if path.exists():
        yield from _leaves(json.loads(path.read_text("utf-8")))


def _leaves(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        for name, inner in value.items():
            # Names of accounts are e-mails, and those are found by their form.
            yield from () if name in ("url", "port") else _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str):
        yield value


def _people(task: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for answer in [*(task.get("annotations") or []), *(task.get("drafts") or [])]:
        yield "the server's id of an annotation", answer.get("unique_id")
        who = answer.get("completed_by") or answer.get("user")
        if isinstance(who, dict):
            yield "an annotator's e-mail address", who.get("email")
            names = [str(who.get(part) or "").strip() for part in ("first_name", "last_name")]
            yield "an annotator's name", " ".join(names) if all(names) else None
        elif isinstance(who, str):
            yield "an annotator's e-mail address", who


def _keep(kinds: dict[str, str], secret: str | None, kind: str) -> None:
    if secret and len(secret) >= _SHORTEST:
        kinds.setdefault(secret.lower(), kind)


def _alone(secret: str, text: str) -> bool:
    """Tell whether a secret stands in a text as a whole word."""
    return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text) is not None

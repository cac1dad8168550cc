"""manifest.json: what a release was made from, what it holds, and the SHA-256 of every file."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from builder.errors import DataError, Problem
from builder.files import file_sha256
from builder.release.folder import files
from builder.release.tables.shards import content, digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder.release.card.facts import Facts
    from builder.release.contents import Contents
    from builder.release.tables.shards import Part

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release says about itself: name, version, what it was made from, its files."""

    name: str
    version: str
    made: dict[str, Any]
    files: dict[str, str]
    content: dict[str, Any]

    def inputs(self) -> dict[str, str]:
        """Return the SHA-256 of every file of the project that has to be the same for a rebuild."""
        kinds = ("articles", "snapshots", "decisions")
        listed = [entry for kind in kinds for entry in self.made[kind]]
        listed += [self.made["settings"]] if self.made["settings"] else []
        return {entry["path"]: entry["sha256"] for entry in listed}

    @property
    def previous(self) -> dict[str, str] | None:
        """The release before: its version and its manifest's SHA-256."""
        found: dict[str, str] | None = self.content.get("previous")
        return found

    @property
    def told(self) -> dict[str, int]:
        """How many documents have more text than their licence gives, by the stated reason."""
        return dict(self.content.get("texts_told") or {})

    @property
    def allowed(self) -> dict[str, str]:
        """The gates that were let through, each with the reason."""
        return dict(self.content.get("allowed") or {})

    @property
    def agreement(self) -> list[dict[str, Any]]:
        """The agreement facts that the release was judged by."""
        return list(self.content.get("agreement") or [])

    def snapshot_data(self) -> list[str]:
        """Return the files that the recorded snapshots' manifests stand for."""
        names = [entry["path"] for entry in self.made["snapshots"]]
        return [name.removesuffix(".json") + ".jsonl.zst" for name in names]


def manifest(folder: Path, facts: Facts, history: Mapping[str, Any]) -> str:
    """Return the manifest of a folder in which everything else is written.

    `history` is what a rebuild needs beside the inputs.
    """
    stated = {
        "name": facts.name,
        "version": facts.version,
        "made": asdict(facts.provenance),
        "configs": configs(facts.parts),
        "texts": _texts(facts.contents),
        "texts_told": dict(sorted(facts.contents.told.items())),
        "left_out": facts.contents.reasons(),
        "open_conflicts": facts.open_conflicts,
        **history,
    }
    return with_files(stated, folder)


def _texts(held: Contents) -> dict[str, int]:
    """Count the documents by how much of their text is here."""
    counts: Counter[str] = Counter()
    for (form, _), number in held.forms.items():
        counts[form] += number
    return dict(sorted(counts.items()))


def configs(parts: Mapping[str, Mapping[str, Part]]) -> dict[str, Any]:
    """Return digests and rows of every config."""
    return {
        config: {
            "sha256": digest(splits),
            "content_sha256": content(splits),
            "rows": {split: part.rows for split, part in splits.items()},
        }
        for config, splits in parts.items()
    }


def with_files(stated: Mapping[str, Any], folder: Path) -> str:
    """Return a manifest's text with every file of the folder."""
    listed = [
        {
            "path": name,
            "bytes": (folder / name).stat().st_size,
            "sha256": file_sha256(folder / name),
        }
        for name in files(folder)
    ]
    return json.dumps({**stated, "files": listed}, ensure_ascii=False, indent=2) + "\n"


def read_manifest(release: Path) -> Manifest:
    """Read a release's manifest; raises DataError when there is none that can be read."""
    path = release / MANIFEST
    try:
        stated = json.loads(path.read_text("utf-8"))
        hashes = {entry["path"]: entry["sha256"] for entry in stated["files"]}
        return Manifest(stated["name"], stated["version"], stated["made"], hashes, stated)
    except FileNotFoundError as error:
        what = "is missing; give the folder of a release, as in releases/0.1.0"
        raise DataError([Problem(str(path), what)]) from error
    except (ValueError, KeyError, TypeError) as error:
        what = f"cannot be read ({error!r}); take the release from where it was published"
        raise DataError([Problem(str(path), what)]) from error

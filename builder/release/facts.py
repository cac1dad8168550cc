"""Everything the card and the manifest may say about a release: settings, and what was measured."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from builder.config import Project
from builder.release.contents import Contents
from builder.release.provenance import Provenance
from builder.release.shards import Shard, filled
from builder.schema import Schema


@dataclass(frozen=True, slots=True)
class Facts:
    """A release whose data files are written; `shards` is by config, then split."""

    version: str
    project: Project
    schema: Schema
    contents: Contents
    shards: dict[str, dict[str, Shard]]
    provenance: Provenance

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.project.text("project.name")

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Rows by config and split."""
        return {
            config: {split: shard.rows for split, shard in splits.items()}
            for config, splits in self.shards.items()
        }

    @property
    def filled(self) -> dict[str, dict[str, Shard]]:
        """The shards that have rows; a config without any is not in it."""
        return filled(self.shards)

    @property
    def open_conflicts(self) -> int:
        """How many conflicts the released documents still have."""
        return sum(len(labelled.gold.conflicts) for labelled in self.contents.labelled())

    def digest(self, config: str) -> str:
        """Return the SHA-256 over a config's files: other rows, other digest."""
        lines = [f"{s.path} {s.sha256}\n" for s in self.shards[config].values()]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def content(self, config: str) -> str:
        """Return the SHA-256 over a config's rows, whatever version of pyarrow wrote them."""
        lines = [f"{split} {shard.content}\n" for split, shard in self.shards[config].items()]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

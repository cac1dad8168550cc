"""Everything the card and the manifest may say about a release: settings, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.config import Project
from builder.release.contents import Contents
from builder.release.gates.rules import Gate
from builder.release.provenance import Provenance
from builder.release.tables.shards import Parts, filled
from builder.schema import Schema


@dataclass(frozen=True, slots=True)
class Facts:
    """A release whose data files are written; `parts` is by config, then split."""

    version: str
    project: Project
    schema: Schema
    contents: Contents
    parts: Parts
    provenance: Provenance
    gates: tuple[Gate, ...] = ()
    agreement: tuple[Mapping[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.project.text("project.name")

    @property
    def citation(self) -> str:
        """How to cite the release, as BibTeX; what nobody stated is not in it."""
        date = self.provenance.date
        fields = {
            "title": self.name,
            "author": self.project.text("project.authors"),
            "version": self.version,
            "year": date[:4] if date else "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@misc{{{self.name}_{self.version},", *lines, "}"])

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Rows by config and split."""
        return {
            config: {split: part.rows for split, part in splits.items()}
            for config, splits in self.parts.items()
        }

    @property
    def totals(self) -> dict[str, int]:
        """Rows by config."""
        return {config: sum(splits.values()) for config, splits in self.counts.items()}

    @property
    def filled(self) -> Parts:
        """The parts that have rows; a config without any is not in it."""
        return filled(self.parts)

    @property
    def open_conflicts(self) -> int:
        """How many conflicts the released documents still have."""
        return sum(self.contents.conflicts.values())

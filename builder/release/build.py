"""Build a release: write everything beside its place, run every gate, rename."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.document import Document
from builder.errors import UsageError
from builder.event import Annotation, GoldDocument
from builder.files import read_records
from builder.release.card import card
from builder.release.contents import contents
from builder.release.data import write_data
from builder.release.facts import Facts
from builder.release.features import arrow_schemas, closed_lists, loaded_schema
from builder.release.folder import check_new, files, new_folder, write
from builder.release.gates import (
    Gate,
    check_conflicts,
    check_documents,
    conflicts_allowed,
    gaps,
    licences,
)
from builder.release.inputs import check_inputs
from builder.release.manifest import MANIFEST, manifest
from builder.release.provenance import provenance
from builder.release.reread import check_loads, check_spans
from builder.release.rights import text_form
from builder.release.splits import SPLITS
from builder.schema import load_schema

if TYPE_CHECKING:
    from builder.config import Project

CARD = "README.md"
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Release:
    """What was built: where it is (or would be), rows by config and split, gates passed."""

    version: str
    path: Path
    counts: dict[str, dict[str, int]]
    left_out: dict[str, int]
    open_conflicts: int
    gates: tuple[Gate, ...]
    files: tuple[str, ...]


def build_release(
    project: Project, version: str, parent: Path | None = None, *, dry_run: bool = False
) -> Release:
    """Build `parent`/`version` from the project's documents and gold; by default in releases/.

    A dry run builds and checks everything, and keeps nothing. A release that
    exists is never written again. Raises UsageError, DataError or NotReadyError
    with everything that stands against it; then nothing is left behind.
    """
    target = (parent or project.root / "releases") / _checked(version)
    check_new(target)
    documents = read_records(project.documents, Document, made_by="builder ingest")
    gold = read_records(project.gold, GoldDocument, made_by="builder merge")
    answers = read_records(project.annotations, Annotation, made_by="builder merge")
    schema = load_schema(project.schemas)
    closed = closed_lists(schema)
    loaded = {c: loaded_schema(columns, closed[c]) for c, columns in arrow_schemas(schema).items()}
    shares = {name: project.share(f"splits.{name}") for name in SPLITS}
    gates = [check_inputs(documents, gold, schema)]
    held = contents(documents, gold, shares, answers, lambda d: text_form(d, project))
    gates += [
        check_documents(held),
        check_conflicts(documents, gold, conflicts_allowed(project)),
        licences(held),
        gaps(project),
    ]
    with new_folder(target, keep=not dry_run) as folder:
        shards = write_data(folder, held, schema)
        made = provenance(project, schema.digest, documents)
        facts = Facts(version, project, schema, held, shards, made)
        _copy_schema(project.schemas, folder / "schema")
        write(folder / CARD, card(facts))
        gates += [
            check_spans(folder, shards, {x.document.doc_id: x for x in held.labelled()}),
            check_loads(folder, shards, loaded),
        ]
        write(folder / MANIFEST, manifest(folder, facts))
        written = tuple(files(folder))
    return Release(
        version, target, facts.counts, held.left_out, facts.open_conflicts, tuple(gates), written
    )


def _checked(version: str) -> str:
    if not _VERSION.fullmatch(version):
        raise UsageError(f"version {version!r} should be three numbers, as in 0.1.0 (semver)")
    return version


def _copy_schema(source: Path, target: Path) -> None:
    target.mkdir()
    for path in sorted(source.glob("*.yaml")):
        (target / path.name).write_bytes(path.read_bytes())

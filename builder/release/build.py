"""Build a release: write everything beside its place, run every gate, rename."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.document import Document
from builder.event import Annotation, GoldDocument
from builder.files import file_sha256, read_records
from builder.release.card import card
from builder.release.changelog import FILE as CHANGELOG
from builder.release.changelog import changelog
from builder.release.checks import check_since, conclude, run_gates
from builder.release.conditions import Conditions
from builder.release.contents import contents
from builder.release.croissant import FILE as CROISSANT
from builder.release.croissant import about, croissant
from builder.release.data import write_data
from builder.release.facts import Facts
from builder.release.features import arrow_schemas, closed_lists, loaded_schema
from builder.release.folder import check_new, files, new_folder, write
from builder.release.gates import Gate, refuse, settle
from builder.release.inputs import check_inputs
from builder.release.manifest import MANIFEST, manifest
from builder.release.picture import FILE as PICTURE
from builder.release.picture import picture
from builder.release.placement import placement, recorded
from builder.release.privacy import check_privacy, secrets
from builder.release.provenance import provenance
from builder.release.reread import check_loads, check_spans
from builder.release.rights import text_form
from builder.release.succession import before, succession
from builder.release.versions import Version, version
from builder.schema import load_schema

if TYPE_CHECKING:
    from builder.config import Project
    from builder.release.splits import Assignment

CARD = "README.md"
NEXT = "next"
"""Stands for the least version that may follow, where none is wanted."""


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
    project: Project,
    wanted: str | None,
    parent: Path | None = None,
    *,
    dry_run: bool = False,
    conditions: Conditions | None = None,
) -> Release:
    """Build `parent`/`wanted` from the project's documents and gold; by default in releases/.

    A dry run builds and checks everything, and keeps nothing. So does a build
    without a wanted version: it finds the least that may follow. A release
    that exists is never written again. Raises UsageError, DataError or
    NotReadyError with everything that stands against it; then nothing is left
    behind.
    """
    conditions = conditions or Conditions()
    parent = parent or project.root / "releases"
    number = version(wanted) if wanted else None
    target = parent / (wanted or NEXT)
    check_new(target)
    earlier = before(conditions.history or parent, number)
    documents = read_records(project.documents, Document, made_by="builder ingest")
    gold = read_records(project.gold, GoldDocument, made_by="builder merge")
    answers = read_records(project.annotations, Annotation, made_by="builder merge")
    schema = load_schema(project.schemas)
    closed = closed_lists(schema)
    loaded = {c: loaded_schema(columns, closed[c]) for c, columns in arrow_schemas(schema).items()}
    hard = [check_inputs(documents, gold, schema)]
    places = placement(project, documents, gold, answers, earlier=earlier, version=target.name)
    held = contents(documents, gold, places, answers, lambda d: text_form(d, project))
    with new_folder(target, keep=bool(wanted) and not dry_run) as folder:
        shards = write_data(folder, held, schema)
        _copy_schema(project.schemas, folder / "schema")
        since = succession(earlier, folder)
        number = number or since.next
        known = secrets(project, [document.text for document in documents])
        found = [
            *run_gates(project, (documents, gold), held, conditions),
            check_privacy(folder, known, project),
            *check_since(since, number, held, project),
        ]
        gates = conclude(found, conditions)
        places.ledger.write(folder)
        made = provenance(project, schema.digest, documents)
        facts = Facts(
            str(number),
            project,
            schema,
            held,
            shards,
            made,
            tuple(gates),
            tuple(conditions.agreement),
        )
        write(folder / CHANGELOG, changelog(since, str(number), made.date, facts.totals))
        write(folder / PICTURE, picture(facts))
        write(folder / CARD, card(facts))
        write(folder / CROISSANT, croissant(about(facts), arrow_schemas(schema), shards))
        hard += [
            check_spans(folder, shards, {x.document.doc_id: x for x in held.labelled()}),
            check_loads(folder, shards, loaded),
        ]
        write(folder / MANIFEST, manifest(folder, facts, _history(earlier, places, conditions)))
        # What was written after the gates quotes people: it is searched as well.
        texts = check_privacy(folder, known, project, rows=False)
        refuse(settle([texts], conditions.allow))
        written = tuple(files(folder))
    return Release(
        version=str(number),
        path=parent / str(number),
        counts=facts.counts,
        left_out=held.left_out,
        open_conflicts=facts.open_conflicts,
        gates=(*hard[:1], *gates, *hard[1:]),
        files=written,
    )


def _history(
    earlier: tuple[Version, Path] | None, places: Assignment, conditions: Conditions
) -> dict[str, Any]:
    """Return what else a rebuild needs: the release before, and what was let through."""
    previous = None
    if earlier:
        sha256 = file_sha256(earlier[1] / MANIFEST)
        previous = {"version": str(earlier[0]), "manifest_sha256": sha256}
    return {
        "previous": previous,
        "splits": recorded(places),
        "allowed": dict(sorted(conditions.allow.items())),
        "agreement": list(conditions.agreement),
    }


def _copy_schema(source: Path, target: Path) -> None:
    target.mkdir()
    for path in sorted(source.glob("*.yaml")):
        (target / path.name).write_bytes(path.read_bytes())

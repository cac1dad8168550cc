"""Build a release: write everything beside its place, run every gate, rename."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.engines.collector import seldom_collected
from builder.files import file_sha256
from builder.release.card.facts import Facts
from builder.release.card.hubcard import check_header
from builder.release.card.picture import FILE as PICTURE
from builder.release.card.picture import picture
from builder.release.card.readme import card
from builder.release.conditions import Conditions
from builder.release.folder import check_new, files, new_folder, write
from builder.release.gates.checks import check_since, conclude, run_gates
from builder.release.gates.privacy import check_privacy, secrets
from builder.release.gates.rules import Gate, refuse, settle
from builder.release.leftover import clear, passing_folder
from builder.release.manifest import MANIFEST, manifest
from builder.release.provenance import provenance
from builder.release.splits.index import index as make_index
from builder.release.splits.index import read_headers
from builder.release.splits.leak import leak_gate
from builder.release.splits.ledger import read_places, write_places
from builder.release.splits.placement import placement, recorded, status
from builder.release.tables.arrays import on_disk
from builder.release.tables.croissant import FILE as CROISSANT
from builder.release.tables.croissant import about, croissant
from builder.release.tables.features import arrow_schemas, closed_lists, loaded_schema
from builder.release.tables.flat import write_flat
from builder.release.tables.reread import check_loads, check_spans
from builder.release.tables.stream import Stream, opened
from builder.release.tables.writing import write_rows
from builder.release.versions.changelog import FILE as CHANGELOG
from builder.release.versions.changelog import changelog
from builder.release.versions.number import Version, version
from builder.release.versions.succession import before, succession
from builder.schema import load_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from builder.config import Project
    from builder.release.splits.assignment import Assignment
    from builder.schema import Schema

CARD = "README.md"
NEXT = "next"
"""Stands for the least version that may follow, where none is wanted."""
SCRATCH = "release-"
_UNFINISHED = rf"\.({NEXT}|\d+\.\d+\.\d+)\."


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


@seldom_collected()
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
    schema = load_schema(project.schemas)
    columns = arrow_schemas(schema)
    index = make_index(read_headers(project.documents))
    found = status(project, index)
    places = placement(project, index, found, earlier=earlier, version=target.name)
    _clear(project, parent, conditions)
    keep = bool(wanted) and not dry_run
    with passing_folder(project.build, SCRATCH) as runs, new_folder(target, keep=keep) as folder:
        index, found = on_disk(index, runs), on_disk(found, runs)
        places = replace(on_disk(places, runs), index=index)
        stream = Stream(project, index, found, runs)
        made = write_rows(folder, stream, places, project, schema)
        held = made.contents
        hard = [made.inputs.conclude(project, index, found)]
        agreement = conditions.agreement(opened(one, project) for one in stream.parcels())
        _copy_schema(project.schemas, folder / "schema")
        since = succession(earlier, folder)
        number = number or since.next
        known = secrets(project, held.public)
        gates = [
            *run_gates(project, held, made.findings, agreement),
            leak_gate(made.texts(), project, made.file_of, runs),
            check_privacy(folder, known, project),
            *check_since(since, number, held, project),
        ]
        gates = conclude(gates, conditions)
        write_places(folder, places.ledger(read_places(earlier[1]) if earlier else ()))
        origin = provenance(project, schema.digest, index.articles)
        facts = Facts(
            str(number),
            project,
            schema,
            held,
            made.parts,
            origin,
            tuple(gates),
            tuple(agreement),
        )
        write(folder / CHANGELOG, changelog(since, str(number), origin.date, facts.totals))
        write(folder / PICTURE, picture(facts))
        text = card(facts)
        write(folder / CARD, text)
        flat = write_flat(folder, columns, made.parts)
        write(folder / CROISSANT, croissant(about(facts), columns, made.parts, flat))
        hard += [
            check_header(text),
            check_spans(folder, made.parts, made.bundles()),
            check_loads(folder, made.parts, _loaded(schema), runs),
        ]
        write(
            folder / MANIFEST, manifest(folder, facts, _history(earlier, places, facts, conditions))
        )
        # What was written after the gates quotes people: it is searched as well.
        texts = check_privacy(folder, known, project, rows=False)
        refuse(settle([texts], conditions.allow))
        written = tuple(files(folder))
    return Release(
        version=str(number),
        path=parent / str(number),
        counts=facts.counts,
        left_out=held.reasons(),
        open_conflicts=facts.open_conflicts,
        gates=(*hard[:1], *gates, *hard[1:]),
        files=written,
    )


def _clear(project: Project, parent: Path, conditions: Conditions) -> None:
    found = [*clear(project.build, SCRATCH), *clear(parent, _UNFINISHED)]
    if found:
        what = "folder" if len(found) == 1 else "folders"
        conditions.say(f"removed {len(found)} {what} of releases that were killed while made")


def _loaded(schema: Schema) -> dict[str, pa.Schema]:
    closed = closed_lists(schema)
    return {c: loaded_schema(columns, closed[c]) for c, columns in arrow_schemas(schema).items()}


def _history(
    earlier: tuple[Version, Path] | None, places: Assignment, facts: Facts, conditions: Conditions
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
        "agreement": list(facts.agreement),
    }


def _copy_schema(source: Path, target: Path) -> None:
    target.mkdir()
    for path in sorted(source.glob("*.yaml")):
        (target / path.name).write_bytes(path.read_bytes())

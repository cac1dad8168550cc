"""The splits of a release that is being made, after what earlier releases have placed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from builder.errors import DataError, Problem, UsageError
from builder.release.manifest import read_manifest
from builder.release.splits.assignment import Flags, Rule, assign
from builder.release.splits.ledger import SPLITS, ledger, read_places
from builder.release.splits.period import Cuts
from builder.release.tables.arrays import Numbers
from builder.release.tables.features import RELEASED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import Project
    from builder.release.splits.assignment import Assignment
    from builder.release.splits.index import Index
    from builder.release.versions.number import Version

_DOUBLY = 2
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Status:
    """What the gold says of every document of the index.

    `ranks` and `answers` tell whose document every row of the gold and of the
    answers is about, -1 where there is none; `times` how often the gold has each.
    """

    released: Flags
    blind: Flags
    times: NDArray[np.int32]
    ranks: Numbers
    answers: Numbers


def status(project: Project, index: Index) -> Status:
    """Read what is annotated, and blind, from gold and answers; a few columns in batches.

    Blind are documents that two or more people finished, none of whom saw a
    suggestion.
    """
    released, doubly, assisted = (np.zeros(len(index), bool) for _ in range(3))
    times = np.zeros(len(index), np.int32)
    ranks: list[Numbers] = [np.zeros(0, np.int32)]
    answers: list[Numbers] = [np.zeros(0, np.int32)]
    for batch in _columns(project.gold, ["doc_id", "state", "annotators"]):
        at = index.find(batch.column("doc_id").to_pylist())
        ranks.append(at)
        known = at >= 0
        np.add.at(times, at[known], 1)
        ready = np.array([state in RELEASED for state in batch.column("state").to_pylist()], bool)
        many = pc.list_value_length(batch.column("annotators")).to_numpy() >= _DOUBLY
        released[at[known & ready]] = True
        doubly[at[known & many]] = True
    for batch in _columns(project.annotations, ["doc_id", "shown_prediction"]):
        at = index.find(batch.column("doc_id").to_pylist())
        answers.append(at)
        shown = batch.column("shown_prediction").is_valid().to_numpy(zero_copy_only=False)
        assisted[at[(at >= 0) & shown]] = True
    return Status(
        released, doubly & ~assisted, times, np.concatenate(ranks), np.concatenate(answers)
    )


def placement(
    project: Project,
    index: Index,
    found: Status,
    *,
    earlier: tuple[Version, Path] | None,
    version: str,
) -> Assignment:
    """Place every document that can be released; `earlier` is the release before this one.

    Raises UsageError when the documents were split by another rule so far: some
    would have to move.
    """
    by_date = project.text("splits.by") == "date"
    known = ledger(read_places(earlier[1]) if earlier else ())
    days = _cuts(earlier[1]) if earlier else None
    if earlier and len(known) and by_date != bool(days):
        was = "date" if days else "cluster"
        what = f"splits went by {was} so far, and no document may move; set splits.by = {was!r}, "
        what += "or give the new data set a project and a name of its own"
        raise UsageError([Problem(str(earlier[1]), what)])
    shares = {name: project.share(f"splits.{name}") for name in SPLITS}
    return assign(index, found.released, found.blind, known, Rule(shares, version, by_date, days))


def recorded(assignment: Assignment) -> dict[str, Any]:
    """Return what the manifest has to remember of how documents were split."""
    days = assignment.cuts
    if days is None:
        return {"by": "cluster"}
    return {"by": "date", "validation_from": days.validation, "test_from": days.test}


def _columns(path: Path, columns: list[str]) -> Iterator[Any]:
    if not path.exists():
        raise DataError([Problem(str(path), "is not there yet; run `builder merge` first")])
    try:
        with pq.ParquetFile(path, memory_map=True) as parquet:
            yield from parquet.iter_batches(_BATCH, columns=columns, use_threads=False)
    except (OSError, ValueError, KeyError) as error:
        what = f"cannot be read ({error}); run `builder merge` again"
        raise DataError([Problem(str(path), what)]) from error


def _cuts(earlier: Path) -> Cuts | None:
    splits = read_manifest(earlier).content.get("splits", {})
    if splits.get("by") != "date":
        return None
    return Cuts(splits["validation_from"], splits["test_from"])

"""The rows of a release, written and counted while the project's documents stream by once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.engines.ordered import in_order
from builder.release.contents import Contents
from builder.release.gates.findings import Findings
from builder.release.gates.inputs import InputCheck
from builder.release.rights import FORMS
from builder.release.splits.assignment import Assignment
from builder.release.splits.ledger import SPLITS
from builder.release.tables.data import Counts, DataWriter, Where
from builder.release.tables.making import Task, make
from builder.release.tables.memory import give_back
from builder.release.tables.shards import Parts
from builder.release.tables.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import Project
    from builder.schema import Schema


WORTH = 16
"""Parcels of documents that are worth the start of workers."""
OFTEN = 20
"""After so many parcels memory is given back: what all files have open scatters over it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the documents: files, counts, what gates have to name.

    `forms` has a byte for every document, `rows` the counts of every bundle.
    """

    parts: Parts
    contents: Contents
    findings: Findings
    inputs: InputCheck
    stream: Stream
    places: Assignment
    forms: bytes
    rows: list[Counts]

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Give id, text and split of every released document."""
        for start, ids, texts in self.stream.texts():
            for at, (doc_id, text) in enumerate(zip(ids, texts, strict=True), start):
                if self.places.places[at] >= 0:
                    yield doc_id, text, SPLITS[self.places.places[at]]

    def bundles(self) -> Iterator[tuple[dict[str, str], dict[str, str], Counts]]:
        """Give texts and forms of the released documents as they were written, with their rows."""
        for (start, ids, texts), counts in zip(self.stream.texts(), self.rows, strict=True):
            kept = [at for at in range(len(ids)) if self.places.places[start + at] >= 0]
            bodies = {ids[at]: texts[at] for at in kept}
            forms = {ids[at]: FORMS[self.forms[start + at]] for at in kept}
            yield bodies, forms, counts

    def file_of(self, doc_id: str) -> str:
        """Return the raw file of a document; this looks through all of them."""
        found = (
            parcel.documents.column("article").to_pylist()[ids.index(doc_id)]["file"]
            for parcel in self.stream.parcels()
            if doc_id in (ids := parcel.documents.column("doc_id").to_pylist())
        )
        return str(next(found))


def write_rows(
    folder: Path, stream: Stream, places: Assignment, project: Project, schema: Schema
) -> Written:
    """Write all data files below `folder`, and count what goes into them.

    From the first misfit on nothing more is written, but everything is still
    looked at, so that all misfits are known.
    """
    data, contents, findings, inputs = (
        DataWriter(folder, schema),
        Contents(),
        Findings(),
        InputCheck(stream.folder),
    )
    forms = bytearray()
    rows: list[Counts] = []
    # What comes from a worker has names of its own; of each one is kept.
    known: dict[Where, Where] = {}
    tasks = (
        Task(project, parcel, places.places[parcel.start :][: len(parcel.documents)].tolist())
        for parcel in stream.parcels()
    )
    for made in in_order(make, tasks, worth=WORTH):
        inputs.add(made.problems, made.events)
        contents.merge(made.contents)
        findings.merge(made.findings)
        forms += made.forms
        for where, some in () if inputs.problems.found else made.rows:
            data.add(where, some)
        rows.append({known.setdefault(w, w): len(some.lengths) for w, some in made.rows})
        if len(rows) % OFTEN == 0:
            give_back()
    parts = data.close()
    give_back()
    return Written(parts, contents, findings, inputs, stream, places, bytes(forms), rows)

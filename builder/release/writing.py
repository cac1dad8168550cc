"""The rows of a release, written and counted while the project's documents stream by once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from builder.release.contents import NOT_MERGED, Contents, Labelled
from builder.release.data import Counts, DataWriter
from builder.release.features import RELEASED
from builder.release.gates import Findings
from builder.release.inputs import InputCheck
from builder.release.ledger import SPLITS
from builder.release.rights import FORMS, text_form
from builder.release.shards import Parts
from builder.release.splits import REASONS, Assignment
from builder.release.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.config import Project
    from builder.release.stream import Bundle
    from builder.schema import Schema


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
    forms: NDArray[np.int8]
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
        return next(
            document.article.file
            for bundle in self.stream.bundles()
            for document in bundle.documents
            if document.doc_id == doc_id
        )


def write_rows(
    folder: Path, stream: Stream, places: Assignment, project: Project, schema: Schema
) -> Written:
    """Write all data files below `folder`, and count what goes into them.

    From the first misfit on nothing more is written, but everything is still
    looked at, so that all misfits are known.
    """
    data, contents, findings = DataWriter(folder, schema), Contents(), Findings()
    inputs = InputCheck(schema)
    forms = np.zeros(len(places.index), np.int8)
    rows: list[Counts] = []
    for bundle in stream.bundles():
        counts: Counts = {}
        if inputs.fits(bundle):
            members = _members(bundle, places, project, contents, findings)
            for split, some in members.items():
                counts |= data.add([one for _, one in some], split)
                for at, one in some:
                    contents.add(one, split, project)
                    forms[at] = FORMS.index(one.form)
        rows.append(counts)
    return Written(data.close(), contents, findings, inputs, stream, places, forms, rows)


def _members(
    bundle: Bundle, places: Assignment, project: Project, contents: Contents, findings: Findings
) -> dict[str, list[tuple[int, Labelled]]]:
    """Return the documents of a bundle by split, each with its place; count those left out."""
    found: dict[str, list[tuple[int, Labelled]]] = {split: [] for split in SPLITS}
    for at, document in enumerate(bundle.documents, bundle.start):
        merged = bundle.gold.get(document.doc_id)
        if merged:
            findings.add_conflicts(document, merged)
        if merged is None or merged.state not in RELEASED:
            contents.left_out[merged.state if merged else NOT_MERGED] += 1
        elif (place := int(places.places[at])) < 0:
            contents.left_out[REASONS[place]] += 1
        else:
            findings.add_licence(document)
            answers = bundle.answers.get(document.doc_id, ())
            one = Labelled(document, merged, answers, text_form(document, project))
            found[SPLITS[place]].append((at, one))
    return found

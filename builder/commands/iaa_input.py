"""What `builder iaa` compares: a project's snapshots, or spans out of any export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.event import Finding
from builder.iaa.study import Answers
from builder.schema import Schema

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Input:
    """Answers to compare; `documents` may be read again and gives the same.

    `source` names the input in signatures. `findings` are the errors of the
    latest reading, `dropped` is what it left out.
    """

    documents: Callable[[], Iterator[Answers]]
    schema: Schema | None
    source: dict[str, str]
    findings: list[Finding] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def project_input(root: Path) -> Input:
    """Return the answers in the newest snapshots of a project."""
    from builder.config import load_project
    from builder.iaa.publishers import publishers
    from builder.iaa.study import Answers
    from builder.labelstudio.snapshot import current_snapshots
    from builder.merge.collect import answered_documents, document_ids
    from builder.schema import load_schema

    project = load_project(root)
    schema = load_schema(project.schemas)
    known = set(document_ids(project))
    names = [s.manifest.sha256[:8] for s in current_snapshots(project.snapshots)]
    source = publishers(project.documents)

    def documents() -> Iterator[Answers]:
        found.findings.clear()
        waiting = set(known)
        for answered in answered_documents(project, schema, known):
            found.findings += [f for f in answered.findings if f.severity == "error"]
            if answered.doc_id in known:
                waiting.discard(answered.doc_id)
                publisher = source.get(answered.doc_id)
                yield Answers(answered.doc_id, answered.text, answered.annotations, publisher)
        for doc_id in sorted(waiting):
            yield Answers(doc_id, "", ())

    found = Input(
        documents, schema, {"schema": schema.version, "snapshots": ",".join(names) or "none"}
    )
    return found


def export_input(path: Path, text_key: str) -> Input:
    """Return the labelled spans and document labels in an export that anybody made."""
    from builder.files import file_sha256
    from builder.iaa.study import Answers
    from builder.labelstudio.exported import read_exported
    from builder.labelstudio.spans import SpanReader
    from builder.pseudonym import pseudonym

    def documents() -> Iterator[Answers]:
        reader = SpanReader(lambda who: pseudonym(who, path.stem), text_key)
        for labelled in reader.read(read_exported(path)):
            yield Answers(labelled.doc_id, labelled.text, labelled.annotations)
        found.dropped = +reader.dropped

    found = Input(documents, None, {"export": file_sha256(path)[:8]})
    return found

"""What must hold before a release is put in place; each gate says what it measured or raises."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from builder.document import Document, Span, document_id
from builder.errors import NotReadyError, Problems, did_you_mean
from builder.release.features import DOCUMENTS
from builder.release.rows import mention_text
from builder.release.shards import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from builder.config import Project
    from builder.event import GoldDocument, GoldEvent
    from builder.release.contents import Contents
    from builder.release.shards import Shard
    from builder.schema import Schema

UNKNOWN = "unknown"
"""The licence of a document that states none, where licences are counted."""
TOLD = ("project.authors", "project.description", "project.labels_made_by", "project.limits")
AGAIN = "documents, gold and schema have to be of one make; run `builder merge` again"


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that was passed, and what was measured there."""

    name: str
    measured: str


def check_inputs(
    documents: Sequence[Document], gold: Sequence[GoldDocument], schema: Schema
) -> Gate:
    """Refuse gold that does not fit the documents or the schema, naming every misfit."""
    problems = Problems()
    texts = {document.doc_id: document.text for document in documents}
    _check_documents(documents, problems)
    _check_once([g.doc_id for g in gold], "gold: document", problems)
    _check_once([e.event_id for g in gold for e in g.events], "gold: event", problems)
    for answer in gold:
        if answer.doc_id in texts:
            _check_events(answer, texts[answer.doc_id], schema, problems)
        else:
            problems.add(f"gold: document {answer.doc_id}", "is not among the documents")
    problems.raise_if_any(hint=AGAIN)
    return Gate("inputs", f"{len(gold)} merged documents fit the documents and the schema")


def check_conflicts(
    documents: Sequence[Document], gold: Sequence[GoldDocument], allowed: int
) -> Gate:
    """Refuse more open conflicts than allowed, naming each.

    Those of documents that the release leaves out count too: they may be the
    reason why it does.
    """
    problems = Problems()
    by_id = {document.doc_id: document for document in documents}
    for answer in gold:
        document = by_id[answer.doc_id]
        for conflict in answer.conflicts:
            place = f"{conflict.span.start}-{conflict.span.end}"
            where = f"{document.article.file}, document {document.doc_id}, {place}"
            answers = ", ".join(
                f"{version.answer!r} ({len(version.annotations)})" for version in conflict.versions
            )
            problems.add(where, f"{conflict.kind} is open: {conflict.what}; answers: {answers}")
    found = len(problems.found)
    if found > allowed:
        hint = (
            f"{found} conflicts are open, {allowed} are allowed; let people decide them, "
            "or state release.max_open_conflicts in builder.toml"
        )
        problems.raise_if_any(NotReadyError, hint=hint)
    return Gate("conflicts", f"{found} open, {allowed} allowed")


def check_documents(contents: Contents) -> Gate:
    """Refuse a release without any document."""
    counts = {name: len(members) for name, members in contents.splits.items()}
    if not sum(counts.values()):
        reasons = ", ".join(f"{n} {reason}" for reason, n in contents.left_out.items())
        raise NotReadyError(
            f"no document is ready for a release ({reasons or 'there are none at all'}); "
            "finish the annotation of one, then run `builder pull` and `builder merge`"
        )
    return Gate("documents", ", ".join(f"{n} {name}" for name, n in counts.items()))


def licences(contents: Contents) -> Gate:
    """Count the documents by licence; one that nobody stated is `unknown`."""
    counts = Counter(x.document.article.license or UNKNOWN for x in contents.labelled())
    return Gate("licences", ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))


def gaps(project: Project) -> Gate:
    """Name the settings that the card would tell and nobody has stated."""
    missing = [key for key in TOLD if not project.text(key)]
    return Gate("card", f"not stated: {', '.join(missing)}" if missing else "all is stated")


def check_spans(folder: Path, shards: Mapping[str, Mapping[str, Shard]]) -> Gate:
    """Read the written files back; refuse a stored text that is not the text at its span."""
    problems = Problems()
    checked = 0
    for split in shards[DOCUMENTS]:
        files = {config: folder / shards[config][split].path for config in shards}
        texts = {row["doc_id"]: row["text"] for row in _rows(files[DOCUMENTS], ["doc_id", "text"])}
        for file in files.values():
            for row in _rows(file):
                for span, stored, found in _quotes(row, texts[row["doc_id"]]):
                    checked += 1
                    if stored != found:
                        where = f"{file.name}, document {row['doc_id']}, {span}"
                        problems.add(where, f"stored is {stored!r}, the text says {found!r}")
    problems.raise_if_any()
    return Gate("spans", f"{checked} stored texts equal the text at their span")


def check_loads(
    folder: Path, shards: Mapping[str, Mapping[str, Shard]], schemas: Mapping[str, pa.Schema]
) -> Gate:
    """Load every config the way its users will; refuse other columns or other counts."""
    import datasets  # noqa: PLC0415 - takes a second, and only this gate needs it

    problems = Problems()
    noisy = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        for config, splits in filled(shards).items():
            with tempfile.TemporaryDirectory() as cache:
                loaded = datasets.load_dataset(str(folder), config, cache_dir=cache)
                counts = {split: part.num_rows for split, part in loaded.items()}
                if counts != {split: shard.rows for split, shard in splits.items()}:
                    problems.add(f"config {config}", f"loads as {counts}")
                for split, part in loaded.items():
                    if part.features.arrow_schema.remove_metadata() != schemas[config]:
                        problems.add(f"config {config}, {split}", f"loads as {part.features}")
    finally:
        if noisy:
            datasets.enable_progress_bars()
    problems.raise_if_any()
    return Gate("loads", f"{', '.join(filled(shards))} load with datasets {datasets.__version__}")


def _check_documents(documents: Sequence[Document], problems: Problems) -> None:
    _check_once([document.doc_id for document in documents], "documents: document", problems)
    for document in documents:
        where = f"{document.article.file}, document {document.doc_id}"
        named = document_id(document.text)
        if document.doc_id != named:
            problems.add(where, f"the text's own id is {named}; run `builder ingest` again")
        path = document.article.file
        if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
            problems.add(where, "the path names this machine; move the file into the project")


def _check_once(names: list[str], what: str, problems: Problems) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            problems.add(f"{what} {name}", f"is there {times} times; it should be once")


def _check_events(answer: GoldDocument, text: str, schema: Schema, problems: Problems) -> None:
    events = {event.event_id for event in answer.events}
    for event in answer.events:
        where = f"gold: document {answer.doc_id}, event {event.event_id}"
        if event.type not in schema.event_types:
            options = did_you_mean(event.type, schema.event_types)
            problems.add(where, f"type {event.type!r} is not in the schema; {options}")
            continue
        for span in [event.trigger, *(part for a in event.arguments for part in a.parts)]:
            if not 0 <= span.start < span.end <= len(text):
                what = f"span {span.start}-{span.end} is empty or outside the text of {len(text)}"
                problems.add(where, f"{what} characters")
        for what in _unknown(event, schema):
            problems.add(where, what)
        for link in event.links:
            if link.target not in events:
                what = f"link {link.name!r} leads to {link.target!r}, no event of this document"
                problems.add(where, what)


def _unknown(event: GoldEvent, schema: Schema) -> Iterator[str]:
    """Say which roles, attributes, values and links the event's type does not have."""
    event_type, attributes = schema.event_types[event.type], schema.attributes(event.type)
    for argument in event.arguments:
        if argument.role not in event_type.roles:
            options = did_you_mean(argument.role, event_type.roles)
            yield f"{event.type} has no role {argument.role!r}; {options}"
        if not argument.parts:
            yield f"argument {argument.role!r} has no span"
    for name, value in ((a.name, a.value) for a in event.attributes):
        if name not in attributes:
            yield f"{event.type} has no attribute {name!r}; {did_you_mean(name, attributes)}"
        elif value is not None and value not in attributes[name].values:
            options = did_you_mean(value, attributes[name].values)
            yield f"attribute {name!r} has no value {value!r}; {options}"
    for link in event.links:
        if link.name not in event_type.links:
            options = did_you_mean(link.name, event_type.links)
            yield f"{event.type} has no link {link.name!r}; {options}"


def _rows(file: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(columns=columns):
            yield from batch.to_pylist()


def _quotes(value: Any, text: str) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 - any row
    """Give every span in a row: where, the text stored beside it, the text that is there."""
    if isinstance(value, list):
        for item in value:
            yield from _quotes(item, text)
    elif isinstance(value, dict):
        if "text" in value and ("parts" in value or "start" in value):
            spans = [Span(p["start"], p["end"]) for p in value.get("parts", [value])]
            where = ", ".join(f"{span.start}-{span.end}" for span in spans)
            yield where, value["text"], mention_text(spans, text)
        for item in value.values():
            yield from _quotes(item, text)

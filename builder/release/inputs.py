"""Whether documents, gold and schema fit each other: what `merge` wrote may be older than both."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from builder.document import Document, document_id
from builder.errors import Problems, did_you_mean
from builder.release.gates import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.event import GoldDocument, GoldEvent
    from builder.schema import Schema

AGAIN = "documents, gold and schema have to be of one make; run `builder merge` again"


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

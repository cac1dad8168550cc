"""`builder explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(explain)


def explain(
    event_id: Annotated[str, typer.Argument(help="As in the column event_id.")],
    project: ProjectOption = Path(),
    release: Annotated[
        Path | None,
        typer.Option(
            file_okay=False, exists=True, help="Where to look for the row.  [default: the newest]"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Walk from an event's row back to people and raw bytes.

    Every element is shown with the votes that decided it, who cast them, and
    the file, characters and bytes that its words come from.

    Example: `builder explain ec3e47fb255b3592-agreement-92-98`
    """
    from builder.config import load_project
    from builder.release.explain import explain as explained

    facts = explained(load_project(project), event_id, release)
    if as_json:
        show_json(facts)
        return
    _show(facts)


def _show(facts: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    around = facts["context"]
    text = Text(around["before"]).append(around["trigger"], style="bold reverse")
    page().print(Text(f"{facts['type']}  {facts['event_id']}", style="bold"))
    page().print(text.append(around["after"]), soft_wrap=True)
    table = Table("element", "value", "decided", "by", "raw file")
    for element in facts["elements"]:
        table.add_row(*map(_plain, _cells(element)))
    page().print(table)
    for line in _lines(facts):
        page().print(line, markup=False, soft_wrap=True)


def _plain(cell: str) -> Any:  # noqa: ANN401 - a renderable of rich
    from rich.text import Text

    return Text(cell)


def _cells(element: dict[str, Any]) -> list[str]:
    support = element["support"]
    decided = f"{support['rule']} {support['votes']}/{support['voters']}"
    decision = element["decision"]
    if decision:
        decided += f": {decision.get('reason')} ({decision.get('adjudicator')})"
    value = "(undecided)" if element["value"] is None else element["value"]
    places = [f"bytes {s['bytes']['start']}..{s['bytes']['end']}" for s in element["sources"]]
    who = ", ".join(element["annotators"])
    return [element["element"], value, decided, who, ", ".join(places)]


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    document, row = facts["document"], facts["row"]
    yield f"document  {document['doc_id']} {document['title']!r}"
    file = f"{document['file']}:{document['row']}" if document["row"] else document["file"]
    intact = "as it was ingested" if document["raw_file_as_it_was"] else "NOT as it was ingested"
    yield f"raw file  {file}, {document['encoding']}, SHA-256 {document['sha256']}, {intact}"
    yield f"source    {document['url'] or 'no address stated'}, licence {document['license']}"
    for answer in facts["answers"]:
        blind = answer["shown_prediction"] or "blind"
        said = "; ".join(_said(event) for event in answer["said"]) or "no event here"
        yield f"annotator {answer['annotator']} ({answer['updated_at']}, {blind}): {said}"
        if answer["task_url"]:
            yield f"task      {answer['task_url']}"
    for conflict in facts["conflicts"]:
        yield f"open      {conflict['kind']}: {conflict['what']}"
    schema = facts["schema"]
    yield f"schema    {facts['type']} {schema['version']}, SHA-256 {schema['digest']}"
    if row:
        yield f"row       {row['file']}, row {row['row']}, of {row['release']}"
    else:
        yield "row       in no release yet"


def _said(event: dict[str, Any]) -> str:
    arguments = ", ".join(f"{a['role']} {a['text']!r}" for a in event["arguments"])
    chosen = ", ".join(f"{name} {value}" for name, value in event["attributes"].items())
    parts = [f"{event['type']} {event['trigger']['text']!r}", arguments, chosen]
    return ", ".join(part for part in parts if part)

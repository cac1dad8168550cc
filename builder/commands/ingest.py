"""`builder ingest`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import (
    DryRunOption,
    JsonOption,
    ProjectOption,
    page,
    show_json,
    talk,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.articles.corpus import Corpus
    from builder.config import Project

REJECTED = "rejected.jsonl"
STREAM = "-"  # standard input, as everywhere


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(ingest)


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Files, folders or globs of page dumps, web pages, archives, tables, feeds and "
            "agency formats; - is standard input.  [default: annotations/articles]",
            show_default=False,
        ),
    ] = None,
    *,
    project: ProjectOption = Path(),
    explain: Annotated[
        Path | None,
        typer.Option(
            help="Show which lines of this file are kept or dropped, and why; write nothing.",
            metavar="FILE",
        ),
    ] = None,
    select: Annotated[
        int | None,
        typer.Option(
            help="Choose N documents to annotate into build/selection.jsonl: one of each "
            "near-duplicate cluster, spread over publishers, months and expected events.",
            metavar="N",
            min=1,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The seed of the selection.")] = 0,
    blind: Annotated[
        float,
        typer.Option(
            help="The share of the selection that is drawn at random, for unbiased test data.",
            min=0,
            max=1,
        ),
    ] = 0.1,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read raw articles and clean them into documents.

    They are written to build/documents.parquet.

    Every kept character maps back to the raw file; whatever is dropped has a
    named reason. Copies of one article get the same duplicate_cluster. Articles
    that cannot be read are listed in
    build/rejected.jsonl, all others are written all the same; then the exit code is 3.
    A run that was interrupted goes on where it was; what was read before is not read again.

    Example: `builder ingest annotations/articles --dry-run`
    """
    from builder.commands.ingest_report import problems, report, summarise
    from builder.config import load_project

    loaded = load_project(project)
    if explain:
        _explain(explain, loaded, as_json=as_json)
        return
    corpus = ingest_files(loaded, paths or (), dry_run=dry_run)
    error = problems(corpus, dry_run=dry_run)
    chosen = _select(loaded, select, seed, blind) if select and not dry_run else None
    if as_json:
        show_json({**report(corpus), **({"selected": chosen} if chosen else {})})
    summarise(corpus, written=bool(corpus.documents) and not dry_run)
    _say_selection(loaded, chosen)
    if error and as_json:  # the report on stdout already holds the problems
        talk().print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(error.exit_code)
    if error:
        raise error


def ingest_files(project: Project, paths: Sequence[str] = (), *, dry_run: bool = False) -> Corpus:
    """Read raw files (default: the project's) and write the documents and the list of refusals.

    What was read before and did not change is not read again; the result is
    the same. Without one good article an older build/documents.parquet stays.
    Raises UsageError when a path names nothing.
    """
    import tempfile

    from builder.articles.batch import write_batch
    from builder.articles.corpus import Corpus
    from builder.articles.search import find_files
    from builder.commands.ingest_run import fill
    from builder.engines.local import Step

    with tempfile.TemporaryDirectory() as scratch:
        given = _streamed(paths or [str(project.raw_articles)], project, Path(scratch), dry_run)
        files, skipped = find_files(given, project.root)
        corpus = Corpus(files=len(files), skipped=skipped)
        folder = Path(scratch) / "ingest" if dry_run else project.build / "ingest"
        fill(corpus, files, project, Step(write_batch, folder), dry_run=dry_run)
    if not dry_run:
        _write_rejected(project.build / REJECTED, corpus)
    return corpus


def _streamed(paths: Sequence[str], project: Project, scratch: Path, dry_run: bool) -> list[str]:
    """Return the paths with standard input as a file; it is kept among the raw articles."""
    import sys

    from builder.articles import file_name
    from builder.articles.standard_input import kept, spooled

    if STREAM not in paths:
        return list(paths)
    path = spooled(sys.stdin.buffer, scratch)
    if not dry_run:
        path = kept(path, project.raw_articles)
        if path.parent != scratch:
            name = file_name(path, project.root)
            talk().print(f"kept standard input as {name}", markup=False, soft_wrap=True)
    return [str(path) if each == STREAM else each for each in paths]


def _select(project: Project, number: int, seed: int, blind: float) -> dict[str, Any] | None:
    """Choose among the written documents and write the choice; None when there are none."""
    from builder.articles.selection import candidate, select, write_selection
    from builder.document import Document
    from builder.files import stream_records
    from builder.schema import load_schema

    if not project.documents.exists():
        return None
    schema = load_schema(project.schemas)
    triggers = {name: event_type.triggers for name, event_type in schema.event_types.items()}
    rows = (candidate(d, triggers) for d in stream_records(project.documents, Document))
    chosen = select(rows, number, seed=seed, blind=blind)
    write_selection(project.selection, chosen)
    strata = len({each.stratum for each in chosen})
    blinds = sum(each.blind for each in chosen)
    return {"documents": len(chosen), "blind": blinds, "strata": strata, "seed": seed}


def _say_selection(project: Project, chosen: dict[str, Any] | None) -> None:
    place = "build/selection.jsonl"
    if chosen:
        number = f"{chosen['documents']} documents, {chosen['blind']} of them blind, from"
        line = f"chose {number} {chosen['strata']} strata: {place}; only they become tasks"
    elif project.selection.exists():
        line = f"{place} of an earlier run holds: `builder tasks` takes only what it names"
    else:
        return
    talk().print(line, markup=False, soft_wrap=True)


def _write_rejected(path: Path, corpus: Corpus) -> None:
    import json
    from dataclasses import asdict

    from builder.files import write_text

    if not corpus.rejected:
        path.unlink(missing_ok=True)  # of an earlier run
        return
    rows = (json.dumps(asdict(rejected), ensure_ascii=False) for rejected in corpus.rejected)
    write_text(path, "".join(f"{row}\n" for row in rows))


def _explain(path: Path, project: Project, *, as_json: bool) -> None:
    import sys
    import tempfile
    from dataclasses import asdict

    from rich.text import Text

    from builder.articles import explain_article, file_name
    from builder.articles.reading import Refusal
    from builder.articles.standard_input import spooled
    from builder.errors import DataError, Problem, UsageError

    if str(path) != STREAM and not path.is_file():
        raise UsageError(
            [Problem(str(path), "is no file; --explain takes one, or - for standard input")]
        )
    with tempfile.TemporaryDirectory() as scratch:
        file = spooled(sys.stdin.buffer, Path(scratch)) if str(path) == STREAM else path
        try:
            lines = list(explain_article(file, project))
        except Refusal as refusal:
            raise DataError([Problem(file_name(file, project.root), str(refusal))]) from refusal
    if as_json:
        show_json([{**asdict(line), "kept": line.kept} for line in lines])
        return
    for line in lines:
        sign, colour = ("+", "green") if line.kept else ("-", "red")
        row = Text(f"{line.number:>5} {sign} {line.role:<18} ", style=colour)
        page().print(row.append(line.text, style="" if line.kept else "dim"), soft_wrap=True)

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
    progress,
    show_json,
    talk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.articles import Outcome
    from builder.articles.corpus import Corpus
    from builder.config import Project
    from builder.errors import BuilderError

REJECTED = "rejected.jsonl"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(ingest)


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Files, folders or globs of .txt page dumps and .jsonl rows.  "
            "[default: annotations/articles]",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = Path(),
    explain: Annotated[
        Path | None,
        typer.Option(
            help="Show which lines of this file are kept or dropped, and why; write nothing.",
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read raw articles, clean them and write build/documents.parquet.

    Every kept character maps back to the raw file; whatever is dropped has a
    named reason. Articles that cannot be read are listed in
    build/rejected.jsonl, all others are written all the same; then the exit code is 3.

    Example: `builder ingest annotations/articles --dry-run`
    """
    from builder.config import load_project

    loaded = load_project(project)
    if explain:
        _explain(explain, loaded, as_json=as_json)
        return
    corpus = ingest_files(loaded, paths or (), dry_run=dry_run)
    error = problems(corpus)
    if as_json:
        show_json(report(corpus))
    _summarise(corpus, written=bool(corpus.documents) and not dry_run)
    if error and as_json:  # the report on stdout already holds the problems
        talk().print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(error.exit_code)
    if error:
        raise error


def ingest_files(project: Project, paths: Sequence[str] = (), *, dry_run: bool = False) -> Corpus:
    """Read raw files (default: the project's) and write the documents and the list of refusals.

    Without one good article an older build/documents.parquet stays. Raises
    UsageError when a path names nothing.
    """
    from builder.articles.corpus import Corpus, collect, find_files
    from builder.document import Document
    from builder.files import write_records

    files, skipped = find_files(paths or [str(project.raw_articles)], project.root)
    corpus = collect(_outcomes(files, project), Corpus(files=len(files), skipped=skipped))
    if not dry_run:
        if corpus.documents:
            write_records(project.documents, Document, corpus.documents)
        _write_rejected(project.build / REJECTED, corpus)
    return corpus


def problems(corpus: Corpus) -> BuilderError | None:
    """Return the error that tells of every refused article, or None when all is well."""
    from builder.errors import DataError

    if corpus.rejected:
        hint = f"{len(corpus.rejected)} of {corpus.articles} articles refused"
        return DataError([rejected.problem for rejected in corpus.rejected], hint=hint)
    if not corpus.documents:
        return DataError("no article found; put .txt or .jsonl files into annotations/articles")
    return None


def report(corpus: Corpus) -> dict[str, Any]:
    """Return what was read, kept, dropped and refused, as JSON can say it."""
    from dataclasses import asdict

    return {
        "files": corpus.files,
        "articles": corpus.articles,
        "documents": len(corpus.documents),
        "characters": corpus.characters,
        "dropped": corpus.dropped(),
        "duplicates": [asdict(duplicate) for duplicate in corpus.duplicates],
        "rejected": [asdict(rejected) for rejected in corpus.rejected],
        "skipped": [asdict(skipped) for skipped in corpus.skipped],
        "notes": [asdict(note) for note in corpus.notes],
    }


def _outcomes(files: Sequence[Path], project: Project) -> Iterator[Outcome]:
    from builder.articles import read_articles

    with progress() as bar:
        for path in bar.track(files, description="reading articles"):
            yield from read_articles(path, project)


def _write_rejected(path: Path, corpus: Corpus) -> None:
    import json
    from dataclasses import asdict

    from builder.files import write_text

    if not corpus.rejected:
        path.unlink(missing_ok=True)  # of an earlier run
        return
    rows = (json.dumps(asdict(rejected), ensure_ascii=False) for rejected in corpus.rejected)
    write_text(path, "".join(f"{row}\n" for row in rows))


def _summarise(corpus: Corpus, *, written: bool) -> None:
    kept = f"{len(corpus.documents)} documents, {corpus.characters} characters kept"
    lines = [f"read {corpus.articles} articles in {corpus.files} files: {kept}"]
    for reason, count in corpus.dropped().items():
        runs, characters = count["runs"], count["characters"]
        lines.append(f"  dropped {reason}: {runs} lines, {characters} characters")
    lines += [
        f"  duplicate {d.reason}: {d.file}{f':{d.row}' if d.row else ''} is {d.same_as}"
        for d in corpus.duplicates
    ]
    lines += [f"  skipped {s.file}: {s.what}" for s in corpus.skipped]
    lines += [f"  note {note.where}: {note.what}" for note in corpus.notes]
    lines.append("wrote build/documents.parquet" if written else "nothing written")
    for line in lines:
        talk().print(line, markup=False, soft_wrap=True)


def _explain(path: Path, project: Project, *, as_json: bool) -> None:
    from dataclasses import asdict

    from rich.text import Text

    from builder.articles import READERS, explain_article, file_name, unknown_format
    from builder.errors import DataError, Problem

    if path.suffix.lower() not in READERS:
        raise DataError([Problem(file_name(path, project.root), unknown_format(path))])
    lines = list(explain_article(path))
    if as_json:
        show_json([{**asdict(line), "kept": line.kept} for line in lines])
        return
    for line in lines:
        sign, colour = ("+", "green") if line.kept else ("-", "red")
        row = Text(f"{line.number:>5} {sign} {line.role:<18} ", style=colour)
        page().print(row.append(line.text, style="" if line.kept else "dim"), soft_wrap=True)

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
    from collections.abc import Sequence

    from builder.articles.batch import Batch
    from builder.articles.corpus import Corpus
    from builder.config import Project
    from builder.engines.local import Step
    from builder.errors import BuilderError

REJECTED = "rejected.jsonl"
SELECTION = "selection.jsonl"


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
    *,
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
    A run that was interrupted goes on where it was; files read before are not read again.

    Example: `builder ingest annotations/articles --dry-run`
    """
    from builder.config import load_project

    loaded = load_project(project)
    if explain:
        _explain(explain, loaded, as_json=as_json)
        return
    corpus = ingest_files(loaded, paths or (), dry_run=dry_run)
    error = problems(corpus)
    chosen = _select(loaded, select, seed, blind) if select and not dry_run else None
    if as_json:
        show_json({**report(corpus), **({"selected": chosen} if chosen else {})})
    _summarise(corpus, written=bool(corpus.documents) and not dry_run)
    if chosen:
        number = f"{chosen['documents']} documents, {chosen['blind']} of them blind"
        talk().print(f"chose {number}: build/{SELECTION}", markup=False, soft_wrap=True)
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
    from builder.articles.corpus import Corpus, find_files
    from builder.engines.local import Step

    files, skipped = find_files(paths or [str(project.raw_articles)], project.root)
    corpus = Corpus(files=len(files), skipped=skipped)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if dry_run else project.build / "ingest"
        _fill(corpus, files, project, Step(write_batch, folder), dry_run=dry_run)
    if not dry_run:
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
        "documents": corpus.documents,
        "characters": corpus.characters,
        "duplicate_clusters": corpus.clusters,
        "stories": corpus.stories,
        "dropped": corpus.dropped(),
        "refused": corpus.refused(),
        "duplicates": [asdict(duplicate) for duplicate in corpus.duplicates],
        "rejected": [asdict(rejected) for rejected in corpus.rejected],
        "skipped": [asdict(skipped) for skipped in corpus.skipped],
        "notes": [asdict(note) for note in corpus.notes],
    }


def _fill(
    corpus: Corpus, files: Sequence[Path], project: Project, step: Step[Batch], *, dry_run: bool
) -> None:
    """Read the files shard by shard, then group the documents and write them."""
    from builder.articles.batch import batches
    from builder.articles.corpus import count, texts, write_documents
    from builder.articles.duplicates.cluster import groups
    from builder.articles.site_learning import learn_sites
    from builder.engines.local import run_shards

    sites = step.folder / "known" / "sites.parquet" if dry_run else project.sites
    shards = batches(files, project, sites)
    new = [shard.argument.files for shard in shards if not step.file(shard).exists()]
    learn_sites((file for group in new for file in group), project, sites)
    with progress() as bar:
        task = bar.add_task("reading articles", total=len(files))
        for shard in run_shards(step, shards):
            bar.advance(task, len(shard.argument.files))
        bar.add_task("comparing documents", total=None)
        paths = [step.file(shard) for shard in shards]
        dated = count(paths, corpus)
        folder = None if dry_run else project.build / "duplicates"
        stories = project.text("ingest.stories") == "yes"
        found = groups(list(dated.values()), lambda: texts(paths), folder, stories=stories)
        corpus.clusters = len(set(found.clusters.values()))
        corpus.stories = len(set(found.stories.values()))
        if dated and not dry_run:
            write_documents(project.documents, paths, found)


def _select(project: Project, number: int, seed: int, blind: float) -> dict[str, Any] | None:
    """Choose among the written documents and write the choice; None when there are none."""
    import json
    from dataclasses import asdict

    from builder.articles.selection import candidate, select
    from builder.document import Document
    from builder.files import stream_records, write_text
    from builder.schema import load_schema

    if not project.documents.exists():
        return None
    schema = load_schema(project.schemas)
    triggers = {name: event_type.triggers for name, event_type in schema.event_types.items()}
    rows = (candidate(d, triggers) for d in stream_records(project.documents, Document))
    chosen = select(rows, number, seed=seed, blind=blind)
    lines = (json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in chosen)
    write_text(project.build / SELECTION, "".join(lines))
    strata = len({each.stratum for each in chosen})
    blinds = sum(each.blind for each in chosen)
    return {"documents": len(chosen), "blind": blinds, "strata": strata, "seed": seed}


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
    kept = f"{corpus.documents} documents, {corpus.characters} characters kept"
    lines = [f"read {corpus.articles} articles in {corpus.files} files: {kept}"]
    stories = f", {corpus.stories} stories" if corpus.stories else ""
    lines.append(f"  {corpus.clusters} without near-duplicates{stories}")
    lines += [f"  refused {reason}: {n} articles" for reason, n in corpus.refused().items()]
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
    lines = list(explain_article(path, project))
    if as_json:
        show_json([{**asdict(line), "kept": line.kept} for line in lines])
        return
    for line in lines:
        sign, colour = ("+", "green") if line.kept else ("-", "red")
        row = Text(f"{line.number:>5} {sign} {line.role:<18} ", style=colour)
        page().print(row.append(line.text, style="" if line.kept else "dim"), soft_wrap=True)

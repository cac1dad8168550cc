"""What `builder ingest` says of a run: as JSON, in lines for people, and what went wrong."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from builder.commands.console import talk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table

    from builder.articles.corpus import Corpus
    from builder.articles.reading import Rejected
    from builder.errors import BuilderError

_SHOWN = 20
"""Refusals of one reason, notes and the like that are printed; the rest is counted."""


def problems(corpus: Corpus, *, dry_run: bool = False) -> BuilderError | None:
    """Return the error that tells of the refused articles by reason, or None when all is well."""
    from builder.errors import DataError, Problem

    if corpus.rejected:
        hint = f"{len(corpus.rejected)} of {corpus.articles} articles refused"
        shown = [each.problem for reason in corpus.refused() for each in _of(corpus, reason)]
        if len(shown) < len(corpus.rejected):
            where = "--json lists" if dry_run else "build/rejected.jsonl has"
            hint += f"; {len(shown)} are shown, {where} all"
        return DataError(shown, hint=hint)
    if not corpus.documents:
        return DataError([Problem("", "no article found; put articles into annotations/articles")])
    return None


def report(corpus: Corpus) -> dict[str, Any]:
    """Return what was read, kept, dropped and refused, as JSON can say it."""
    from dataclasses import asdict

    return {
        "files": corpus.files,
        "articles": corpus.articles,
        "documents": corpus.documents,
        "characters": corpus.characters,
        "exact_duplicates": len(corpus.duplicates),
        "refused_articles": len(corpus.rejected),
        "duplicate_clusters": corpus.clusters,
        "stories": corpus.stories,
        "dropped": corpus.dropped(),
        "refused": corpus.refused(),
        "duplicates": [asdict(duplicate) for duplicate in corpus.duplicates],
        "rejected": [asdict(rejected) for rejected in corpus.rejected],
        "skipped": [asdict(skipped) for skipped in corpus.skipped],
        "notes": [asdict(note) for note in corpus.notes],
    }


def summarise(corpus: Corpus, *, written: bool) -> None:
    """Print on stderr what became of the articles; the parts add up to what was read."""
    out = talk()
    files = f"{corpus.files:,} file{'s' if corpus.files != 1 else ''}"
    out.print(f"read {corpus.articles:,} articles in {files}")
    became = _table("what became of them", "articles")
    became.add_row("documents", f"{corpus.documents:,}", style="green")
    if corpus.duplicates:
        became.add_row("exact duplicates of a document", f"{len(corpus.duplicates):,}")
    for reason, number in corpus.refused().items():
        became.add_row(f"refused {reason}", f"{number:,}", style="red")
    became.add_section()
    became.add_row("read", f"{corpus.articles:,}")
    out.print(became)
    if corpus.documents:
        copies = corpus.documents - corpus.clusters
        stories = f"; stories: {corpus.stories:,}" if corpus.stories else ""
        out.print(f"characters kept: {corpus.characters:,}; near-duplicates: {copies:,}{stories}")
    if corpus.runs:
        dropped = _table("dropped from the documents", "runs", "characters")
        for reason, counts in corpus.dropped().items():
            dropped.add_row(reason, f"{counts['runs']:,}", f"{counts['characters']:,}")
        out.print(dropped)
    _list("exact duplicate", [f"{_place(d)} is {d.same_as}" for d in corpus.duplicates])
    _list("skipped", [f"{s.file}: {s.what}" for s in corpus.skipped])
    _list("note", [str(note) for note in corpus.notes])
    out.print("wrote build/documents.parquet" if written else "nothing written")
    if corpus.rejected:
        out.print()


def _of(corpus: Corpus, reason: str) -> Iterable[Rejected]:
    return islice((each for each in corpus.rejected if each.reason == reason), _SHOWN)


def _table(*titles: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, title in enumerate(titles):
        table.add_column(title, justify="right" if number else "left")
    return table


def _place(each: Any) -> str:  # noqa: ANN401 - a duplicate or a refusal
    return f"{each.file}:{each.row}" if each.row else each.file


def _list(title: str, lines: Sequence[str]) -> None:
    out = talk()
    for line in lines[:_SHOWN]:
        out.print(f"{title} {line}", markup=False, soft_wrap=True)
    if len(lines) > _SHOWN:
        out.print(f"{title}: {len(lines) - _SHOWN:,} more, see --json", soft_wrap=True)

"""The run of `builder ingest`: shards read, then grouped and written, each with progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.commands.console import progress, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rich.progress import Progress

    from builder.articles.batch import Batch
    from builder.articles.corpus import Corpus
    from builder.config import Project
    from builder.engines.local import Shard, Step


def fill(
    corpus: Corpus, files: Sequence[Path], project: Project, step: Step[Batch], *, dry_run: bool
) -> None:
    """Read the files shard by shard, then group the documents and write them."""
    from builder.articles.corpus import count, texts, write_documents
    from builder.articles.duplicates.cluster import groups

    with progress(sizes=True) as bar:
        shards = _shards(files, project, step, bar, dry_run=dry_run)
        _read(shards, step, bar)
    paths = [step.file(shard) for shard in shards]
    with progress() as bar:
        dated = count(bar.track(paths, description="counting articles, by part"), corpus)
        found = groups(
            list(dated.values()),
            lambda: bar.track(texts(paths), len(dated), description="comparing documents"),
            None if dry_run else project.build / "duplicates",
            stories=project.text("ingest.stories") == "yes",
            tell=_linked(bar),
        )
        if found.anew:
            talk().print(f"compared all documents anew: {found.anew}", soft_wrap=True)
        corpus.clusters = len(set(found.clusters.values()))
        corpus.stories = len(set(found.stories.values()))
        if dated and not dry_run:
            written = bar.track(paths, description="writing documents, by part")
            write_documents(project.documents, written, found)


def _linked(bar: Progress) -> Callable[[int, int], None]:
    """Return what shows how many documents are linked; with none of them it begins anew."""
    task = bar.add_task("linking documents", total=None, visible=False)

    def tell(done: int, total: int) -> None:
        if not done:
            bar.reset(task, total=total, visible=True)
        bar.update(task, completed=done)

    return tell


def _shards(
    files: Sequence[Path], project: Project, step: Step[Batch], bar: Progress, *, dry_run: bool
) -> list[Shard[Batch]]:
    """Cut the files into shards and learn what is new of their sites."""
    from builder.articles.batch import batches
    from builder.articles.cutting import cut
    from builder.articles.lines.site_learning import learn_sites

    task = bar.add_task("looking at files", total=None)
    sites = step.folder / "known" / "sites.parquet" if dry_run else project.sites
    shards = batches(files, project, sites, cut(files, project, step.folder / "cuts"))
    new = [s.argument for s in shards if not (step.file(s).exists() or s.argument.part)]
    learn_sites((file for batch in new for file in batch.files), project, sites)
    bar.remove_task(task)
    return shards


def _read(shards: Sequence[Shard[Batch]], step: Step[Batch], bar: Progress) -> None:
    import pyarrow.parquet as pq

    from builder.engines.local import run_shards

    waiting = {shard.name for shard in shards if not step.file(shard).exists()}
    total = sum(shard.argument.size for shard in shards)
    done = sum(shard.argument.size for shard in shards if shard.name not in waiting)
    if waiting and done:
        talk().print(f"going on: {done / total:.0%} was read before", soft_wrap=True)
    task = bar.add_task("reading", total=total, completed=done, articles=0)
    articles = 0
    for shard in run_shards(step, shards):
        if shard.name in waiting:  # what was done before says nothing about the speed
            articles += pq.read_metadata(step.file(shard)).num_rows
            bar.update(task, advance=shard.argument.size, articles=articles)

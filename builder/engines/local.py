"""The local engine: all cores, one file per shard, and what is done is not done again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from builder.errors import BuilderError

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORTH_A_WORKER = 4
"""Shards to do for each worker: to start one takes as long as to do a few."""

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Shard(Generic[A]):
    """A part of a step: `name` tells it and everything its result depends on apart.

    `argument` is what the function gets; it can be pickled.
    """

    name: str
    argument: A


@dataclass(frozen=True, slots=True)
class Step(Generic[A]):
    """A function of a module that writes what follows from a shard's argument as a whole file."""

    work: Callable[[A, Path], None]
    folder: Path

    def file(self, shard: Shard[A]) -> Path:
        """Return the file of a shard; it is there, and whole, when the shard is done."""
        return self.folder / f"{shard.name}.parquet"

    def do(self, shard: Shard[A]) -> None:
        """Do one shard."""
        self.work(shard.argument, self.file(shard))


def run_shards(
    step: Step[A], shards: Sequence[Shard[A]], *, processes: int | None = None
) -> Iterator[Shard[A]]:
    """Do the shards that are not done, and yield each once it is; done ones come first.

    A run that is killed leaves whole files only, and the next goes on from
    them. Files of other shards in the folder are deleted when all are done.
    """
    todo = [shard for shard in shards if not step.file(shard).exists()]
    waiting = {shard.name for shard in todo}
    yield from (shard for shard in shards if shard.name not in waiting)
    workers = min(processes or os.cpu_count() or 1, len(todo) // _WORTH_A_WORKER)
    if workers > 1:
        yield from _in_parallel(step, todo, workers)
    else:
        for shard in todo:
            step.do(shard)
            yield shard
    _delete_others(step, shards)


def _in_parallel(step: Step[A], shards: Sequence[Shard[A]], workers: int) -> Iterator[Shard[A]]:
    # Forked workers would share locks and threads of this process.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=end_with_parent) as pool:
        running: dict[Any, Shard[A]] = {}
        rest = iter(shards)
        try:
            while True:
                # Few at a time, so that an interruption has little to wait for.
                for shard in rest:
                    running[pool.submit(step.do, shard)] = shard
                    if len(running) >= 2 * workers:
                        break
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    shard = running.pop(future)
                    future.result()
                    yield shard
        except BrokenProcessPool as error:
            names = ", ".join(
                sorted(shard.name for shard in running.values()) or ["the last shard"]
            )
            what = f"a worker process died (out of memory?) at {names}; the same command goes on"
            raise BuilderError(what) from error
        finally:
            pool.shutdown(cancel_futures=True)


def end_with_parent() -> None:
    """Let this worker end when its parent is killed; it would wait for work for ever."""

    def watch() -> None:
        parent = parent_process()
        if parent:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _delete_others(step: Step[A], shards: Sequence[Shard[A]]) -> None:
    wanted = {step.file(shard) for shard in shards}
    for path in step.folder.glob("*.parquet"):
        if path not in wanted:
            path.unlink()
    # What a killed run was writing.
    for path in step.folder.glob(".*.parquet.*"):
        path.unlink()

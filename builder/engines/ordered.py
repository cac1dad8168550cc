"""A function over many things on all cores, with the results in the order of the things."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

from builder.engines.local import end_with_parent
from builder.errors import BuilderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

A = TypeVar("A")
B = TypeVar("B")
AHEAD = 2
"""Things under way for each worker: enough to keep it busy, and all that memory has to hold."""


def in_order(
    work: Callable[[A], B], things: Iterable[A], *, worth: int, processes: int | None = None
) -> Iterator[B]:
    """Give the result of `work` for each thing, in their order.

    `work` is a function of a module, and things and results can be pickled.
    With fewer things than `worth`, or one core, all is done in this process.
    """
    workers = processes or os.cpu_count() or 1
    rest = iter(things)
    first = list(islice(rest, worth)) if workers > 1 else []
    everything = chain(first, rest)
    if workers == 1 or len(first) < worth:
        yield from map(work, everything)
    else:
        yield from _in_parallel(work, everything, workers)


def _in_parallel(work: Callable[[A], B], things: Iterator[A], workers: int) -> Iterator[B]:
    # Forked workers would share locks and threads of this process.
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=end_with_parent) as pool:
        running: deque[Future[B]] = deque()
        try:
            running.extend(pool.submit(work, thing) for thing in islice(things, AHEAD * workers))
            while running:
                done = running.popleft().result()
                running.extend(pool.submit(work, thing) for thing in islice(things, 1))
                yield done
        except BrokenProcessPool as error:
            raise BuilderError("a worker process died (out of memory?); run it again") from error
        finally:
            pool.shutdown(cancel_futures=True)

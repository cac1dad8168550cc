"""Gamma: alignment and chance correction at once, document by document, with a time limit.

Source: Mathet, Widlöcher and Métivier, "The Unified and Holistic Method Gamma"
(Computational Linguistics 41:3, 2015), as computed by pygamma-agreement, the
optional extra `gamma`. It solves an integer programme for the best alignment
and one for each random continuum, so its time grows fast with the number of
units. Each document therefore runs in a process that is ended when its time is
up; such a document is named, never left out in silence.
"""

from __future__ import annotations

import logging
import multiprocessing
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from builder.errors import UsageError
from builder.iaa.bootstrap import shares
from builder.iaa.measure import Measure, signature
from builder.iaa.placement import PLACEMENTS, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from builder.event import Annotation
    from builder.iaa.measure import Setting

LIMIT = 60.0
"""Seconds for one document."""
TOO_SLOW = "not done in time"
ONE_SIDED = "an annotator marked nothing"
FAILED = "failed"

Marked = list[tuple[str, int, int, str]]
"""Annotator, start, end and category of every unit of a document."""
Answer = tuple[float | None, str | None]
"""A value, or the reason why there is none."""


@dataclass(frozen=True, slots=True)
class Gamma:
    """One document's gamma of triggers by type or arguments by role, or None and the reason."""

    doc_id: str
    placement: str
    value: float | None
    units: int
    reason: str | None = None


def gammas(
    documents: Iterable[tuple[str, Sequence[Annotation]]], *, limit: float = LIMIT, seed: int = 0
) -> Iterator[Gamma]:
    """Yield the gammas of each document; somebody marked something in it.

    Raises UsageError that names the extra when it is not installed. The same
    seed gives the same values.
    """
    if find_spec("pygamma_agreement") is None:
        raise UsageError("gamma needs the extra: pip install 'event-dataset-builder[gamma]'")
    with _Worker(seed) as worker:
        for doc_id, answers in documents:
            for placement in PLACEMENTS:
                marked = _marked(answers, placement)
                if marked:
                    one_sided = len({unit[0] for unit in marked}) < len(answers)
                    found = (None, ONE_SIDED) if one_sided else worker.gamma(marked, limit)
                    yield Gamma(doc_id, placement, found[0], len(marked), found[1])


def gamma_measures(
    found: Sequence[Gamma], setting: Setting, limit: float, seed: int
) -> Iterator[Measure]:
    """Yield the mean over the documents that have a gamma; the signature counts the others."""
    for placement in PLACEMENTS:
        own = [gamma for gamma in found if gamma.placement == placement]
        values = [gamma.value for gamma in own if gamma.value is not None]
        counts = [(value, 1.0) for value in values]
        layer = f"{placement} spans"
        yield Measure(
            metric="gamma",
            layer=layer,
            granularity=None,
            group=None,
            value=sum(values) / len(values) if values else None,
            interval=setting.bootstrap.interval(range(len(values)), counts, shares),
            n=sum(gamma.units for gamma in own if gamma.value is not None),
            documents=len(values),
            signature=signature(
                "gamma",
                layer.replace(" ", "-"),
                average="documents",
                documents=len(values),
                without=len(own) - len(values),
                limit=f"{limit:g}s",
                seed=seed,
                pygamma=version("pygamma-agreement"),
                **setting.source,
            ),
        )


def _marked(answers: Sequence[Annotation], placement: str) -> Marked:
    return [
        (answer.annotation_id, span.start, span.end, name)
        for answer in answers
        for name, spans in sorted(units(answer, placement).items())
        for span in sorted(set(spans))
    ]


class _Worker:
    """A process that has pygamma-agreement loaded, started when the first document comes."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.process: BaseProcess | None = None
        self.pipe: Connection[Any, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pipe is not None:
            self.pipe.close()  # the worker ends with the conversation
        if self.process is not None:
            self.process.join()

    def gamma(self, marked: Marked, limit: float) -> Answer:
        """Return a value, or None and why there is none."""
        pipe = self.pipe or self._start()
        pipe.send((marked, limit))
        try:
            answer: Answer = pipe.recv()
        except EOFError:
            self.pipe = self.process = None
            return None, FAILED
        return answer

    def _start(self) -> Connection[Any, Any]:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.seed))
        self.process.start()
        theirs.close()
        return self.pipe


def _serve(pipe: Connection[Any, Any], seed: int) -> None:
    """Answer documents until the pipe is closed, each in a fork that is killed at its limit."""
    logging.getLogger().setLevel(logging.ERROR)  # pygamma names its solver with every document
    # Numba compiles on first use, some ten seconds; forks inherit it, so no document pays.
    _gamma([("a", 0, 2, "x"), ("b", 1, 3, "x")], seed)
    while True:
        try:
            marked, limit = pipe.recv()
        except EOFError:
            return
        pipe.send(_limited(marked, seed, limit))


def _limited(marked: Marked, seed: int, limit: float) -> Answer:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(theirs, marked, seed))
    process.start()
    theirs.close()
    try:
        answer: Answer = ours.recv() if ours.poll(limit) else (None, TOO_SLOW)
    except EOFError:
        answer = None, FAILED
    process.kill()
    process.join()
    return answer


def _answer(pipe: Connection[Any, Any], marked: Marked, seed: int) -> None:
    pipe.send(_gamma(marked, seed))


def _gamma(marked: Marked, seed: int) -> Answer:
    import numpy as np  # noqa: PLC0415 - only the worker needs them
    from pyannote.core import Segment  # noqa: PLC0415 - only the worker needs them
    from pygamma_agreement import Continuum  # noqa: PLC0415 - only the worker needs them

    np.random.seed(seed)  # noqa: NPY002 - the generator that pygamma-agreement draws from
    continuum = Continuum()
    for annotator, start, end, name in marked:
        continuum.add(annotator, Segment(start, end), name)
    try:
        return float(continuum.compute_gamma().gamma), None
    except Exception as error:  # noqa: BLE001 - a solver's failure is this document's result
        return None, f"{FAILED}: {type(error).__name__}: {error}"

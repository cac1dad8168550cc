"""All answers of a project, compared: the counts that every number is made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

from builder.event import Annotation
from builder.iaa.alpha import Coincidences
from builder.iaa.bucket import Bucket, Column, buckets
from builder.iaa.disagreement import Disagreement, disagreements
from builder.iaa.marks import marks
from builder.iaa.matched import FLAG, flag_values, matched_values
from builder.iaa.pairing import Pairing, pair_answers
from builder.iaa.placement import PLACEMENTS, token_coincidences, units
from builder.iaa.tally import Tally, count
from builder.iaa.trimming import Trimming, trimming
from builder.iaa.unitizing import Continuum, Unitizing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.schema import Schema

FINISHED = ("events", "empty")
"""An answer without events is an answer; unfinished and skipped work is none."""
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers on one document; `source` is its publisher."""

    doc_id: str
    text: str
    annotations: tuple[Annotation, ...]
    source: str | None = None


@dataclass(slots=True)
class Study:
    """The documents with two answers or more, compared; `answers` says how many each has.

    `columns` hold the counts of each bucket by document, in the order in which
    they came; `ranks` are the places of these in `documents`, which are sorted.
    `kinds` counts all disagreements, `edges` those in edge punctuation only,
    `disagreements` has them when they are wanted.
    `alone` counts the documents with fewer, by how many answers they have, and
    `left_out` the answers that never count, by state.
    """

    documents: list[str] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    columns: dict[Bucket, Column] = field(default_factory=lambda: defaultdict(Column))
    kinds: Counter[str] = field(default_factory=Counter)
    edges: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)
    coincidences: dict[str, dict[str, Coincidences]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    continua: dict[tuple[str, str], dict[str, Unitizing]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_of_two))
    )
    trimming: Trimming = field(default_factory=Trimming)
    alone: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def _of_two() -> Unitizing:
    return Unitizing(2)


def compare(documents: Iterable[Answers], schema: Schema | None, *, listed: bool = False) -> Study:
    """Compare the finished answers on each document, every pair of annotators.

    Of a document only counts are kept; with `listed` every disagreement is, too.
    Each annotator may have one answer on a document. The result does not
    depend on the order of documents, annotators or events.
    """
    study = Study()
    for document in documents:
        _add(study, document, schema, listed=listed)
    places = {doc_id: place for place, doc_id in enumerate(sorted(study.documents))}
    study.ranks = [places[doc_id] for doc_id in study.documents]
    study.documents.sort()
    _add_unset_flags(study)
    study.disagreements.sort(key=lambda d: (d.doc_id, d.annotators, d.span, d.kind, d.answers))
    return study


def finished(document: Answers) -> list[Annotation]:
    """Return the answers that count, in the order of their annotators."""
    found = [a for a in document.annotations if a.state in FINISHED]
    return sorted(found, key=lambda a: (a.annotator, a.annotation_id))


def _add(study: Study, document: Answers, schema: Schema | None, *, listed: bool) -> None:
    answers = finished(document)
    study.left_out.update(a.state for a in document.annotations if a.state not in FINISHED)
    if len(answers) < 2:  # noqa: PLR2004 - agreement takes two
        study.alone["one answer" if answers else "no answer"] += 1
        return
    place = len(study.documents)
    study.documents.append(document.doc_id)
    study.answers[document.doc_id] = len(answers)
    tallies = []
    for first, second in combinations(answers, 2):
        pairing = pair_answers(first, second, document.text)
        differences = list(disagreements(pairing, document.text, schema))
        study.kinds.update(found.kind for found in differences)
        study.edges.update(found.kind for found in differences if found.forgiven == "edge")
        if listed:
            study.disagreements += differences
        tallies.append(_tally(pairing, document, schema))
        _add_continua(study, document, pairing)
    for bucket, counts in buckets(tallies).items():
        study.columns[bucket].add(place, counts)
    _add_alphas(study, document, answers, schema)
    study.trimming.add(trimming(answers, document.text))


def _tally(pairing: Pairing, document: Answers, schema: Schema | None) -> Tally:
    first, second = pairing.first, pairing.second
    return Tally(
        doc_id=document.doc_id,
        annotators=(first.annotator, second.annotator),
        week=_week(first, second),
        source=document.source or UNKNOWN,
        shown=_shown(first, second),
        cells=count(marks(pairing, schema)),
    )


def _add_continua(study: Study, document: Answers, pairing: Pairing) -> None:
    first, second = pairing.first, pairing.second
    pair = (first.annotator, second.annotator)
    study.pairs.add(pair)
    for placement in PLACEMENTS:
        observers = (units(first, placement), units(second, placement))
        study.continua[pair][placement].add(Continuum(len(document.text), observers))


def _add_alphas(
    study: Study, document: Answers, answers: Sequence[Annotation], schema: Schema | None
) -> None:
    for variable, values in matched_values(answers, schema):
        found = study.coincidences[variable].setdefault(document.doc_id, Coincidences())
        found.add(values)
    for flag in sorted({flag for answer in answers for flag in answer.flags}):
        found = study.coincidences[f"{FLAG}{flag}"].setdefault(document.doc_id, Coincidences())
        found.add(flag_values(answers, flag))
    for placement in PLACEMENTS:
        found = token_coincidences(answers, document.text, placement)
        study.coincidences[f"{placement} tokens"][document.doc_id] = found


def _add_unset_flags(study: Study) -> None:
    """Count the documents on which nobody set a flag: everybody said no."""
    for flag in [name for name in study.coincidences if name.startswith(FLAG)]:
        given = study.coincidences[flag]
        for doc_id in study.documents:
            if doc_id not in given:
                given[doc_id] = Coincidences()
                given[doc_id].add(["no"] * study.answers[doc_id])


def _week(first: Annotation, second: Annotation) -> str:
    times = [a.updated_at or a.created_at for a in (first, second)]
    known = [datetime.fromisoformat(time) for time in times if time]
    if len(known) < len(times):
        return UNKNOWN
    year, week, _ = max(known).isocalendar()
    return f"{year}-W{week:02}"


def _shown(first: Annotation, second: Annotation) -> str:
    shown = {a.shown_prediction is not None for a in (first, second)}
    if len(shown) > 1:
        return "one of two assisted"
    return "assisted" if shown.pop() else "blind"

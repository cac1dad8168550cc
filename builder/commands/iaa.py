"""`builder iaa`."""

from __future__ import annotations

from dataclasses import asdict, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, ProjectOption, show_json, talk

if TYPE_CHECKING:
    from builder.commands.iaa_input import Input
    from builder.iaa.gamma import Gamma
    from builder.iaa.report import Report
    from builder.iaa.study import Study

    Gammas = list[Gamma]


class Granularity(StrEnum):
    """What counts as the same span."""

    EXACT = "exact"
    EDGE = "edge"
    OVERLAP = "overlap"


class Breakdown(StrEnum):
    """What numbers can be broken down by."""

    EVENT_TYPE = "event-type"
    ROLE = "role"
    ATTRIBUTE = "attribute"
    ANNOTATORS = "annotators"
    WEEK = "week"
    SOURCE = "source"
    SHOWN = "shown"
    FLAG = "flag"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command()(iaa)


def iaa(
    *,
    project: ProjectOption = Path(),
    by: Annotated[
        list[Breakdown] | None, typer.Option(help="Break the numbers down; may be repeated.")
    ] = None,
    match: Annotated[
        Granularity, typer.Option(help="When spans are the same, in breakdowns.")
    ] = Granularity.EXACT,
    disagreements: Annotated[
        bool, typer.Option("--disagreements", help="List every disagreement with its task.")
    ] = False,
    gamma: Annotated[
        bool, typer.Option("--gamma", help="Compute gamma too; needs the extra `gamma`.")
    ] = False,
    gamma_limit: Annotated[float, typer.Option(help="Seconds for one document's gamma.")] = 60.0,
    export: Annotated[
        Path | None,
        typer.Option(
            help="Measure labelled spans of any Label Studio JSON export, without a project.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    text_key: Annotated[str, typer.Option(help="The export's data field with the text.")] = "text",
    replicates: Annotated[int, typer.Option(min=0, help="Bootstrap draws; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 20261123,
    as_json: JsonOption = False,
) -> None:
    """Measure how well annotators agree, up to whole events.

    F1 of each pair at three granularities (exact, edge-normalised, overlap),
    Krippendorff's alpha, 95 % bootstrap intervals over documents, and what
    lies behind each number. An empty answer counts, unfinished and skipped
    ones do not.

    Example: `builder iaa --by role --disagreements`
    """
    from builder.commands import iaa_table
    from builder.commands.iaa_input import export_input, project_input
    from builder.errors import DataError, NotReadyError, Problem
    from builder.iaa.report import report
    from builder.iaa.study import compare

    answers = export_input(export, text_key) if export else project_input(project)
    study = compare(answers.documents(), answers.schema, listed=disagreements)
    if not study.documents:
        raise NotReadyError(_nothing(study, answers), hint="agreement takes two finished answers")
    found = report(study, answers.source, replicates=replicates, seed=seed)
    gammas: Gammas = []
    if gamma:
        found, gammas = _with_gammas(found, answers, gamma_limit, seed)
    if as_json:
        show_json(_facts(found, answers, gammas, listed=disagreements))
    else:
        iaa_table.show(found, [b.replace("-", " ") for b in by or ()], match.value)
        iaa_table.show_gammas(gammas)
        if disagreements:
            iaa_table.show_disagreements(found)
        for what, number in answers.dropped.items():
            talk().print(f"not compared: {number} {what}", markup=False)
    errors = [f for f in answers.findings if f.severity == "error"]
    if errors:
        number = len({f.annotation_id for f in errors})
        aside = "1 annotation was" if number == 1 else f"{number} annotations were"
        raise DataError(
            [Problem(f.where, f.what) for f in errors],
            hint=f"{aside} set aside because of this; the others are compared",
        )


def _nothing(study: Study, answers: Input) -> str:
    """Say why there is nothing to compare, with everything that was left out."""
    waiting = [f"{number} with {what}" for what, number in sorted(study.alone.items())]
    left_out = [f"{number} {state}" for state, number in sorted(study.left_out.items())]
    dropped = [f"{number} {what}" for what, number in sorted(answers.dropped.items())]
    reasons = ", ".join([*waiting, *left_out, *dropped]) or "there is none"
    return f"no document has two finished answers ({reasons})"


def _with_gammas(found: Report, answers: Input, limit: float, seed: int) -> tuple[Report, Gammas]:
    from builder.iaa.gamma import gamma_measures, gammas
    from builder.iaa.study import finished

    documents = ((d.doc_id, finished(d)) for d in answers.documents())
    compared = ((doc_id, given) for doc_id, given in documents if len(given) > 1)
    own_seed = seed % 2**32
    each = list(gammas(compared, limit=limit, seed=own_seed))
    means = gamma_measures(each, found.setting, limit, own_seed)
    return replace(found, measures=(*found.measures, *means)), each


def _facts(report: Report, answers: Input, gammas: Gammas, *, listed: bool) -> dict[str, Any]:
    facts = report.facts()
    facts["dropped"] = dict(sorted(answers.dropped.items()))
    if gammas:
        facts["gamma"] = [asdict(gamma) for gamma in gammas]
    if listed:
        facts["disagreement_list"] = [asdict(found) for found in report.study.disagreements]
    return facts

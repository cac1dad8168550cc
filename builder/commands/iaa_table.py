"""`builder iaa` for people: a table per kind of number, and what lies behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.commands.console import page, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from builder.iaa.gamma import Gamma
    from builder.iaa.measure import Measure
    from builder.iaa.report import Report

SHOWN = 20
NONE = "-"
_SUFFIXES = {"alpha": "", "alpha-unitizing": " (unitizing)", "gamma": " (gamma, mean)"}


def show(report: Report, breakdowns: Sequence[str], granularity: str) -> None:
    """Print layers, alphas, the wanted breakdowns, and the disagreements by kind."""
    console = page()
    console.print(_layers(report), markup=False)
    console.print(_alphas(report), markup=False)
    for breakdown in breakdowns:
        console.print(_breakdown(report, breakdown, granularity), markup=False)
    console.print(_kinds(report), markup=False)
    _notes(report)


def show_gammas(gammas: Sequence[Gamma]) -> None:
    """Print the gammas of each document, and why some have none."""
    if not gammas:
        return
    table = _table("gamma by document", "document", "of", "gamma", "units")
    for found in gammas:
        value = found.reason if found.value is None else _value(found.value)
        table.add_row(found.doc_id, f"{found.placement} spans", value, str(found.units))
    page().print(table, markup=False)


def show_disagreements(report: Report) -> None:
    """Print every disagreement with both answers and the tasks that show it."""
    console = page()
    for found in report.study.disagreements:
        forgiven = f" (the same at {found.forgiven})" if found.forgiven else ""
        kind = f"{found.kind} of {found.event_type}" if found.event_type else found.kind
        where = f"{found.doc_id} {found.span.start}..{found.span.end}"
        console.print(f"{where} {kind}{forgiven}", markup=False, soft_wrap=True)
        for who, answer, url in zip(found.annotators, found.answers, found.urls, strict=True):
            line = f"    {who}: {answer}" + (f"  {url}" if url else "")
            console.print(line, markup=False, soft_wrap=True)


def _layers(report: Report) -> Table:
    from builder.iaa.granularity import GRANULARITIES
    from builder.iaa.marks import LAYERS

    documents = len(report.study.documents)
    table = _table(f"F1 of pairs, {documents} documents", "layer", *GRANULARITIES, "units", "of")
    for layer, meaning in LAYERS.items():
        found = [report.overall("f1", layer, granularity) for granularity in GRANULARITIES]
        if found[0] is not None:
            units = str(found[0].n)
            table.add_row(layer, *(_with_interval(m) for m in found), units, meaning)
    return table


def _alphas(report: Report) -> Table:
    title = "Krippendorff's alpha, corrected for chance"
    table = _table(title, "of", "coefficient", "values", "documents")
    for measure in report.measures:
        if measure.metric != "f1" and measure.n:
            name = measure.layer + _SUFFIXES[measure.metric]
            value = _with_interval(measure)
            table.add_row(
                name,
                value if measure.value is not None else "one value only",
                str(measure.n),
                str(measure.documents),
            )
    return table


def _breakdown(report: Report, breakdown: str, granularity: str) -> Table:
    title = f"F1 by {breakdown}, {granularity}"
    table = _table(title, breakdown, "layer", "F1", "precision", "recall", "units", "documents")
    found = sorted(report.groups(breakdown, granularity), key=lambda m: (m.group or ("", ""))[1])
    for measure in found:
        counts = measure.counts
        rates = [_value(counts.precision), _value(counts.recall)] if counts else [NONE, NONE]
        name = measure.group[1] if measure.group else NONE
        sizes = [str(measure.n), str(measure.documents)]
        table.add_row(name, measure.layer, _with_interval(measure), *rates, *sizes)
    return table


def _kinds(report: Report) -> Table:
    from builder.iaa.disagreement import KINDS

    table = _table("disagreements", "kind", "number", "edges only", "lowers")
    for kind, number in report.kinds().items():
        if number:
            edges = str(report.study.edges[kind] or "")
            table.add_row(kind, str(number), edges, ", ".join(KINDS[kind]))
    return table


def _notes(report: Report) -> None:
    from builder.iaa.marks import LAYERS

    study, say = report.study, talk()
    trimmed = study.trimming
    gains = ", ".join(f"{number} of {layer}" for layer, number in report.edge_gains().items())
    changed = f"edge normalisation changed {trimmed.changed} of {trimmed.mentions} mentions"
    say.print(
        f"{changed}; pairs that match because of it: {gains or 'none'}",
        markup=False,
        soft_wrap=True,
    )
    without = [layer for layer in LAYERS if report.overall("f1", layer, "exact") is None]
    if without:
        say.print(f"nobody marked anything on: {', '.join(without)}", markup=False)
    for what, number in sorted(study.alone.items()):
        say.print(f"not compared: {number} documents with {what}", markup=False)
    for state, number in sorted(study.left_out.items()):
        say.print(f"not compared: {number} answers that are {state}", markup=False)
    if report.measures:
        say.print(f"as in {report.measures[0].signature}", markup=False, soft_wrap=True)
        say.print("`--json` has the signature of each number", markup=False)
    if study.kinds and not study.disagreements:
        say.print("`--disagreements` lists each disagreement with its tasks", markup=False)


def _table(title: str, *headings: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _with_interval(measure: Measure | None) -> str:
    if measure is None or measure.value is None:
        return NONE
    if measure.interval is None:
        return _value(measure.value)
    low, high = measure.interval
    return f"{_value(measure.value)} [{_value(low)}, {_value(high)}]"


def _value(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"

"""Agreement corrected for chance: alpha by variable, and alpha for unitizing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.iaa.alpha import alpha, alphas, row, total
from builder.iaa.matched import FLAG
from builder.iaa.measure import Measure, signature
from builder.iaa.placement import NOTHING, PLACEMENTS
from builder.iaa.unitizing import Disagreement, unitizing_alpha

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.iaa.alpha import Coincidences
    from builder.iaa.measure import Setting
    from builder.iaa.study import Study
    from builder.iaa.unitizing import Unitizing


def alpha_measures(study: Study, setting: Setting) -> Iterator[Measure]:
    """Yield Krippendorff's alpha for types, roles, each attribute, and span placement."""
    places = {doc_id: place for place, doc_id in enumerate(study.documents)}
    for variable in sorted(study.coincidences, key=_variable_order):
        # Sums of fractions: in one order, so that no last digit depends on the input's.
        by_document = {d: c for d, c in sorted(study.coincidences[variable].items()) if c.units}
        whole = total(by_document.values())
        categories = sorted(whole.values)
        if categories == [NOTHING]:
            continue  # nobody marked any: the note on empty layers says so
        interval = setting.bootstrap.interval(
            [places[doc_id] for doc_id in by_document],
            [row(found, categories) for found in by_document.values()],
            alphas,
        )
        value = alpha(whole)
        yield Measure(
            metric="alpha",
            layer=variable,
            granularity=None,
            group=None,
            value=value,
            interval=interval if value is not None else None,
            n=sum(whole.values.values()),
            documents=len(by_document),
            signature=_alpha_signature(variable, whole, setting, len(by_document)),
        )


def unitizing_measures(study: Study, setting: Setting) -> Iterator[Measure]:
    """Yield alpha for unitizing of triggers by type and arguments by role, where spans lie.

    It is defined for a fixed number of observers; here each pair is a study of
    its own, and pairs weigh as much as the text they share. No interval: the
    expected disagreement belongs to all documents at once.
    """
    for placement in PLACEMENTS:
        studies = [study.continua[pair][placement] for pair in sorted(study.continua)]
        layer, number = f"{placement} spans", sum(pair.marked for pair in studies)
        yield Measure(
            metric="alpha-unitizing",
            layer=layer,
            granularity=None,
            group=None,
            value=unitizing_alpha(part for pair in studies for part in _weighed(pair)),
            interval=None,
            n=number,
            documents=len(study.documents),
            signature=signature(
                "alpha-unitizing",
                layer.replace(" ", "-"),
                distance="characters",
                pairs=len(studies),
                documents=len(study.documents),
                n=number,
                **setting.source,
            ),
        )


def _weighed(study: Unitizing) -> Iterator[Disagreement]:
    """Yield the disagreements of one pair's study, weighed by the text they share."""
    for found in study.disagreements().values():
        yield Disagreement(found.observed * study.length, found.expected * study.length)


def _alpha_signature(variable: str, whole: Coincidences, setting: Setting, documents: int) -> str:
    unit = "matched"
    if variable.removesuffix(" tokens") in PLACEMENTS:
        unit = "token"
    elif variable.startswith(FLAG):
        unit = "document"
    return signature(
        "alpha",
        variable.replace(" ", "-"),
        level="nominal",
        unit=unit,
        missing="unmarked" if unit == "matched" else "unanswered",
        documents=documents,
        units=whole.units,
        n=sum(whole.values.values()),
        interval=f"bootstrap-documents,{setting.draws}",
        **setting.source,
    )


def _variable_order(variable: str) -> tuple[int, str]:
    first = ("type", "role", *(f"{placement} tokens" for placement in PLACEMENTS))
    return first.index(variable) if variable in first else len(first), variable

"""From counts to numbers: F1 by layer and group, alpha by variable, each with its interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from builder.iaa.alpha import alpha, alphas, row, total
from builder.iaa.bootstrap import Bootstrap
from builder.iaa.granularity import GRANULARITIES
from builder.iaa.marks import LAYERS
from builder.iaa.matched import FLAG
from builder.iaa.measure import Measure, signature
from builder.iaa.placement import NOTHING, PLACEMENTS
from builder.iaa.tally import Counts
from builder.iaa.unitizing import (
    Continuum,
    Disagreement,
    category_disagreements,
    unitizing_alpha,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.iaa.alpha import Coincidences
    from builder.iaa.bootstrap import Floats
    from builder.iaa.study import Study
    from builder.iaa.tally import Tally

Group = tuple[str, str]
Bucket = tuple[str, int, Group | None]
"""Layer, place of the granularity, and group; None for everything."""

BREAKDOWNS = ("event type", "role", "attribute", "annotators", "week", "source", "shown", "flag")
ALIGNMENT = "trigger-overlap,type,arguments"


@dataclass(frozen=True, slots=True)
class Setting:
    """What every signature names: the draws, and the input that the numbers are of."""

    bootstrap: Bootstrap
    source: Mapping[str, str]

    @property
    def draws(self) -> str:
        """Replicates and seed, as a signature has them."""
        return f"{self.bootstrap.replicates}@{self.bootstrap.seed}"


def f1_measures(study: Study, setting: Setting) -> Iterator[Measure]:
    """Yield F1 for each layer and granularity, of everything and of each group.

    A unit belongs to the group of its own side, so within a group precision
    and recall can have different numerators.
    """
    buckets = _buckets(study)
    for layer in LAYERS:
        for granularity in range(len(GRANULARITIES)):
            groups = [b[2] for b in buckets if b[0] == layer and b[1] == granularity]
            for group in sorted(groups, key=_group_order):
                yield _f1(buckets, (layer, granularity, group), setting)


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
        layer, number = f"{placement} spans", sum(map(_units, studies))
        yield Measure(
            metric="alpha-unitizing",
            layer=layer,
            granularity=None,
            group=None,
            value=unitizing_alpha(part for continua in studies for part in _weighed(continua)),
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


def _weighed(continua: Sequence[Continuum]) -> Iterator[Disagreement]:
    """Yield the disagreements of one pair's study, weighed by the text they share."""
    length = sum(continuum.length for continuum in continua)
    for found in category_disagreements(continua).values():
        yield Disagreement(found.observed * length, found.expected * length)


def _units(continua: Sequence[Continuum]) -> int:
    return sum(len(spans) for c in continua for own in c.observers for spans in own.values())


def _buckets(study: Study) -> dict[Bucket, dict[int, Counts]]:
    """Sum the counts of each layer, granularity and group by document."""
    places = {doc_id: place for place, doc_id in enumerate(study.documents)}
    buckets: dict[Bucket, dict[int, Counts]] = defaultdict(lambda: defaultdict(Counts))
    for tally in study.tallies:
        layers: dict[tuple[str, int], Counts] = defaultdict(Counts)
        place = places[tally.doc_id]
        for (layer, event_type, name), cell in tally.cells.items():
            groups = list(_cell_groups(layer, event_type, name))
            for granularity, counts in enumerate(cell):
                layers[layer, granularity].add(counts)
                for group in groups:
                    buckets[layer, granularity, group][place].add(counts)
        for (layer, granularity), counts in layers.items():
            for whole in (None, *_tally_groups(tally)):
                buckets[layer, granularity, whole][place].add(counts)
    return buckets


def _cell_groups(layer: str, event_type: str, name: str) -> Iterator[Group]:
    if event_type:
        yield "event type", event_type
    if layer in {"argument", "role"}:
        yield "role", name
    if layer == "attribute":
        yield "attribute", name
    if layer == "flag":
        yield "flag", name


def _tally_groups(tally: Tally) -> Iterator[Group]:
    yield "annotators", " - ".join(tally.annotators)
    yield "week", tally.week
    yield "source", tally.source
    yield "shown", tally.shown


def _f1(
    buckets: Mapping[Bucket, Mapping[int, Counts]], bucket: Bucket, setting: Setting
) -> Measure:
    layer, granularity, group = bucket
    by_document = buckets[bucket]
    whole = Counts()
    for counts in by_document.values():
        whole.add(counts)
    interval = setting.bootstrap.interval(
        list(by_document), [(c.matched, c.units) for c in by_document.values()], shares
    )
    return Measure(
        metric="f1",
        layer=layer,
        granularity=GRANULARITIES[granularity],
        group=group,
        value=whole.f1,
        interval=interval,
        n=whole.units,
        documents=len(by_document),
        signature=signature(
            "f1",
            layer,
            match=GRANULARITIES[granularity],
            group="=".join(group).replace(" ", "-") if group else None,
            align=ALIGNMENT,
            average="micro",
            documents=len(by_document),
            n=whole.units,
            interval=f"bootstrap-documents,{setting.draws}" if interval else None,
            **setting.source,
        ),
        counts=whole,
    )


def shares(sums: Floats) -> Floats:
    """Return the first count of each row over the second, NaN for none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = sums[:, 0] / sums[:, 1]
    return found


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


def _group_order(group: Group | None) -> tuple[int, str]:
    if group is None:
        return -1, ""
    return BREAKDOWNS.index(group[0]), group[1]


def _variable_order(variable: str) -> tuple[int, str]:
    first = ("type", "role", *(f"{placement} tokens" for placement in PLACEMENTS))
    return first.index(variable) if variable in first else len(first), variable

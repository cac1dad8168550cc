"""F1 by layer and group, summed over documents and pairs, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.iaa.bootstrap import shares
from builder.iaa.bucket import BREAKDOWNS
from builder.iaa.granularity import GRANULARITIES
from builder.iaa.marks import LAYERS
from builder.iaa.measure import Measure, signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.iaa.bucket import Bucket, Group
    from builder.iaa.measure import Setting
    from builder.iaa.study import Study

ALIGNMENT = "trigger-overlap,type,arguments"


def f1_measures(study: Study, setting: Setting) -> Iterator[Measure]:
    """Yield F1 for each layer and granularity, of everything and of each group.

    A unit belongs to the group of its own side, so within a group precision
    and recall can have different numerators.
    """
    for layer in LAYERS:
        for granularity in range(len(GRANULARITIES)):
            groups = [b[2] for b in study.columns if b[0] == layer and b[1] == granularity]
            for group in sorted(groups, key=_group_order):
                yield _f1(study, (layer, granularity, group), setting)


def _f1(study: Study, bucket: Bucket, setting: Setting) -> Measure:
    layer, granularity, group = bucket
    column = study.columns[bucket]
    whole, number = column.whole, len(column.places)
    interval = setting.bootstrap.interval(
        [study.ranks[place] for place in column.places],
        list(zip(column.matched, column.units, strict=True)),
        shares,
    )
    return Measure(
        metric="f1",
        layer=layer,
        granularity=GRANULARITIES[granularity],
        group=group,
        value=whole.f1,
        interval=interval,
        n=whole.units,
        documents=number,
        signature=signature(
            "f1",
            layer,
            match=GRANULARITIES[granularity],
            group="=".join(group).replace(" ", "-") if group else None,
            align=ALIGNMENT,
            average="micro",
            documents=number,
            n=whole.units,
            interval=f"bootstrap-documents,{setting.draws}" if interval else None,
            **setting.source,
        ),
        counts=whole,
    )


def _group_order(group: Group | None) -> tuple[int, str]:
    if group is None:
        return -1, ""
    return BREAKDOWNS.index(group[0]), group[1]

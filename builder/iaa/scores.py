"""F1 by layer and group, summed over documents and pairs, with intervals."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from builder.iaa.bootstrap import shares
from builder.iaa.granularity import GRANULARITIES
from builder.iaa.marks import LAYERS
from builder.iaa.measure import Measure, signature
from builder.iaa.tally import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.iaa.measure import Setting
    from builder.iaa.study import Study
    from builder.iaa.tally import Tally

Group = tuple[str, str]
Bucket = tuple[str, int, Group | None]
"""Layer, place of the granularity, and group; None for everything."""

BREAKDOWNS = ("event type", "role", "attribute", "annotators", "week", "source", "shown", "flag")
ALIGNMENT = "trigger-overlap,type,arguments"


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


def _group_order(group: Group | None) -> tuple[int, str]:
    if group is None:
        return -1, ""
    return BREAKDOWNS.index(group[0]), group[1]

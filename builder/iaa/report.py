"""A whole project's agreement, ready to be shown or written as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from builder.iaa.bootstrap import REPLICATES, SEED, Bootstrap
from builder.iaa.chance import alpha_measures, unitizing_measures
from builder.iaa.disagreement import KINDS
from builder.iaa.marks import LAYERS
from builder.iaa.measure import Measure, Setting
from builder.iaa.scores import f1_measures
from builder.iaa.study import Study

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Report:
    """Every number of a study, beside the study itself."""

    study: Study
    setting: Setting
    measures: tuple[Measure, ...]

    def overall(self, metric: str, layer: str, granularity: str | None = None) -> Measure | None:
        """Return the number that is not broken down, None when the layer has no unit."""
        found = (
            m
            for m in self.measures
            if (m.metric, m.layer, m.granularity, m.group) == (metric, layer, granularity, None)
        )
        return next(found, None)

    def groups(self, breakdown: str, granularity: str) -> list[Measure]:
        """Return the numbers of one breakdown at one granularity."""
        return [
            m
            for m in self.measures
            if m.granularity == granularity and m.group and m.group[0] == breakdown
        ]

    def edge_gains(self) -> dict[str, int]:
        """Return how many pairs of each layer are the same only without their edges."""
        gains = {}
        for layer in LAYERS:
            exact, edge = (self.overall("f1", layer, match) for match in ("exact", "edge"))
            if exact and edge and exact.counts and edge.counts:
                gains[layer] = edge.counts.matched_first - exact.counts.matched_first
        return {layer: number for layer, number in gains.items() if number}

    def kinds(self) -> dict[str, int]:
        """Return how many disagreements there are of each kind."""
        return {kind: self.study.kinds[kind] for kind in KINDS}

    def facts(self) -> dict[str, Any]:
        """Return everything as plain values for JSON."""
        study = self.study
        return {
            "documents": len(study.documents),
            "pairs": len(study.pairs),
            "annotators": len({name for pair in study.pairs for name in pair}),
            "not_compared": dict(sorted(study.alone.items())),
            "left_out": dict(sorted(study.left_out.items())),
            "edge_normalisation": {**asdict(study.trimming), "pairs_gained": self.edge_gains()},
            "measures": [measure.facts() for measure in self.measures],
            "disagreements": self.kinds(),
        }


def report(
    study: Study,
    source: Mapping[str, str],
    *,
    replicates: int = REPLICATES,
    seed: int = SEED,
) -> Report:
    """Compute every number of a study; `source` names its input in the signatures."""
    bootstrap = Bootstrap(len(study.documents), replicates, seed)
    setting = Setting(bootstrap, source)
    measures = (
        *f1_measures(study, setting),
        *alpha_measures(study, setting),
        *unitizing_measures(study, setting),
    )
    return Report(study, setting, measures)

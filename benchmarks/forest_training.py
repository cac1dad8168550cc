"""Fit the small forests of decision trees that `builder/articles/lines/forest.py` sums.

Needs the extra `bench` (lightgbm); the same rows give the same forest on one machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import lightgbm
import numpy as np

from builder.articles.lines.forest import Forest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COMMON = {
    "objective": "binary",
    "feature_fraction": 0.35,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "max_bin": 63,
    "seed": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}


def fitted_forest(
    rows: NDArray[np.float32],
    labels: NDArray[Any],
    weights: NDArray[np.float64],
    shape: dict[str, float],
    trees: int,
    *,
    odds: NDArray[np.float64] | None = None,
) -> Forest:
    """Return a forest fitted to the labels, or to what `odds` leave unexplained of them."""
    data = lightgbm.Dataset(rows, labels, weight=weights / weights.mean(), init_score=odds)
    booster = lightgbm.train({**COMMON, **shape}, data, trees)
    return _forest([tree["tree_structure"] for tree in booster.dump_model()["tree_info"]])


def _forest(trees: Sequence[dict[str, Any]]) -> Forest:
    nodes: list[tuple[int, float, int, float]] = []
    roots, depths = [], []
    for tree in trees:
        roots.append(len(nodes))
        nodes.append((0, np.inf, 0, 0.0))
        depths.append(_place(tree, roots[-1], nodes))
    trait, limit, low, value = zip(*nodes, strict=True)
    return Forest(
        np.array(roots, np.int32),
        np.array(trait, np.int16),
        np.array(limit, np.float32),
        np.array(low, np.int32),
        np.array(value, np.float32),
        max(depths),
    )


def _place(tree: dict[str, Any], at: int, nodes: list[tuple[int, float, int, float]]) -> int:
    """Put a tree's nodes behind each other, two children side by side; return its depth."""
    if "leaf_value" in tree:
        nodes[at] = (0, np.inf, at, tree["leaf_value"])
        return 0
    low = len(nodes)
    nodes += [(0, np.inf, low, 0.0), (0, np.inf, low + 1, 0.0)]
    nodes[at] = (tree["split_feature"], _below(tree["threshold"]), low, 0.0)
    return 1 + max(
        _place(tree["left_child"], low, nodes), _place(tree["right_child"], low + 1, nodes)
    )


def _below(limit: float) -> float:
    """Return the largest 32-bit number not above a limit, so that rows fall as in training."""
    near = np.float32(limit)
    return float(near if near <= limit else np.nextafter(near, np.float32(-np.inf)))

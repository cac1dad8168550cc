"""A forest of small decision trees as plain arrays, and its sum over rows of traits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping


ARRAYS = ("roots", "trait", "limit", "low", "value")
_ROWS = 256  # rows at a time, so that a page of any length needs little memory


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees whose nodes lie in common arrays.

    A row goes from node to `low`, or to the node after it when its `trait` is
    above `limit`; a leaf leads to itself. `depth` steps reach a leaf from
    every root.
    """

    roots: NDArray[np.int32]
    trait: NDArray[np.int16]
    limit: NDArray[np.float32]
    low: NDArray[np.int32]
    value: NDArray[np.float32]
    depth: int

    def sums(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the sum of the trees' leaves for each row."""
        parts = [self._sums(rows[at : at + _ROWS]) for at in range(0, len(rows), _ROWS)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _sums(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        cells = np.ascontiguousarray(rows).ravel()
        start = np.arange(len(rows), dtype=np.int32)[:, None] * np.int32(rows.shape[1])
        at = np.tile(self.roots, (len(rows), 1))
        for _ in range(self.depth):
            above = cells.take(start + self.trait.take(at)) > self.limit.take(at)
            at = self.low.take(at) + above
        total: NDArray[np.float64] = self.value.take(at).sum(axis=1, dtype=np.float64)
        return total


def forest_arrays(forest: Forest, name: str) -> dict[str, NDArray[Any]]:
    """Return the forest's arrays under `name`, as `read_forest` takes them."""
    arrays = {f"{name}_{part}": getattr(forest, part) for part in ARRAYS}
    return {**arrays, f"{name}_depth": np.array(forest.depth)}


def read_forest(arrays: Mapping[str, NDArray[Any]], name: str) -> Forest:
    """Return the forest that `forest_arrays` spelled under `name`."""
    parts = {part: arrays[f"{name}_{part}"] for part in ARRAYS}
    return Forest(**parts, depth=int(arrays[f"{name}_depth"]))

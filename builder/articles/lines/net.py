"""Small convolutional nets over the lines of a page, as plain arrays, and what they say.

A forest sees a line with its near neighbours; a net sees a line in the order
of the page: each layer looks at a line, one above and one below, from ever
farther, and after the middle layer at the page as a whole. Nets of several
seeds lie side by side in the same arrays, the seed first, and their log-odds
are averaged. Of words only the hashes of those that many sites print have
weights.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.articles.lines.trait import Matrix

    # 64 bits, so that how a machine orders its sums cannot change what a page becomes.
    Layer = NDArray[np.float64]

REACH = (1, 2, 4, 8, 16)
"""How far from a line each layer looks; the page as a whole is seen after the middle one."""

LIMIT = 4.0
"""Deviations beyond which a trait says no more."""

_TINY = 1e-5  # what torch adds to a variance
_PIECE = 64  # lines; products so small stay on one core, where two cost three times as much
_ROOT = np.sqrt(2 / np.pi)


@dataclass(frozen=True, slots=True)
class Nets:
    """The weights: `known` rises; every array but the first three has the seed first."""

    known: NDArray[np.uint32]
    mean: Layer
    scale: Layer
    words: Layer
    enter: Layer
    enter_bias: Layer
    norms: Layer
    norms_bias: Layer
    turns: Layer
    turns_bias: Layer
    page: Layer
    page_bias: Layer
    last_norm: Layer
    last_norm_bias: Layer
    inner: Layer
    inner_bias: Layer
    leave: Layer
    leave_bias: Layer

    def odds(self, traits: Matrix, said: Sequence[Sequence[int]]) -> Layer:
        """Return the mean log-odds of each line to be body, by its traits and its hashes."""
        shown = np.clip((traits - self.mean) / self.scale, -LIMIT, LIMIT)
        spoken = self._spoken(said)
        seeds = len(spoken)
        shown = np.broadcast_to(shown, (seeds, *shown.shape))
        lines = _times(np.concatenate([shown, spoken], axis=2), self.enter) + self.enter_bias
        for at, reach in enumerate(REACH):
            normal = _normal(lines, self.norms[:, at], self.norms_bias[:, at])
            lines += _turned(_bent(normal), self.turns[:, at], reach) + self.turns_bias[:, at]
            if at == len(REACH) // 2:
                whole = np.concatenate([lines.mean(1), lines.max(1)], axis=1)[:, None]
                lines += whole @ self.page + self.page_bias
        last = _bent(_normal(lines, self.last_norm, self.last_norm_bias))
        inner = _bent(_times(last, self.inner) + self.inner_bias)
        leaving = _times(inner, self.leave) + self.leave_bias
        found: Layer = leaving[:, :, 0].mean(axis=0)
        return found

    def _spoken(self, said: Sequence[Sequence[int]]) -> Layer:
        """Sum what is known of each line's hashes, over the root of their number."""
        at, line = known_words(self.known, said)
        counts = np.bincount(line, minlength=len(said))
        sums = np.zeros((len(self.words), len(said), self.words.shape[2]))
        if len(at):
            spoken = np.flatnonzero(counts)
            first = np.cumsum(counts)[spoken] - counts[spoken]
            sums[:, spoken] = np.add.reduceat(self.words[:, at], first, axis=1)
        found: Layer = sums / np.sqrt(np.maximum(counts, 1))[:, None]
        return found


def known_words(
    known: NDArray[np.uint32], said: Sequence[Sequence[int]]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the hashes of the lines stand in `known`, and the line of each that does."""
    flat = np.array([number for line in said for number in line], np.uint32)
    line = np.repeat(np.arange(len(said)), [len(numbers) for numbers in said])
    at = np.minimum(np.searchsorted(known, flat), len(known) - 1)
    found = known[at] == flat
    return at[found], line[found]


def net_arrays(nets: Nets) -> dict[str, NDArray[Any]]:
    """Return the weights under their names, as `read_nets` takes them."""
    exact = {"known": nets.known, "mean": np.float32(nets.mean), "scale": np.float32(nets.scale)}
    names = [field.name for field in fields(Nets) if field.name not in exact]
    small = {name: getattr(nets, name).astype(np.float16) for name in names}
    return {f"net_{name}": array for name, array in {**exact, **small}.items()}


def read_nets(arrays: Mapping[str, NDArray[Any]]) -> Nets:
    """Return the nets that `net_arrays` spelled."""
    found = {field.name: arrays[f"net_{field.name}"] for field in fields(Nets)}
    known = found.pop("known")
    return Nets(known, **{name: array.astype(np.float64) for name, array in found.items()})


def _bent(values: Layer) -> Layer:
    """Return the Gaussian error linear unit, by its usual approximation.

    Source: Hendrycks and Gimpel 2016, arXiv:1606.08415.
    """
    slope = np.tanh(_ROOT * (values + 0.044715 * values * values * values))
    found: Layer = 0.5 * values * (1 + slope)
    return found


def _normal(lines: Layer, weight: Layer, bias: Layer) -> Layer:
    """Bring each line's numbers to mean 0 and deviation 1, then weigh them."""
    moved = lines - lines.mean(axis=2, keepdims=True)
    deviation = np.sqrt((moved * moved).mean(axis=2, keepdims=True) + _TINY)
    found: Layer = moved / deviation * weight + bias
    return found


def _turned(lines: Layer, weights: Layer, reach: int) -> Layer:
    """Sum the weighted line `reach` above, the line itself, and the one `reach` below."""
    found = _times(lines, weights[:, 1])
    if reach < lines.shape[1]:
        found[:, reach:] += _times(lines[:, :-reach], weights[:, 0])
        found[:, :-reach] += _times(lines[:, reach:], weights[:, 2])
    return found


def _times(lines: Layer, weights: Layer) -> Layer:
    """Multiply each line by the weights, some lines at a time."""
    pieces = range(0, lines.shape[1], _PIECE)
    return np.concatenate([lines[:, at : at + _PIECE] @ weights for at in pieces], axis=1)

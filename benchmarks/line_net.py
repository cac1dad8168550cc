"""The net over lines as it is trained, and how it becomes the arrays that the package runs.

`builder/articles/lines/net.py` says what it does; this says the same in torch,
for many pages at once. Needs the extra `nets`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from builder.articles.lines.net import REACH, Nets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WORD, WIDTH = 16, 48  # numbers for a word, and for a line
HIDDEN = 0.3  # share of a layer that is hidden in each step


class Batch(NamedTuple):
    """Some pages side by side, filled up to the longest; `real` tells which lines are none."""

    traits: torch.Tensor
    words: torch.Tensor
    ends: torch.Tensor
    shares: torch.Tensor
    real: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor


class LineNet(torch.nn.Module):
    """The net as it is trained; `builder/articles/lines/net.py` says what it does."""

    def __init__(self, traits: int, words: int) -> None:
        super().__init__()
        self.words = torch.nn.EmbeddingBag(words, WORD, mode="sum", include_last_offset=True)
        torch.nn.init.normal_(self.words.weight, std=0.05)
        self.enter = torch.nn.Linear(traits + WORD, WIDTH)
        self.norms = torch.nn.ModuleList(torch.nn.LayerNorm(WIDTH) for _ in REACH)
        self.turns = torch.nn.ModuleList(
            torch.nn.Conv1d(WIDTH, WIDTH, 3, dilation=by, padding=by) for by in REACH
        )
        self.page = torch.nn.Linear(2 * WIDTH, WIDTH)
        self.last_norm = torch.nn.LayerNorm(WIDTH)
        self.inner = torch.nn.Linear(WIDTH, WIDTH)
        self.leave = torch.nn.Linear(WIDTH, 1)
        self.hide = torch.nn.Dropout(HIDDEN)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the log-odds of every line."""
        spoken = self.words(batch.words, batch.ends) * batch.shares[:, None]
        full = torch.zeros(batch.real.numel(), WORD)
        full[batch.real.view(-1)] = spoken
        lines = torch.cat([batch.traits, full.view(*batch.real.shape, -1)], 2)
        real = batch.real[:, :, None].float()
        lines = self.enter(lines) * real
        for at, (norm, turn) in enumerate(zip(self.norms, self.turns, strict=True)):
            turned = turn((_bent(norm(lines)) * real).transpose(1, 2)).transpose(1, 2)
            lines = (lines + self.hide(turned)) * real
            if at == len(REACH) // 2:
                most = (lines - 1e4 * (1 - real)).max(1).values
                whole = torch.cat([lines.sum(1) / real.sum(1), most], 1)
                lines = (lines + self.page(whole)[:, None]) * real
        last = self.hide(_bent(self.last_norm(lines)))
        return self.leave(_bent(self.inner(last))).squeeze(2)


def joined(
    known: NDArray[np.uint32],
    mean: NDArray[np.float32],
    scale: NDArray[np.float32],
    nets: Sequence[LineNet],
) -> Nets:
    """Return the weights of all nets side by side, as lines are multiplied by them."""
    parts = [_weights(net) for net in nets]
    side = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
    return Nets(known, mean, scale, **side)


@torch.no_grad()
def _weights(net: LineNet) -> dict[str, NDArray[np.float32]]:
    found = {"words": net.words.weight}
    for name in ("enter", "page", "inner", "leave"):
        layer = getattr(net, name)
        found |= {name: layer.weight.T, f"{name}_bias": layer.bias[None]}
    found |= {"last_norm": net.last_norm.weight[None], "last_norm_bias": net.last_norm.bias[None]}
    found["norms"] = torch.stack([norm.weight[None] for norm in net.norms])
    found["norms_bias"] = torch.stack([norm.bias[None] for norm in net.norms])
    found["turns"] = torch.stack([turn.weight.permute(2, 1, 0) for turn in net.turns])
    found["turns_bias"] = torch.stack([turn.bias[None] for turn in net.turns])
    return {name: value.numpy().copy() for name, value in found.items()}


def _bent(values: torch.Tensor) -> torch.Tensor:
    return functional.gelu(values, approximate="tanh")

"""Fit the convolutional nets over lines that `builder/articles/lines/net.py` runs.

Needs the extra `nets` (torch); the same examples give the same weights on one
machine. What a net must not do is know the pages by heart: a word has weights
only when many sites print it, most words of a line are hidden in each step,
and lines and whole blocks are left out of the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from line_net import Batch, LineNet, joined
from numpy.typing import NDArray
from torch.nn import functional

from builder.articles.lines.net import LIMIT, known_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from line_training import Example

    from builder.articles.lines.net import Nets


SITES = 20  # from which a word has weights
ROUNDS = 8
RATE = 3e-3
WARM = 100  # steps until the full rate
HIDDEN_WORDS, LEFT_OUT = 0.6, 0.15  # shares hidden in each step
BLOCK = 0.3  # how often a whole block of lines is left out
DECAY, WORD_DECAY = 0.01, 0.1
LONGEST = 600  # lines of a page that are looked at in one step
TOGETHER = 4000  # lines in a step


class Rows(NamedTuple):
    """A page's lines, or some: traits, places of words, how many a line has, labels, weights."""

    traits: NDArray[np.float32]
    words: NDArray[np.intp]
    counts: NDArray[np.intp]
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]

    def at(self, lines: NDArray[np.intp]) -> Rows:
        """Return some lines in their order; they weigh together what all did."""
        chosen = np.zeros(len(self.traits), bool)
        chosen[lines] = True
        weights = self.weights[chosen] * self.weights.sum()
        return Rows(
            self.traits[chosen],
            self.words[np.repeat(chosen, self.counts)],
            self.counts[chosen],
            self.labels[chosen],
            weights / max(float(self.weights[chosen].sum()), 1e-9),
        )


@dataclass(frozen=True, slots=True)
class View:
    """What the nets make of a page: words that have weights, and how traits are brought to size."""

    known: NDArray[np.uint32]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]

    def rows(self, example: Example) -> Rows:
        """Return an example as rows."""
        at, line = known_words(self.known, example.said)
        shown = np.clip((example.traits - self.mean) / self.scale, -LIMIT, LIMIT)
        return Rows(
            shown.astype(np.float32),
            at,
            np.bincount(line, minlength=len(example.lines)),
            example.labels.astype(np.float32),
            example.weights.astype(np.float32),
        )


def fitted_nets(examples: Sequence[Example], seeds: Sequence[int]) -> Nets:
    """Return nets fitted to the examples, one for each seed."""
    torch.set_num_threads(1)  # sums in one order: the same bytes again
    whole = np.concatenate([example.traits for example in examples if example.whole])
    view = View(_known(examples), whole.mean(0), whole.std(0) + 1e-3)
    rows = [view.rows(example) for example in examples]
    return joined(
        view.known, view.mean, view.scale, [_fitted(rows, len(view.known), seed) for seed in seeds]
    )


def _known(examples: Sequence[Example]) -> NDArray[np.uint32]:
    """Return the hashes that many sites print, rising."""
    sites: dict[str, set[int]] = {}
    for example in examples:
        if example.whole:
            sites.setdefault(example.page.site, set()).update(*example.said)
    printed = np.concatenate([np.array([*said], np.uint32) for said in sites.values()])
    numbers, counts = np.unique(printed, return_counts=True)
    return numbers[counts >= SITES]


def _fitted(rows: Sequence[Rows], words: int, seed: int) -> LineNet:
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    net = LineNet(rows[0].traits.shape[1], words)
    others = [value for name, value in net.named_parameters() if not name.startswith("words")]
    groups = [
        {"params": [net.words.weight], "weight_decay": WORD_DECAY},
        {"params": others, "weight_decay": DECAY},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE)
    steps = ROUNDS * len(list(_steps(rows, np.random.default_rng(seed))))
    step = 0
    for _ in range(ROUNDS):
        for pages in _steps(rows, chance):
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(1, step / WARM + 0.05) * _cooled(step / steps)
            batch = _batch(pages, chance)
            missed = functional.binary_cross_entropy_with_logits(
                net(batch), batch.labels, reduction="none"
            )
            optimizer.zero_grad()
            ((missed * batch.weights).sum() / batch.weights.sum()).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            step += 1
    return net


def _cooled(done: float) -> float:
    return 0.5 * (1 + float(np.cos(np.pi * min(done, 1.0)))) + 1e-4


def _steps(rows: Sequence[Rows], chance: np.random.Generator) -> Iterator[list[Rows]]:
    """Yield the pages of each step, none whole, those of about one length together."""
    shown = [_window(_thinned(page, chance), chance) for page in rows]
    lengths = [len(page.traits) + chance.normal() * 10 for page in shown]
    steps: list[list[Rows]] = [[]]
    for at in np.argsort(lengths):
        if len(steps[-1]) * len(shown[at].traits) >= TOGETHER:
            steps.append([])
        steps[-1].append(shown[at])
    yield from (steps[at] for at in chance.permutation(len(steps)))


def _thinned(page: Rows, chance: np.random.Generator) -> Rows:
    n = len(page.traits)
    kept = chance.random(n) > LEFT_OUT
    if chance.random() < BLOCK:
        start = chance.integers(n)
        kept[start : start + chance.integers(1, n // 4 + 2)] = False
    return page.at(np.flatnonzero(kept)) if kept.sum() > 1 else page


def _window(page: Rows, chance: np.random.Generator) -> Rows:
    over = len(page.traits) - LONGEST
    start = int(chance.integers(over + 1)) if over > 0 else 0
    return page.at(np.arange(start, start + LONGEST)) if over > 0 else page


def _batch(pages: Sequence[Rows], chance: np.random.Generator) -> Batch:
    size = max(len(page.traits) for page in pages)
    words = np.concatenate([page.words for page in pages])
    counts = np.concatenate([page.counts for page in pages])
    kept = chance.random(len(words)) > HIDDEN_WORDS
    counts = np.bincount(np.repeat(np.arange(len(counts)), counts)[kept], minlength=len(counts))
    shares = (1 / np.sqrt(np.maximum(counts, 1))).astype(np.float32)
    real = np.arange(size) < np.array([len(page.traits) for page in pages])[:, None]

    def filled(parts: Sequence[NDArray[np.float32]]) -> torch.Tensor:
        found = np.zeros((*real.shape, *parts[0].shape[1:]), np.float32)
        found[real] = np.concatenate(parts)
        return torch.from_numpy(found)

    return Batch(
        filled([page.traits for page in pages]),
        torch.from_numpy(words[kept]),
        torch.from_numpy(np.concatenate([[0], np.cumsum(counts)])),
        torch.from_numpy(shares),
        torch.from_numpy(real),
        filled([page.labels for page in pages]),
        filled([page.weights for page in pages]),
    )

"""What a model sees of each block of a web page, at a first look and at a second.

At first: its text, its place, its elements, its neighbours, and what the
witnesses took. Then what the first verdict says of blocks of its kind and of
those around it: so a section is kept whole, or is not, where a witness broke off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from builder.articles.webpages.hint import hint_traits
from builder.articles.webpages.kin import groups, kin, sums
from builder.articles.webpages.text import ENDS, LINKS, PROSE, WORDS, text_traits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from builder.articles.webpages.kin import Kin, Numbers
    from builder.articles.webpages.markup import Block

    Matrix = NDArray[np.float32]

_HALF = 0.5  # share of a block from which it counts as taken
_LONG = 80  # characters from which a block without links is likely prose
_WIDE, _WIDEST = 4, 12  # blocks to each side
_SUREST = 6.0  # log-odds beyond which a verdict is as good as certain
_FARTHEST = 20  # blocks
_LEAST = 10  # characters that the shortest block counts for


def first_look(
    blocks: Sequence[Block], words: Sequence[str], taken: Sequence[float], told: Sequence[float]
) -> tuple[Matrix, Kin]:
    """Return a row of numbers for each block, and the groups that the blocks are in.

    `taken` is how much of each block the library took, `told` how much of it
    stands in the text that the page's own structured data give.
    """
    same = kin(blocks)
    texts = text_traits(blocks, words)
    shares = np.stack([taken, told]).astype(np.float32)
    near = np.hstack([shares.T, texts[:, [PROSE, WORDS, LINKS, ENDS]]])
    size = np.array([len(text) for text in words], float)
    free = np.array([not block.linked for block in blocks], bool)
    kept = [size * (shares[0] > _HALF), size * (free & (size > _LONG))]
    rows: list[NDArray[Any]] = [
        shares.T, texts, _repeats(words), *_kept_shares(same, size, kept), hint_traits(blocks),
        *_places(texts, shares), around(near),
    ]  # fmt: skip
    return np.hstack(rows).astype(np.float32), same


def with_words(rows: Matrix, scores: NDArray[np.float32]) -> Matrix:
    """Return the rows with what the words of each block and of those around it say."""
    own = scores[:, None]
    return np.hstack([rows, own, around(own)]).astype(np.float32)


def second_look(
    rows: Matrix, odds: Numbers, same: Kin, words: Sequence[str], taken: Sequence[float]
) -> Matrix:
    """Return the rows of the first look, and what its log-odds say of the blocks' company."""
    size = np.array([len(text) for text in words], float) + _LEAST
    sure = np.clip(odds, -_SUREST, _SUREST)
    likely = 1 / (1 + np.exp(-odds))
    kept = size * likely
    total = max(float(kept.sum()), 1.0)
    both = float((kept * (np.asarray(taken) > _HALF)).sum())
    page = [
        np.log(total), both / total,
        both / max(float((size * (np.asarray(taken) > _HALF)).sum()), 1.0),
        total / size.sum(), (size * np.abs(likely - _HALF)).sum() / size.sum(),
    ]  # fmt: skip
    columns: list[NDArray[Any]] = [
        sure, *_verdicts(same, size, sure, kept), np.cumsum(kept) / total,
        _largest_run(sure * np.sqrt(size)), *_distances(likely > _HALF),
        *(np.full(len(odds), value) for value in page),
    ]  # fmt: skip
    company = around(np.column_stack([sure, likely]).astype(np.float32))
    return np.hstack([rows, np.column_stack(columns), company]).astype(np.float32)


def _repeats(words: Sequence[str]) -> Numbers:
    """Return how often each text stands elsewhere on the page."""
    return (sums(groups(words), np.ones(len(words))) - 1)[:, None]


def _kept_shares(same: Kin, size: Numbers, kept: Sequence[Numbers]) -> list[Numbers]:
    """Return the share of what is kept that falls to a block's group, and its share of the group.

    `kept` is what the library took, and what looks like prose.
    """
    columns = []
    for group in (same.look, same.element, same.parent, same.above):
        inside = [sums(group, part) for part in kept]
        columns += [found / (part.sum() or 1) for found, part in zip(inside, kept, strict=True)]
        columns.append(inside[0] / np.maximum(sums(group, size), 1))
    return [column[:, None] for column in columns]


def _verdicts(same: Kin, size: Numbers, sure: Numbers, kept: Numbers) -> list[Numbers]:
    """Return for each way of grouping: share kept, share of all that is kept, the others' mean."""
    columns = []
    total = max(float(kept.sum()), 1.0)
    for group in same.ways():
        inside, others = sums(group, kept), sums(group, np.ones(len(sure))) - 1
        columns += [inside / sums(group, size), inside / total]
        columns.append((sums(group, sure) - sure) / np.maximum(others, 1))
    return columns


def _places(texts: Matrix, shares: Matrix) -> list[Numbers]:
    """Return where each block stands in the page, in its prose, and in what was taken."""
    prose = texts[:, PROSE]
    before = np.cumsum(prose * texts[:, WORDS])
    line = np.arange(len(texts))
    run = _largest_run(np.where(prose > 0, texts[:, WORDS] * 2, -0.4 - 2 * texts[:, LINKS]))
    told = np.full(len(texts), shares[1].max(initial=0) > _HALF)
    columns = [
        told, run, before / max(1.0, float(before[-1])), line / len(texts),
        line - _first(shares[0]), len(texts) - _first(shares[0][::-1]) - line,
    ]  # fmt: skip
    return [column[:, None] for column in columns]


def around(columns: Matrix) -> Matrix:
    """Return each row's neighbours to both sides and the means of wider neighbourhoods."""
    count = len(columns)
    padded = np.pad(columns, ((_WIDEST, _WIDEST), (0, 0)))
    total = np.vstack([np.zeros(columns.shape[1]), np.cumsum(padded, axis=0)])
    shifts = [padded[_WIDEST + by : _WIDEST + by + count] for by in (-2, -1, 1, 2)]
    for wide in (_WIDE, _WIDEST):
        low, high = _WIDEST - wide, _WIDEST + wide + 1
        shifts.append((total[high : high + count] - total[low : low + count]) / (2 * wide + 1))
        shifts.append((total[_WIDEST : _WIDEST + count] - total[low : low + count]) / wide)
    return np.hstack(shifts)


def _largest_run(scores: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return 1 inside the run of blocks with the largest sum of `scores`, 0 outside."""
    sums = np.concatenate([[0.0], np.cumsum(scores)])
    least = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - least))
    inside = np.zeros(len(scores), np.float32)
    inside[int(np.argmax(sums[: end + 1] == least[end])) : end] = 1
    return inside


def _distances(kept: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Return how far the nearest kept block is, before and behind."""
    places = np.flatnonzero(kept)
    line = np.arange(len(kept))
    if not len(places):
        return np.zeros(len(kept)), np.zeros(len(kept))
    found = np.searchsorted(places, line)
    before = line - places[np.maximum(found - 1, 0)]
    behind = places[np.minimum(found, len(places) - 1)] - line
    return np.clip(before, -_FARTHEST, _FARTHEST), np.clip(behind, -_FARTHEST, _FARTHEST)


def _first(shares: NDArray[np.float32]) -> int:
    return int(np.argmax(shares > _HALF))

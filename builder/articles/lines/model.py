"""How likely each line of a page dump belongs to the article: a trained model over line traits.

`line_model.npz` holds hashed word weights, three forests and small nets,
trained by `benchmarks/line_training.py` on pages that are not ours to ship; no
text of them is in it. One forest rates lines as body, one looks again with the
whole page's ratings in view and corrects them, one rates lines as headline.
The nets rate lines as body too, in another way, and so err elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from builder.articles.lines.forest import Forest, read_forest
from builder.articles.lines.lexicon import hashes, lexicon_score
from builder.articles.lines.net import Nets, read_nets
from builder.articles.lines.trait import OWN, SPACELESS, ends, in_context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.articles.lines.trait import Matrix

    Odds = NDArray[np.float64]

WEIGHTS = Path(__file__).with_name("line_model.npz")
_SEEN = (
    "words", "ends", "lower", "upper", "capitals", "function_words", "signs", "glued",
)  # fmt: skip
"""Traits of the neighbours that a line is judged by, beside their words."""
_COLUMNS = [OWN.index(name) for name in _SEEN]
_NEAR, _WIDE = 3, (5, 15)
_AGAIN_NEAR, _AGAIN_WIDE = 5, (3, 10, 25)
_SURE = 6.0  # log-odds beyond which more says nothing
_FAR = 40  # lines

KEEP = -0.6
"""Log-odds above which a line is kept; below even, because losing text costs more."""

NETS = 0.3
"""What the nets count beside the forests; on pages not seen in training more cost recall."""

FAVOUR = 0.2
"""Added to the log-odds of both together, so that no more body is lost than by forests alone."""

_DOUBTFUL, _HOPELESS = -2.0, -4.0
_SENTENCE = 6  # words from which a line with an end mark is one
_LEAST = 0.05  # what a line counts for its own side at least
_LONG = 40  # characters from which two lines are hardly the same by chance
_BESIDE = 2  # lines around one that share its lot


@dataclass(frozen=True, slots=True)
class LineModel:
    """The weights of a trained model."""

    words: NDArray[np.float32]
    bias: float
    body: Forest
    again: Forest
    headline: Forest
    nets: Nets


@cache
def shipped_model() -> LineModel:
    """Return the model that came with the package."""
    return read_model(WEIGHTS)


def read_model(path: Path) -> LineModel:
    """Read the weights that `benchmarks/line_training.py` wrote."""
    with np.load(path) as arrays:
        return LineModel(
            arrays["words"].astype(np.float32),
            float(arrays["bias"]),
            read_forest(arrays, "body"),
            read_forest(arrays, "again"),
            read_forest(arrays, "headline"),
            read_nets(arrays),
        )


def body_odds(
    lines: Sequence[str], plain: Sequence[str | None], traits: Matrix, model: LineModel
) -> tuple[Odds, Odds]:
    """Return the log-odds of each line to be body, and what the forests alone say.

    `plain` are those of `plain_roles`, `traits` those of `page_traits`. The
    forest for headlines was trained on what the forests say.
    """
    said = [hashes(line) for line in lines]
    words = [lexicon_score(numbers, model.words, model.bias) for numbers in said]
    odds = model.body.sums(body_rows(traits, words))
    odds += model.again.sums(again_rows(odds, lines, plain, traits))
    return odds + NETS * (model.nets.odds(traits, said) - odds) + FAVOUR, odds


def again_rows(
    odds: Odds, lines: Sequence[str], plain: Sequence[str | None], traits: Matrix
) -> Matrix:
    """Join a page's traits with how its lines were rated: each, its neighbours, the best run."""
    rated = np.clip(odds, -_SURE, _SURE)
    kept = np.array(in_body(odds, lines, plain))
    start, end = body_run(odds, lines, kept.tolist())
    n, at = len(lines), np.arange(len(lines))
    inside = (at >= start) & (at < end)
    mass = np.cumsum(np.maximum(rated, 0) * _sizes(lines))
    total = max(float(mass[-1]), 1e-6)
    middle = float(np.median(rated[kept])) if kept.any() else 0.0
    own = [
        rated,
        kept,
        inside,
        np.clip(at - start, -_FAR, _FAR),
        np.clip(at - end, -_FAR, _FAR),
        mass / total,
        np.full(n, total),
        np.full(n, rated.max()),
        np.full(n, kept.mean()),
        np.full(n, inside.mean()),
        rated - middle,
    ]
    shown = np.stack([rated, kept, inside], axis=1).astype(np.float32)
    around = in_context(shown, _AGAIN_NEAR, _AGAIN_WIDE)
    return np.hstack([traits, np.stack(own, axis=1).astype(np.float32), around])


def body_rows(traits: Matrix, words: Sequence[float]) -> Matrix:
    """Join a page's traits, the verdict on each line's words, and both of its neighbours."""
    verdicts = np.asarray(words, np.float32)[:, None]
    around = in_context(np.hstack([traits[:, _COLUMNS], verdicts]), _NEAR, _WIDE)
    return np.hstack([traits, verdicts, around])


def less_seen(odds: Odds, lines: Sequence[str], seen: Sequence[int]) -> Odds:
    """Lower the odds of lines that stand on other pages of the site, and of short ones near them.

    A long line is hardly ever the same by chance; a short one is a subheading
    now and then. Nothing is raised: a menu that changes is unseen as well.
    """
    if not any(seen):
        return odds
    known = np.array(seen) > 0
    long = np.array([len(line) for line in lines]) >= _LONG
    near = in_context(known[:, None].astype(np.float32), 0, (_BESIDE,)).sum(axis=1) / 2
    lowered: Odds = odds - np.where(known, np.where(long, 4.0, 1.5), np.where(long, 0.0, near))
    return lowered


def in_body(odds: Odds, lines: Sequence[str], plain: Sequence[str | None]) -> list[bool]:
    """Tell which lines are kept: rated well enough and not furniture by their own words.

    A doubtful line between two that are kept stays, as subheadings do. On a
    page where no sentence is kept the doubtful lines are, and the sentences
    that are not quite hopeless: a stub rather than nothing, unless all of them
    are scraps.
    """
    free = np.array([reason is None for reason in plain], bool)
    kept, doubtful = free & (odds > KEEP), free & (odds > _DOUBTFUL)
    sentence = np.array([_is_sentence(line) for line in lines], bool)
    if not (kept & sentence).any():
        stub = doubtful | (free & sentence & (odds > _HOPELESS))
        whole = any(
            _words(line) >= _SENTENCE for line, keep in zip(lines, stub, strict=True) if keep
        )
        return [bool(keep) and whole for keep in stub]
    between = np.zeros(len(kept), bool)
    between[1:-1] = kept[:-2] & kept[2:]
    return [bool(keep) for keep in kept | (doubtful & between)]


def _is_sentence(line: str) -> bool:
    return _words(line) >= _SENTENCE and ends(line)


def _words(line: str) -> int:
    """Count words up to what makes a sentence."""
    return max(len(line.split(None, _SENTENCE)), len(line) // SPACELESS)


def body_run(odds: Odds, lines: Sequence[str], kept: Sequence[bool]) -> tuple[int, int]:
    """Return the half-open run from first to last kept line that holds most of the body.

    It is the run with the largest sum of odds, in which longer lines weigh
    more; (0, 0) when nothing is kept.
    """
    if not any(kept):
        return 0, 0
    rated = np.where(kept, np.maximum(odds, _LEAST), np.minimum(odds, -_LEAST)) * _sizes(lines)
    return _largest_run(rated.tolist())


def _sizes(lines: Sequence[str]) -> Odds:
    """Return how much each line weighs."""
    return np.sqrt([len(line.split()) + 1 for line in lines])


def _largest_run(scores: Sequence[float]) -> tuple[int, int]:
    """Return the half-open run with the largest sum; (0, 0) when nothing is positive.

    >>> _largest_run([-1, 2, -1, 3, -4, 1])
    (1, 4)
    """
    sums = [0.0, *accumulate(scores)]
    low, best = 0, (0, 0)
    for end in range(1, len(sums)):
        if sums[end] - sums[low] > sums[best[1]] - sums[best[0]]:
            best = (low, end)
        if sums[end] < sums[low]:
            low = end
    return best

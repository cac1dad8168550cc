"""Train the line model on ../shared/dumps and news pages, into `builder/articles/lines`.

The same pages give the same bytes on one machine. Needs the extra `bench`
(scikit-learn, lightgbm) and the extra `nets` (torch); running the model needs
none of them. With `--folds` a model is trained for each fold, of the sites
outside it, for `benchmarks/dumps.py` to measure. Forests and nets know nothing
of each other, so either can be trained alone; the file keeps the others. The
forests of one model take about 65 CPU seconds, its nets 110, the pages 35.

Example: `python benchmarks/line_training.py`
Example: `python benchmarks/line_training.py --folds build/line-folds --fold 3 --only nets`
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from forest_training import fitted_forest
from line_pages import FOLDS, Page, read_news, read_pages
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import SGDClassifier

from builder.articles.lines.forest import Forest, forest_arrays
from builder.articles.lines.headline import candidates, headline_rows
from builder.articles.lines.lexicon import BUCKETS, buckets, hashes
from builder.articles.lines.model import (
    WEIGHTS,
    again_rows,
    body_rows,
    body_run,
    in_body,
)
from builder.articles.lines.net import net_arrays
from builder.articles.lines.rule import plain_roles
from builder.articles.lines.trait import page_traits
from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STRETCH = 0.3  # what a stretch of a page counts; whole pages count alike, as in the measure
INNER = 4  # parts of the training sites; words are rated by a lexicon of the other parts
THIRDS = 3  # parts of the training sites; lines are rated by a forest of the other parts
BODY = {"num_leaves": 31, "learning_rate": 0.08, "min_data_in_leaf": 60, "lambda_l2": 5.0}
HEADLINE = {"num_leaves": 15, "learning_rate": 0.08, "min_data_in_leaf": 15, "lambda_l2": 3.0}
AGAIN = {"num_leaves": 16, "learning_rate": 0.06, "min_data_in_leaf": 200, "lambda_l2": 20.0}
SEEDS = (1, 2)  # of the nets
TREES = {"body": 200, "again": 80, "headline": 120}


@dataclass(slots=True)
class Example:
    """A page, or a stretch of one, with what training needs of it."""

    page: Page
    lines: tuple[str, ...]
    labels: NDArray[np.int8]
    plain: list[str | None]
    traits: NDArray[np.float32]
    said: list[list[int]]
    weights: NDArray[np.float64]
    whole: bool
    words: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    odds: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


def main() -> None:
    """Train on all pages and write the model, or on those outside each fold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=Path, help="the folder for the models of the folds")
    parser.add_argument("--fold", type=int, nargs="*", choices=range(FOLDS), help="only these")
    parser.add_argument("--only", choices=PARTS, nargs="*", default=[*PARTS], help="only these")
    args = parser.parse_args()
    examples = [found for page in [*read_pages(), *read_news()] for found in _examples(page)]
    if args.folds is None:
        write_parts(WEIGHTS, examples, args.only)
        return
    for fold in args.fold or range(FOLDS):
        others = [example for example in examples if example.page.part % FOLDS != fold]
        write_parts(args.folds / f"{fold}.npz", others, args.only)


def write_parts(path: Path, examples: Sequence[Example], parts: Sequence[str]) -> None:
    """Train these parts and write the model as a whole file; other parts stay as they are."""
    arrays = {}
    if len(set(parts)) < len(PARTS):
        with np.load(path) as old:
            arrays = {name: old[name] for name in old.files}
    for name in parts:
        arrays |= PARTS[name](examples)
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def forests(examples: Sequence[Example]) -> dict[str, NDArray[Any]]:
    """Train lexicon and forests; what a page is rated by in training has never seen it."""
    for part in range(INNER):
        lexicon = _lexicon([e for e in examples if e.page.part % INNER != part])
        for example in examples:
            if example.page.part % INNER == part:
                example.words = lexicon.decision_function(_matrix([example]))
    for part in range(THIRDS):
        # One that has seen the page would be surer of it than it ever is in use.
        body = _body_forest([e for e in examples if e.page.part % THIRDS != part])
        for example in examples:
            if example.page.part % THIRDS == part:
                example.odds = body.sums(body_rows(example.traits, example.words))
    again = _again_forest(examples)
    headline = _headline_forest([example for example in examples if example.whole], again)
    lexicon = _lexicon(examples)
    return {
        "words": lexicon.coef_[0].astype(np.float16),
        "bias": np.float64(lexicon.intercept_[0]),
        **forest_arrays(_body_forest(examples), "body"),
        **forest_arrays(again, "again"),
        **forest_arrays(headline, "headline"),
    }


def nets(examples: Sequence[Example]) -> dict[str, NDArray[Any]]:
    """Train the nets."""
    from line_net_training import fitted_nets  # noqa: PLC0415 - torch, which forests do without

    return net_arrays(fitted_nets(examples, SEEDS))


PARTS: dict[str, Callable[[Sequence[Example]], dict[str, NDArray[Any]]]] = {
    "forests": forests,
    "nets": nets,
}


def _examples(page: Page) -> list[Example]:
    """Return the page, two stretches of it, and a short note made of it.

    Many dumps are cut to little more than their text, and few of the pages are.
    """
    chance = random.Random(page.key)
    size = len(page.lines)
    found = [_example(page, range(size), 1.0)]
    body = [index for index in range(size) if page.labels[index]]
    edges = [n for n in range(1, size) if page.labels[n] != page.labels[n - 1]]
    for _ in range(2 if edges else 0):
        edge = chance.choice(edges)
        start, end = edge - chance.randint(1, 12), edge + chance.randint(2, 20)
        found.append(_example(page, range(max(0, start), min(size, end)), STRETCH))
    above = range(max(0, body[0] - chance.randint(1, 6)), body[0])
    below = range(body[-1] + 1, min(size, body[-1] + 1 + chance.randint(0, 6)))
    note = [*above, *body[: chance.randint(1, 8)], *below]
    return [*found, _example(page, note, STRETCH)]


def _example(page: Page, at: Sequence[int], weight: float) -> Example:
    lines = tuple(page.lines[index] for index in at)
    plain = plain_roles(lines)
    weights = np.sqrt([len(line.split()) + 1 for line in lines])
    return Example(
        page=page,
        lines=lines,
        labels=np.array([page.labels[index] for index in at], np.int8),
        plain=plain,
        traits=page_traits(lines, plain),
        said=[hashes(line) for line in lines],
        weights=weights / weights.sum() * weight,
        whole=len(at) == len(page.lines),
    )


def _lexicon(examples: Sequence[Example]) -> SGDClassifier:
    labels = np.concatenate([example.labels for example in examples])
    weights = np.concatenate([example.weights for example in examples])
    model = SGDClassifier("log_loss", alpha=2e-5, max_iter=8, tol=None, random_state=1)
    return model.fit(_matrix(examples), labels, sample_weight=weights / weights.mean())


def _matrix(examples: Sequence[Example]) -> csr_matrix:
    grams = [buckets(line) for example in examples for line in example.said]
    sizes = np.array([len(line) for line in grams])
    ends = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.concatenate([np.array(line, np.int32) for line in grams])
    ones = np.ones(len(columns), np.float32)
    matrix = csr_matrix((ones, columns, ends), shape=(len(grams), BUCKETS))
    return (diags(1 / np.sqrt(np.maximum(sizes, 1))) @ matrix).tocsr()


def _body_forest(examples: Sequence[Example]) -> Forest:
    rows = np.vstack([body_rows(example.traits, example.words) for example in examples])
    return fitted_forest(rows, *_truth(examples), BODY, TREES["body"])


def _again_forest(examples: Sequence[Example]) -> Forest:
    """Train what is added to the odds of a first look."""
    rows = np.vstack([again_rows(e.odds, e.lines, e.plain, e.traits) for e in examples])
    odds = np.concatenate([example.odds for example in examples])
    return fitted_forest(rows, *_truth(examples), AGAIN, TREES["again"], odds=odds)


def _truth(examples: Sequence[Example]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    labels = np.concatenate([example.labels for example in examples])
    return labels, np.concatenate([example.weights for example in examples])


def _headline_forest(examples: Sequence[Example], again: Forest) -> Forest:
    """Train on pages whose title stands in a line."""
    rows, labels = [], []
    for e in examples:
        odds = e.odds + again.sums(again_rows(e.odds, e.lines, e.plain, e.traits))
        start, end = body_run(odds, e.lines, in_body(odds, e.lines, e.plain))
        among = candidates(e.lines, e.plain, start, end)
        title = e.page.title.strip().casefold()
        found = [e.lines[index].casefold() == title for index in among]
        if any(found):
            rows.append(headline_rows(e.lines, e.traits, odds, start, among))
            labels += found
    joined = np.vstack(rows)
    return fitted_forest(
        joined, np.array(labels), np.ones(len(joined)), HEADLINE, TREES["headline"]
    )


if __name__ == "__main__":
    main()

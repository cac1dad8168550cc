"""Train the weights of `builder/articles/block_model.npz` and of its held-out folds.

    python benchmarks/block_training.py ../shared/pages --folds build/block-folds

The pages are not ours to ship; what is kept of them is limits in decision
trees. Pages are split by site, so that a fold's forest has seen no page of
the sites it is tried on.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from line_training import _fit as fitted_forest

from builder.articles.anchor import coverage
from builder.articles.block_trait import traits, window
from builder.articles.line_forest import Forest, forest_arrays
from builder.articles.main_text import WEIGHTS, strings, witnesses
from builder.articles.markup import page
from builder.articles.structured import statements
from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLDS = 5
TREES = 120
SHAPE = {"num_leaves": 12, "learning_rate": 0.08, "min_data_in_leaf": 40, "lambda_l2": 5.0,
         "feature_fraction": 0.3, "seed": 0, "num_threads": 1}  # fmt: skip
_HALF = 0.5
_NO_WORD = re.compile(r"\W+")
_MARK = re.compile(r"^(?:- |\d+\. |#+ )")


@dataclass(frozen=True, slots=True)
class Sample:
    """A real page and the body that people marked."""

    name: str
    kind: str
    url: str
    raw: bytes
    body: str
    facts: dict[str, object]

    @property
    def fold(self) -> int:
        """The part of the data that the page's site belongs to."""
        host = (urlsplit(self.url).hostname or self.name).removeprefix("www.")
        return int(hashlib.sha256(host.encode()).hexdigest(), 16) % FOLDS


def read_samples(folder: Path) -> list[Sample]:
    """Read the pages with ground truth."""
    rows = map(json.loads, (folder / "pages.jsonl").read_bytes().splitlines())
    return [
        Sample(
            row["id"],
            row["set"],
            row["url"] or "",
            gzip.decompress((folder / "html" / f"{row['id']}.html.gz").read_bytes()),
            row["body"] or "",
            row,
        )
        for row in rows
    ]


def example(sample: Sample) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]:
    """Return rows, labels and weights of a page's blocks; each page weighs the same."""
    raw = sample.raw.decode()
    found = page(raw)
    words = [block.words(raw) for block in found.blocks]
    taken, told, _ = witnesses(found, words, statements(found).body)
    start, end = span = window(taken, told)
    if start == end:
        return np.zeros((0, 0), np.float32), np.zeros(0, bool), np.zeros(0)
    gold, _ = coverage([_NO_WORD.sub("", w) for w in words], _gold(sample.body))
    sizes = np.sqrt([len(w) + 10 for w in words[start:end]])
    rows = traits(found.blocks, words, taken, told, span)
    return rows, np.asarray(gold[start:end]) > _HALF, 100 * sizes / sizes.sum()


def train(examples: Sequence[tuple[NDArray, ...]]) -> Forest:
    """Return the forest for these pages."""
    full = [e for e in examples if len(e[0])]
    rows, labels, weights = (np.concatenate(part) for part in zip(*full, strict=True))
    return fitted_forest(rows, labels, weights, SHAPE, TREES)


def write_forest(path: Path, forest: Forest) -> None:
    """Write the weights as `shipped_forest` reads them."""
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **forest_arrays(forest, "body"))


def main() -> None:
    """Train a forest for each fold, then the one that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--folds", type=Path)
    given = parser.parse_args()
    samples = read_samples(given.pages)
    examples = [example(sample) for sample in samples]
    for fold in range(FOLDS) if given.folds else ():
        others = [e for e, s in zip(examples, samples, strict=True) if s.fold != fold]
        write_forest(given.folds / f"{fold}.npz", train(others))
    write_forest(WEIGHTS, train(examples))


def _gold(body: str) -> list[list[str]]:
    lines = (_MARK.sub("", line.strip()) for line in body.splitlines())
    split = ([part for s in strings(line) for part in s.split(", ")] for line in lines)
    bare = ([_NO_WORD.sub("", part) for part in parts] for parts in split)
    return [parts for parts in bare if any(parts)]


if __name__ == "__main__":
    main()

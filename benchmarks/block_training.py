"""Train the weights of `builder/articles/webpages/block_model.npz` and of its held-out folds.

    python benchmarks/block_training.py ../shared/pages --folds build/block-folds

The pages are not ours to ship; what is kept of them is limits in decision
trees and weights of hashed words. Pages, and the dumps that words are learnt
from too, are split by site, so that a fold's model has seen no page of the
sites it is tried on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from block_words import INNER, Text, rated, read_dumps, word_weights
from forest_training import fitted_forest
from numpy.typing import NDArray

from builder.articles.lines.forest import forest_arrays
from builder.articles.webpages.anchor import coverage
from builder.articles.webpages.kin import Kin
from builder.articles.webpages.main_text import WEIGHTS, BlockModel, strings, witnesses
from builder.articles.webpages.markup import page
from builder.articles.webpages.structured import statements
from builder.articles.webpages.trait import first_look, second_look, with_words
from builder.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.articles.lines.forest import Forest

FOLDS = 5
TREES = {"first": 60, "second": 80}
SHAPE = {"num_leaves": 12, "learning_rate": 0.08, "min_data_in_leaf": 100, "lambda_l2": 20.0,
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
    def site(self) -> str:
        """The page's host; a page without one is a site of its own."""
        return (urlsplit(self.url).hostname or self.name).removeprefix("www.")

    @property
    def fold(self) -> int:
        """The part of the data that the page's site belongs to."""
        return fold(Text(self.site, (), np.zeros(0, bool)))


@dataclass(frozen=True, slots=True)
class Example:
    """A page as training needs it: what both looks see, labels, weights of its blocks."""

    text: Text
    taken: list[float]
    rows: NDArray[np.float32]
    kin: Kin

    def spoken(self, scores: NDArray[np.float32]) -> Example:
        """Return the page with what its words say in its rows."""
        return replace(self, rows=with_words(self.rows, scores))

    def again(self, odds: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the rows of the second look, given the verdicts of the first."""
        return second_look(self.rows, odds, self.kin, self.text.words, self.taken)


def fold(text: Text) -> int:
    """Return the part of the data that a text's site belongs to."""
    return text.part("", FOLDS)


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


def example(sample: Sample) -> Example:
    """Return a page's rows and labels; what its words say is not yet in the rows."""
    raw = sample.raw.decode()
    found = page(raw)
    words = [block.words(raw) for block in found.blocks]
    taken, told, _ = witnesses(found, words, statements(found).body)
    rows, kin = first_look(found.blocks, words, taken, told)
    return Example(Text(sample.site, tuple(words), labels(words, sample.body)), taken, rows, kin)


def labels(words: Sequence[str], body: str) -> NDArray[np.bool_]:
    """Return which blocks are in the body that people marked."""
    gold, _ = coverage([_NO_WORD.sub("", w) for w in words], _gold(body))
    return np.asarray(gold) > _HALF


def train(examples: Sequence[Example], dumps: Sequence[Text]) -> BlockModel:
    """Return words and forests for these pages; from dumps only words are learnt.

    The second forest learns from verdicts on pages whose site the first had not seen:
    one that has seen the page would be surer of it than it ever is in use.
    """
    texts = [e.text for e in examples]
    spoken = [e.spoken(s) for e, s in zip(examples, rated(texts, dumps), strict=True)]
    again: list[NDArray[np.float32]] = []
    order: list[Example] = []
    for part in range(INNER):
        first = _first([e for e in spoken if e.text.inner != part])
        order += (held := [e for e in spoken if e.text.inner == part])
        again += [e.again(first.sums(e.rows)) for e in held]
    second = _forest(again, order, TREES["second"])
    return BlockModel(word_weights([*texts, *dumps]), _first(spoken), second)


def _first(examples: Sequence[Example]) -> Forest:
    return _forest([e.rows for e in examples], examples, TREES["first"])


def _forest(rows: Sequence[NDArray[np.float32]], examples: Sequence[Example], trees: int) -> Forest:
    labels = np.concatenate([e.text.labels for e in examples])
    weights = np.concatenate([e.text.weights for e in examples])
    return fitted_forest(np.concatenate(rows), labels, weights, SHAPE, trees)


def write_model(path: Path, model: BlockModel) -> None:
    """Write the weights as `shipped_model` reads them."""
    arrays = {**forest_arrays(model.first, "first"), **forest_arrays(model.second, "second")}
    arrays["words"] = model.words.astype(np.float16)
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.savez_compressed(stream, **arrays)


def main() -> None:
    """Train a forest for each fold, then the one that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--folds", type=Path)
    given = parser.parse_args()
    samples = read_samples(given.pages)
    examples = [example(sample) for sample in samples]
    dumps = read_dumps({sample.name for sample in samples})
    for held in range(FOLDS) if given.folds else ():
        others = [e for e in examples if fold(e.text) != held]
        model = train(others, [text for text in dumps if fold(text) != held])
        write_model(given.folds / f"{held}.npz", model)
    write_model(WEIGHTS, train(examples, dumps))


def _gold(body: str) -> list[list[str]]:
    lines = (_MARK.sub("", line.strip()) for line in body.splitlines())
    split = ([part for s in strings(line) for part in s.split(", ")] for line in lines)
    bare = ([_NO_WORD.sub("", part) for part in parts] for parts in split)
    return [parts for parts in bare if any(parts)]


if __name__ == "__main__":
    main()

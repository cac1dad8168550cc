"""Which blocks of a web page are its article's text.

trafilatura proposes; what it took is found again in the page's own blocks, so
that every character keeps its place. A trained model then decides block by
block: the library is one of its witnesses, the page's structured data, its
elements and the neighbouring blocks are the others. The library runs in its
fast mode: comparing itself with other libraries takes a third of its time.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from builder.articles.anchor import coverage
from builder.articles.block_trait import traits, window
from builder.articles.line_forest import Forest, read_forest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.articles.markup import Page

WEIGHTS = Path(__file__).with_name("block_model.npz")
_LEAVES = ("item", "cell", "p", "head")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[.!?])(?=[A-Z\"\u201c])")
_SPLIT = 40  # characters from which a paragraph is also looked for by its sentences
_LONGEST = 100_000  # blocks; a page with more is no article, and its traits would not end
_HALF = 0.5


def main_text(page: Page, words: Sequence[str], told: Sequence[str]) -> tuple[list[bool], int]:
    """Tell of each block whether it is body, and count the paragraphs that found no place.

    `words` are the texts of the blocks, `told` the paragraphs of the body as
    the page's structured data give it.
    """
    taken, stated, lost = witnesses(page, words, told)
    span = window(taken, stated)
    body = [False] * len(words)
    if span[0] < span[1] <= _LONGEST:
        rows = traits(page.blocks, words, taken, stated, span)
        odds = shipped_forest().sums(rows)
        body[span[0] : span[1]] = (odds > 0).tolist()
    return body, lost


def witnesses(
    page: Page, words: Sequence[str], told: Sequence[str]
) -> tuple[list[float], list[float], int]:
    """Return how much of each block library and structured data have, and the count of the lost."""
    taken, lost = coverage(words, proposed(_slim(page)))
    stated, _ = coverage(words, (strings(text) for text in told))
    return taken, stated, lost


@cache
def shipped_forest() -> Forest:
    """Return the trees that came with the package."""
    return read_trees(WEIGHTS)


def read_trees(path: Path) -> Forest:
    """Return trees that `benchmarks/block_training.py` wrote."""
    with np.load(path) as arrays:
        return read_forest(arrays, "body")


def proposed(raw: str) -> Iterator[list[str]]:
    """Yield the paragraphs that trafilatura takes, each as the strings it is made of.

    Nothing when the library finds no article or fails on the page.
    """
    found = _extracted(raw)
    for element in found.body if found is not None and found.body is not None else ():
        leaves = [leaf for leaf in element.iter(*_LEAVES) if _is_leaf(leaf)]
        for leaf in leaves if len(leaves) > 1 else [element]:
            strings = [text for text in leaf.itertext() if text.strip()]
            if strings:
                yield strings


def _slim(page: Page) -> str:
    """Return the page without scripts and styles, which the library would parse and throw away."""
    parts = []
    at = 0
    for silent in page.silent:
        if silent.tag in _UNSEEN and "ld+json" not in silent.attributes:
            parts.append(page.raw[at : silent.content.start])
            at = silent.content.end
    return "".join([*parts, page.raw[at:]])


_UNSEEN = frozenset({"script", "style", "svg", "template", "iframe"})


def _extracted(raw: str) -> Any:  # noqa: ANN401 - the library's own record
    # Imported late: it takes a quarter of a second.
    from trafilatura import bare_extraction  # noqa: PLC0415

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        return bare_extraction(raw, include_comments=False, deduplicate=False, fast=True)
    except Exception:  # noqa: BLE001 - no exception of a library ends a run; the model still sees the page
        return None


def _is_leaf(element: Any) -> bool:  # noqa: ANN401 - lxml's elements have no types here
    return not any(child.tag in _LEAVES for child in element.iterdescendants())


def strings(text: str) -> list[str]:
    """Return the strings that a paragraph is looked for by: its sentences, if it is long."""
    return [text] if len(text) < _SPLIT else _SENTENCE.split(text)

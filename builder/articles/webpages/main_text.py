"""Which blocks of a web page are its article's text.

trafilatura proposes; what it took is found again in the page's own blocks, so
that every character keeps its place. Trained models then decide block by
block: the library is one of their witnesses, the page's structured data, its words, its
elements and the neighbouring blocks are the others. The second model sees what
the first made of the page, so that blocks of one kind share their lot. The
library runs in its fast mode, told to prefer more text: what it takes too much
the models see, what it misses is harder to find.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from builder.articles.lines.forest import Forest, read_forest
from builder.articles.webpages.anchor import coverage
from builder.articles.webpages.lexicon import lexicon_scores
from builder.articles.webpages.trait import first_look, second_look, with_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.articles.webpages.markup import Page

WEIGHTS = Path(__file__).with_name("block_model.npz")
_LEAVES = ("item", "cell", "p", "head")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[.!?])(?=[A-Z\"\u201c])")
_SPLIT = 40  # characters from which a paragraph is also looked for by its sentences
_LONGEST = 100_000  # blocks; a page with more is no article, and its traits would not end


@dataclass(frozen=True, slots=True)
class BlockModel:
    """What words say of a block, and the forests of both looks at it."""

    words: NDArray[np.float32]
    first: Forest
    second: Forest


def main_text(page: Page, words: Sequence[str], told: Sequence[str]) -> tuple[list[bool], int]:
    """Tell of each block whether it is body, and count the paragraphs that found no place.

    `words` are the texts of the blocks, `told` the paragraphs of the body as
    the page's structured data give it.
    """
    if not 0 < len(words) <= _LONGEST:
        return [False] * len(words), 0
    taken, stated, lost = witnesses(page, words, told)
    model = shipped_model()
    seen, kin = first_look(page.blocks, words, taken, stated)
    rows = with_words(seen, lexicon_scores(words, model.words))
    odds = model.first.sums(rows)
    again = model.second.sums(second_look(rows, odds, kin, words, taken))
    return (again > 0).tolist(), lost


def witnesses(
    page: Page, words: Sequence[str], told: Sequence[str]
) -> tuple[list[float], list[float], int]:
    """Return how much of each block library and structured data have, and the count of the lost."""
    taken, lost = coverage(words, proposed(_slim(page)))
    stated, _ = coverage(words, (strings(text) for text in told))
    return taken, stated, lost


@cache
def shipped_model() -> BlockModel:
    """Return the model that came with the package."""
    return read_model(WEIGHTS)


def read_model(path: Path) -> BlockModel:
    """Return the model that `benchmarks/block_training.py` wrote."""
    with np.load(path) as arrays:
        words = arrays["words"].astype(np.float32)
        return BlockModel(words, read_forest(arrays, "first"), read_forest(arrays, "second"))


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
        return bare_extraction(
            _tree(raw), include_comments=False, deduplicate=False, fast=True, favor_recall=True
        )
    except Exception:  # noqa: BLE001 - no exception of a library ends a run; the model still sees the page
        return None


def _tree(raw: str) -> Any:  # noqa: ANN401 - lxml's elements have no types here
    """Parse as the library does, but for its elements' classes.

    lxml's HTML parser asks Python for the class of every element it shows; one
    class for all saves the library an eighth of its time.
    """
    from lxml import etree, html  # noqa: PLC0415 - as above

    parser = html.HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    return html.document_fromstring(raw.encode("utf-8", "surrogatepass"), parser=parser)


def _is_leaf(element: Any) -> bool:  # noqa: ANN401 - lxml's elements have no types here
    return not any(child.tag in _LEAVES for child in element.iterdescendants())


def strings(text: str) -> list[str]:
    """Return the strings that a paragraph is looked for by: its sentences, if it is long."""
    return [text] if len(text) < _SPLIT else _SENTENCE.split(text)

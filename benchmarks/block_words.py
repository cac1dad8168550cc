"""Fit the word weights of the block model, on pages and on dumps of others that have no markup.

A dump is one of ../shared/dumps whose page is not among those with markup. It
has no elements and no links, so the forests learn nothing from it, but its
words speak as those of a page do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from line_pages import read_pages
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import SGDClassifier

from builder.articles.webpages.lexicon import BUCKETS, buckets, lexicon_scores

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

INNER = 4  # parts of the training sites; words and verdicts come from models of the other parts
_SPARSE = 1e-5  # penalty of large weights
_ROUNDS = 8
_LEAST = 10  # characters that the shortest block counts for


@dataclass(frozen=True, slots=True)
class Text:
    """A page's texts without its markup, its site, and which of them are body."""

    site: str
    words: tuple[str, ...]
    labels: NDArray[np.bool_]

    def part(self, salt: str, parts: int) -> int:
        """Return the part of `parts` that the site falls into."""
        return int(hashlib.sha256(f"{salt}{self.site}".encode()).hexdigest(), 16) % parts

    @property
    def inner(self) -> int:
        """The part of a fold's training data that the site belongs to."""
        return self.part("inner ", INNER)

    @property
    def weights(self) -> NDArray[np.float64]:
        """What each block weighs; each page weighs the same."""
        sizes = np.sqrt([len(w) + _LEAST for w in self.words])
        return np.asarray(100 * sizes / sizes.sum())


def read_dumps(known: Collection[str]) -> list[Text]:
    """Return the dumps of pages that are not `known` by the name they have with markup."""
    return [
        Text(page.site, page.lines, np.array(page.labels, bool))
        for page in read_pages()
        if page.key.replace("dev/", "wd") not in known
    ]


def rated(texts: Sequence[Text], others: Sequence[Text]) -> list[NDArray[np.float32]]:
    """Return how the words of each text are rated by weights that never saw its site.

    `others` are only learnt from.
    """
    weights = {
        part: word_weights([t for t in (*texts, *others) if t.inner != part])
        for part in range(INNER)
    }
    return [lexicon_scores(text.words, weights[text.inner]) for text in texts]


def word_weights(texts: Sequence[Text]) -> NDArray[np.float32]:
    """Return the weight of each bucket, as exact as it is kept."""
    labels = np.concatenate([text.labels for text in texts])
    weights = np.concatenate([text.weights for text in texts])
    model = SGDClassifier("log_loss", alpha=_SPARSE, max_iter=_ROUNDS, tol=None, random_state=1)
    rows = vstack([_rows(text.words) for text in texts]).tocsr()
    model.fit(rows, labels, sample_weight=weights / weights.mean())
    return model.coef_[0].astype(np.float16).astype(np.float32)


def _rows(words: Sequence[str]) -> csr_matrix:
    block, bucket = buckets(words)
    count = np.bincount(block, minlength=len(words))
    shares = (1 / np.sqrt(np.maximum(count, 1)))[block]
    return csr_matrix((shares, (block, bucket)), shape=(len(words), BUCKETS))

"""How the words of a line speak: a linear score over hashed words, pairs, edges and whole lines.

Only hashes and weights are kept, never a word, so a trained lexicon holds no
text of the pages it was trained on.
"""

from __future__ import annotations

import math
import re
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

BUCKETS = 1 << 15
"""How many weights there are; hashes that fall together share one."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_READ = 40  # words at the start of a line tell it from furniture; more only cost time
_WHOLE = 6  # words up to which a whole line is a phrase of its own


def hashes(line: str) -> list[int]:
    """Return the 32-bit hashes of what the line says, each once; numbers count as one word.

    >>> hashes("3 comments") == hashes("12 Comments")
    True
    """
    found = [token.casefold() for token in _TOKEN.findall(line[: _READ * 12])][:_READ]
    tokens = ["0" if token.isdigit() else token for token in found]
    grams = [*tokens, *(f"{a} {b}" for a, b in pairwise(tokens))]
    if tokens:
        grams += [f"^{tokens[0]}", f"{tokens[-1]}$"]
    if 0 < len(tokens) <= _WHOLE:
        grams.append("=" + " ".join(tokens))
    return sorted({zlib.crc32(gram.encode("utf-8", "replace")) for gram in grams})


def buckets(said: Iterable[int]) -> list[int]:
    """Return the buckets of hashes, each once, rising."""
    return sorted({number % BUCKETS for number in said})


def lexicon_score(said: Iterable[int], weights: NDArray[np.float32], bias: float) -> float:
    """Return the log-odds that a line with these hashes is body, judged by its words alone."""
    found = buckets(said)
    return float(weights[found].sum()) / math.sqrt(max(len(found), 1)) + bias

"""What two reports of the same story have in common when no sentence is: names and numbers."""

from __future__ import annotations

import re
import zlib

import numpy as np

from builder.articles.duplicates.index import Rule
from builder.articles.duplicates.shingle import LONGEST, Features

RULE = Rule(cap=12, gap=0, least=0.25, rare=0.0, matches=4)
"""A story is told by names and numbers that at most `cap` texts have; each counts alone."""

_MARK = re.compile(
    # Runs of capitalised words: names, and what opens a sentence.
    r"[^\W\d_a-z]\w*(?:[-\u2019']\w+)*"
    r"(?: (?:of |the |and |de |al )?[^\W\d_a-z]\w*(?:[-\u2019']\w+)*)*"
    r"|\d[\d.,]*\d"
)


def landmarks(text: str) -> Features:
    """Return the names and numbers of a text, and the words that names are made of.

    >>> one, two = landmarks("Kim Jong met Lee."), landmarks("Later Lee saw Kim Jong.")
    >>> len(set(one.hashes.tolist()) & set(two.hashes.tolist()))
    4
    """
    found: dict[str, None] = {}
    for mark in _MARK.findall(text):
        words = mark.split()
        for name in (mark, *(words if len(words) > 1 else ())):
            if len(name) > 1:
                found.setdefault(name)
    names = list(found)[:LONGEST]
    hashes = np.array([zlib.crc32(name.encode("utf-8", "replace")) for name in names], np.uint32)
    distinct, first = np.unique(hashes, return_index=True)
    order = np.argsort(first)
    return Features(distinct[order], first[order].astype(np.uint16), len(names))

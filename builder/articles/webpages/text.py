"""What a model sees of a block's text, measured on all blocks of a page at once."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from builder.articles.webpages.markup import Block

    Matrix = NDArray[np.float32]

WORDS, LINKS, ENDS, PROSE = 0, 1, 2, 3
"""Columns of `text_traits`: log of the words, share of links, an end mark, both as prose."""

_END = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019)\]]*$")
_PROMPT = re.compile(
    r"(?:read|see|watch|listen|learn|find|click|tap|view|share|follow|sign|subscribe|join|related"
    r"|also|more|photo|image|picture|credit|source|copyright|\u00a9|by|published|updated|posted"
    r"|advertisement|tags?|topics?|filed|editor|contact|download|get|comments?|about|disclaimer"
    r"|disclosure|this (?:article|story|post)|originally|image)\b",
    re.IGNORECASE,
)
_LEAST = 12  # words from which a block with an end mark is prose
_LINKED = 0.4  # share of links from which it is none
_SPACELESS = 6  # characters that count as a word in scripts without spaces
_SPACE, _COMMA, _DIGIT, _UPPER = 1, 2, 3, 4
_KINDS = 5
_TOLD_APART = 0x3000  # code points; beyond are no capitals that matter here
_ASCII = 0x80


def text_traits(blocks: Sequence[Block], words: Sequence[str]) -> Matrix:
    """Return a row of numbers for each block: size, links, end, signs.

    `words` are the texts of the blocks.
    """
    size, foreign, found = _counts(words)
    count = found[:, _SPACE] + (size > 0)
    count = np.maximum(np.where(foreign, np.maximum(count, size // _SPACELESS), count), 1)
    size = np.maximum(size, 1)
    raw = np.array([sum([run.end - run.start for run in block.runs]) for block in blocks])
    linked = np.minimum(1.0, np.array([block.linked for block in blocks]) / np.maximum(raw, 1))
    ends = np.array([_END.search(text[-4:]) is not None for text in words])
    return np.column_stack([
        np.log(count), linked, ends, ends & (count >= _LEAST) & (linked < _LINKED),
        np.log(size), [len(block.runs) / 10 for block in blocks], found[:, _COMMA] / count,
        found[:, _DIGIT] / size, found[:, _UPPER] / size,
        [text[:1].isupper() for text in words],
        [_PROMPT.match(text) is not None for text in words],
        [text[-1:] == ":" for text in words], size / count,
    ]).astype(np.float32)  # fmt: skip


def _counts(words: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_], Matrix]:
    """Return of each text its size, whether it is more than ASCII, and its characters by kind."""
    size = np.array([len(text) for text in words])
    block = np.repeat(np.arange(len(words)), size)
    data = "".join(words).encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(data, np.uint32)
    kind = _kinds().take(np.minimum(points, _TOLD_APART))
    found = np.bincount(block * _KINDS + kind, minlength=len(words) * _KINDS)
    foreign = np.bincount(block[points >= _ASCII], minlength=len(words)) > 0
    return size, foreign, found.reshape(-1, _KINDS).astype(np.float32)


@cache
def _kinds() -> NDArray[np.uint8]:
    kinds = np.zeros(_TOLD_APART + 1, np.uint8)
    kinds[ord(" ")], kinds[ord(",")] = _SPACE, _COMMA
    for point in range(_TOLD_APART):
        if chr(point).isdigit():
            kinds[point] = _DIGIT
        elif chr(point).isupper():
            kinds[point] = _UPPER
    return kinds

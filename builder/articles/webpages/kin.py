"""Which blocks of a page are of one kind: they look alike or stand in the same element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from builder.articles.webpages.markup import Block

Numbers = NDArray[np.float64]
_LOOK = 80  # characters of the attributes that make a look


@dataclass(frozen=True, slots=True)
class Kin:
    """Ways to part a page's blocks into groups, narrow and wide.

    Each is the number of every block's group.
    """

    look: NDArray[np.int64]
    element: NDArray[np.int64]
    parent: NDArray[np.int64]
    above: NDArray[np.int64]
    upper: NDArray[np.int64]
    path: NDArray[np.int64]

    def ways(self) -> tuple[NDArray[np.int64], ...]:
        """Return all of them."""
        return self.look, self.element, self.parent, self.above, self.upper, self.path


def kin(blocks: Sequence[Block]) -> Kin:
    """Return the groups of a page's blocks."""
    keys = []
    for block in blocks:
        element = block.element
        parent = element.parent or element
        above = parent.parent or parent
        own, around = element.attributes[:_LOOK], parent.attributes[:_LOOK]
        path = element.tag, parent.tag, around, above.attributes[:_LOOK]
        look = element.tag, own, parent.tag
        upper = id(above.parent or above)
        keys.append((look, id(element), id(parent), id(above), upper, path))
    return Kin(*map(groups, zip(*keys, strict=True))) if keys else Kin(*[groups(())] * 6)


def groups(keys: Iterable[Hashable]) -> NDArray[np.int64]:
    """Return a number for each key, in the order of their coming.

    >>> groups("abca").tolist()
    [0, 1, 2, 0]
    """
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], np.int64)


def sums(group: NDArray[np.int64], values: Numbers) -> Numbers:
    """Return for each block the sum over its group.

    >>> sums(groups("aba"), np.array([1.0, 2.0, 3.0])).tolist()
    [4.0, 2.0, 4.0]
    """
    total: Numbers = np.bincount(group, values, minlength=1).astype(float)
    return total[group]

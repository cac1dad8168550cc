"""Which split a document belongs to: decided by its duplicate cluster and nothing else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SPLITS = ("train", "validation", "test")
_RANGE = 2**64


def split(duplicate_cluster: str, shares: Mapping[str, float]) -> str:
    """Return the split of a cluster; the same for ever while the shares stay the same.

    The cluster's hash is a point between 0 and 1. Test lies at the lower end
    and train at the upper, so that shares moved between train and validation
    leave the test split as it was.

    >>> split("c1", {"train": 0.8, "validation": 0.1, "test": 0.1})
    'train'
    """
    digest = hashlib.sha256(duplicate_cluster.encode()).digest()
    point = int.from_bytes(digest[:8]) / _RANGE
    if point < shares["test"]:
        return "test"
    return "validation" if point < shares["test"] + shares["validation"] else "train"

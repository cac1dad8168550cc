"""Python's cycle collector, asked to look seldom while records stream by."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SELDOM = (200_000, 20, 20)
"""Live objects between two looks, and young looks between older ones."""


@contextlib.contextmanager
def seldom_collected() -> Iterator[None]:
    """Let the collector look seldom: records have no cycles, and looking takes up to a quarter.

    It is not switched off, so that memory stays flat whatever a library leaves behind.
    """
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)

"""Memory that nothing holds any more, but that allocators keep for themselves."""

from __future__ import annotations

import pyarrow as pa


def give_back() -> None:
    """Give what Arrow's allocator and the C library keep back to the system.

    Between two stages of a release: what one has used is of no use to the next,
    and would be added to it.
    """
    for pool in (pa.default_memory_pool(), pa.system_memory_pool()):
        pool.release_unused()

"""Who published which document, without reading the documents' texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path


def publishers(documents: Path) -> dict[str, str | None]:
    """Return the publisher of each ingested document, None where nobody is stated."""
    table = pq.read_table(documents, columns=["doc_id", "article.publisher"])
    return {row["doc_id"]: row["publisher"] for row in table.to_pylist()}

"""The data files of a release: which rows each config has, written as documents stream by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from builder.release.answers import answer_rows
from builder.release.features import ANNOTATIONS, DOCUMENTS, SENTENCES, arrow_schemas
from builder.release.ledger import SPLITS
from builder.release.rights import redacted
from builder.release.rows import document_rows, event_rows
from builder.release.sentence import sentence_rows
from builder.release.shards import PartWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from builder.release.contents import Labelled
    from builder.release.rows import Row
    from builder.release.shards import Parts
    from builder.schema import Schema

Counts = dict[tuple[str, str], int]
"""Rows by config and split."""


def row_makers(schema: Schema) -> dict[str, Callable[[Iterable[Labelled]], Iterator[Row]]]:
    """Return what makes the rows of each config from labelled documents."""
    return {
        DOCUMENTS: partial(document_rows, schema=schema),
        **{
            event_type.plural: partial(event_rows, event_type=name, schema=schema)
            for name, event_type in schema.event_types.items()
        },
        ANNOTATIONS: partial(answer_rows, schema=schema),
        SENTENCES: sentence_rows,
    }


class DataWriter:
    """Writes the files of all configs and splits below `folder`, some documents at a time."""

    def __init__(self, folder: Path, schema: Schema) -> None:
        self._makers = row_makers(schema)
        self._parts = {
            config: {split: PartWriter(folder, config, split, columns) for split in SPLITS}
            for config, columns in arrow_schemas(schema).items()
        }

    def add(self, members: Sequence[Labelled], split: str) -> Counts:
        """Write all rows of some documents of a split; return how many there are."""
        counts: Counts = {}
        for config, make in self._makers.items():
            rows = [redacted(row, one.form) for one in members for row in make([one])]
            self._parts[config][split].add(rows)
            counts[config, split] = len(rows)
        return counts

    def close(self) -> Parts:
        """End all files and return what was written."""
        return {
            config: {split: part.close() for split, part in splits.items()}
            for config, splits in self._parts.items()
        }

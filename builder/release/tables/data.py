"""The data files of a release: which rows each config has, written as documents stream by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from builder.release.rights import redacted
from builder.release.splits.ledger import SPLITS
from builder.release.tables.answers import answer_rows
from builder.release.tables.features import ANNOTATIONS, DOCUMENTS, SENTENCES, arrow_schemas
from builder.release.tables.rows import document_rows, event_rows
from builder.release.tables.sentence import sentence_rows
from builder.release.tables.shards import PartWriter, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from builder.release.contents import Labelled
    from builder.release.tables.rows import Row
    from builder.release.tables.shards import Parts, Rendered
    from builder.schema import Schema

Where = tuple[str, str]
"""A config and a split."""
Counts = dict[Where, int]


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


class DataMaker:
    """Makes the rows of all configs from documents of a split."""

    def __init__(self, schema: Schema) -> None:
        self._makers = row_makers(schema)
        self._columns = arrow_schemas(schema)

    def rows(self, members: Sequence[Labelled], split: str) -> Iterator[tuple[Where, Rendered]]:
        """Give the rows of every config that has some, and to which config and split they go."""
        for config, make in self._makers.items():
            rows = [redacted(row, one.form) for one in members for row in make([one])]
            if rows:
                yield (config, split), rendered(rows, self._columns[config])


class DataWriter:
    """Writes the files of all configs and splits below `folder`."""

    def __init__(self, folder: Path, schema: Schema) -> None:
        self._parts = {
            config: {split: PartWriter(folder, config, split, columns) for split in SPLITS}
            for config, columns in arrow_schemas(schema).items()
        }

    def add(self, where: Where, rows: Rendered) -> None:
        """Write rows of a config and split."""
        config, split = where
        self._parts[config][split].add(rows)

    def close(self) -> Parts:
        """End all files and return what was written."""
        return {
            config: {split: part.close() for split, part in splits.items()}
            for config, splits in self._parts.items()
        }

"""The data files of a release: which rows each config has, written split by split."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from builder.release.answers import answer_rows
from builder.release.features import ANNOTATIONS, DOCUMENTS, SENTENCES, arrow_schemas
from builder.release.rights import redacted
from builder.release.rows import document_rows, event_rows
from builder.release.sentence import sentence_rows
from builder.release.shards import shard_path, write_shard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from builder.release.contents import Contents, Labelled
    from builder.release.rows import Row
    from builder.release.shards import Shard
    from builder.schema import Schema


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


def write_data(folder: Path, held: Contents, schema: Schema) -> dict[str, dict[str, Shard]]:
    """Write every config and split below `folder`; one batch of rows at a time is in memory."""
    makers = row_makers(schema)
    return {
        config: {
            split: write_shard(
                folder, shard_path(config, split), columns, _rows(members, makers[config])
            )
            for split, members in held.splits.items()
        }
        for config, columns in arrow_schemas(schema).items()
    }


def _rows(
    members: Iterable[Labelled], make: Callable[[Iterable[Labelled]], Iterator[Row]]
) -> Iterator[Row]:
    for labelled in members:
        for row in make([labelled]):
            yield redacted(row, labelled.form)

"""What is written has to be what was meant: read the files back, and load them as users will."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from builder.document import Span
from builder.errors import Problems
from builder.release.gates import Gate
from builder.release.rights import FULL, redacted
from builder.release.rows import mention_text
from builder.release.shards import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from builder.release.contents import Labelled
    from builder.release.shards import Shard


def check_spans(
    folder: Path,
    shards: Mapping[str, Mapping[str, Shard]],
    documents: Mapping[str, Labelled],
) -> Gate:
    """Read the written files back; refuse a stored text that is not the text at its span.

    Also refuses a text that may not be passed on, wherever it is stored.
    """
    problems = Problems()
    checked = 0
    for splits in shards.values():
        for shard in splits.values():
            file = folder / shard.path
            for row in _rows(file):
                labelled = documents[row["doc_id"]]
                where = f"{file.parent.name}/{file.name}, document {row['doc_id']}"
                if redacted(row, labelled.form) != row:
                    problems.add(where, f"holds more text than {labelled.form!r} allows")
                for span, stored, found in _quotes(row, labelled.document.text):
                    checked += stored is not None
                    if stored != found and (stored is not None or labelled.form == FULL):
                        what = f"stored is {stored!r}, the text says {found!r}"
                        problems.add(f"{where}, {span}", what)
    problems.raise_if_any()
    return Gate("spans", f"{checked} stored texts equal the text at their span")


def check_loads(
    folder: Path, shards: Mapping[str, Mapping[str, Shard]], schemas: Mapping[str, pa.Schema]
) -> Gate:
    """Load every config the way its users will; refuse other columns or other counts."""
    import datasets  # noqa: PLC0415 - takes a second, and only this gate needs it

    problems = Problems()
    noisy = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        for config, splits in filled(shards).items():
            with tempfile.TemporaryDirectory() as cache:
                loaded = datasets.load_dataset(str(folder), config, cache_dir=cache)
                counts = {split: part.num_rows for split, part in loaded.items()}
                if counts != {split: shard.rows for split, shard in splits.items()}:
                    problems.add(f"config {config}", f"loads as {counts}")
                for split, part in loaded.items():
                    if part.features.arrow_schema.remove_metadata() != schemas[config]:
                        problems.add(f"config {config}, {split}", f"loads as {part.features}")
    finally:
        if noisy:
            datasets.enable_progress_bars()
    problems.raise_if_any()
    return Gate("loads", f"{', '.join(filled(shards))} load with datasets {datasets.__version__}")


def _rows(file: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(columns=columns):
            yield from batch.to_pylist()


def _quotes(
    value: Any,  # noqa: ANN401 - any row
    text: str,
) -> Iterator[tuple[str, str | None, str]]:
    """Give every span in a row: where, the text stored beside it, the text that is there."""
    if isinstance(value, list):
        for item in value:
            yield from _quotes(item, text)
    elif isinstance(value, dict):
        if "text" in value and ("parts" in value or "start" in value):
            spans = [Span(p["start"], p["end"]) for p in value.get("parts", [value])]
            where = ", ".join(f"{span.start}-{span.end}" for span in spans)
            yield where, value["text"], mention_text(spans, text)
        elif "text_sha256" in value:
            yield "the whole text", value["text"], text
        if value.get("tokens") is not None:
            places = zip(value["token_starts"], value["token_ends"], strict=True)
            for token, (start, end) in zip(value["tokens"], places, strict=True):
                yield f"{start}-{end}", token, text[start:end]
        for item in value.values():
            yield from _quotes(item, text)

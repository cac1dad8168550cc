"""Tasks out of whatever file Label Studio wrote: exports, snapshots, API answers, webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from builder.errors import DataError, Problem
from builder.labelstudio.snapshot import SUFFIX, read_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Task = dict[str, Any]

_AGAIN = "export it as JSON, or run `builder pull`"
LOSSY = {
    ".json_min": "JSON_MIN has no relations, no region ids, no skipped and no unfinished work",
    ".csv": "CSV has no relations, no region ids, no skipped and no unfinished work",
    ".tsv": "TSV has no relations, no region ids, no skipped and no unfinished work",
    ".conll2003": "CoNLL has only the first group of labels, no relations and no annotators",
}


def read_exported(path: Path) -> Iterable[Task]:
    """Return the tasks of a JSON file that Label Studio wrote, or of one of our snapshots.

    Annotations or drafts without their tasks come as tasks without a text. A
    file that speaks of no task (a health check, say) has none. Raises DataError
    for files that are cut, and for formats that lose people's work, naming what
    they lose.
    """
    if path.name.endswith(SUFFIX):
        return read_snapshot(path)
    if path.suffix in LOSSY:
        raise DataError([Problem(str(path), f"{LOSSY[path.suffix]}; {_AGAIN}")])
    try:
        content = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise DataError([Problem(str(path), f"cannot be read ({error}); {_AGAIN}")]) from error
    rows = content if isinstance(content, list) else [content]
    if any(not isinstance(row, dict) for row in rows):
        raise DataError([Problem(str(path), f"is no list of tasks; {_AGAIN}")])
    if any("annotation_id" in row and "annotator" in row for row in rows):
        raise DataError([Problem(str(path), f"{LOSSY['.json_min']}; {_AGAIN}")])
    return [task for row in rows for task in _tasks(row)]


def _tasks(row: dict[str, Any]) -> list[Task]:
    row = row["body"] if isinstance(row.get("body"), dict) else row  # a recorded request
    if isinstance(row.get("tasks"), list):  # asked for predictions
        return [task for task in row["tasks"] if isinstance(task, dict)]
    if isinstance(row.get("data"), dict):
        return [row]
    if isinstance(row.get("annotation"), dict):  # told of an annotation
        task = row.get("task")
        return [{**(task if isinstance(task, dict) else {}), "annotations": [row["annotation"]]}]
    if "result" in row:
        kind = "drafts" if "user" in row else "annotations"
        return [{"id": row.get("task"), kind: [row]}]
    return []

"""Documents as Label Studio tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.document import text_sha256
from builder.errors import DataError, Problem, Problems
from builder.labelstudio.items import gather

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.document import Document
    from builder.schema import Schema


def task(
    document: Document,
    schema: Schema,
    *,
    batch: str = "1",
    suggestion: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return one task: the text and what identifies it; blind without a suggestion.

    The server's own ids are not stable, so everything later is keyed on
    `data.doc_id`.
    """
    article = document.article
    made: dict[str, Any] = {
        "data": {
            "text": document.text,
            "doc_id": document.doc_id,
            "title": document.title,
            "url": article.url,
            "publisher": article.publisher or article.agency,
            "published_at": article.published_at or article.updated_at,
            "text_sha256": text_sha256(document.text),
            "schema": schema.version,
            "batch": batch,
            "blind": suggestion is None,
        }
    }
    return made | {"predictions": [suggestion]} if suggestion else made


def is_blind(doc_id: str, share: float) -> bool:
    """Tell whether a document is annotated without suggestions: always the same for one document.

    >>> is_blind("0" * 16, 1.0), is_blind("f" * 16, 0.99), is_blind("0" * 16, 0.0)
    (True, False, False)
    """
    return int(doc_id[:8], 16) / 0x1_0000_0000 < share


def validate_tasks(config: str, tasks: Iterable[dict[str, Any]]) -> None:
    """Check a configuration and tasks by the SDK's own rules and by what it misses.

    The server accepts almost anything and then cannot show it: one lone
    surrogate makes every export of the project fail. Raises DataError with
    every problem.
    """
    from label_studio_sdk.label_interface import LabelInterface  # noqa: PLC0415 - slow to import

    problems = Problems()
    try:
        interface = LabelInterface(config)
        interface.validate()
    except Exception as error:
        raise DataError([Problem("label_config.xml", f"not accepted: {error}")]) from error
    seen: set[str] = set()
    for number, each in enumerate(tasks):
        data, where = each["data"], f"tasks.json task {number} ({each['data']['doc_id']})"
        try:
            # With predictions it ends in a TypeError, whatever they say.
            interface.validate_task({"data": data})
            for prediction in each.get("predictions") or []:
                for what in _defects(interface, prediction, data["text"]):
                    problems.add(where, f"suggestion not accepted: {what}")
        except Exception as error:  # noqa: BLE001 - as above
            problems.add(where, f"not accepted: {error}")
        if any("\ud800" <= char <= "\udfff" for char in data["text"]):
            problems.add(where, "the text has a lone surrogate; run `builder ingest` again")
        if data["doc_id"] in seen:
            problems.add(where, "this document is here twice; run `builder ingest` again")
        seen.add(data["doc_id"])
    problems.raise_if_any()


def _defects(interface: Any, prediction: dict[str, Any], text: str) -> list[str]:  # noqa: ANN401 - untyped there
    found = [str(error) for error in interface.validate_prediction(prediction, return_errors=True)]
    spots = gather(prediction.get("result") or [], text).findings
    return found + [what for severity, _, _, what in spots if severity == "error"]

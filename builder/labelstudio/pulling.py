"""Annotations down: everything the server has about a project, through one snapshot export."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, Any

import msgspec

from builder.errors import NotReadyError, ServerError
from builder.labelstudio.snapshot import Source
from builder.labelstudio.studio_project import canonical, find_project

if TYPE_CHECKING:
    from builder.labelstudio.client import Client
    from builder.labelstudio.studio_project import Found

# Leaving one of these out drops skipped annotations without a word.
_ANNOTATIONS = {"usual": True, "ground_truth": True, "skipped": True}
_WHOLE = {"only_id": False}
_FORMS = {"drafts": _WHOLE, "predictions": _WHOLE, "annotations__completed_by": _WHOLE}
_POLL = 2.0


def pull(client: Client, title: str) -> tuple[list[dict[str, Any]], Source]:
    """Return all tasks of the server's project with all annotations, drafts and predictions.

    Skipped and untouched tasks are among them. Raises NotReadyError when the
    server has no such project.
    """
    found = find_project(client, title)
    if found is None:
        what = f"{client.url} has no project titled {title!r}"
        raise NotReadyError(what, hint="`builder push` makes it; studio.title names another.")
    tasks = _export(client, found)
    return tasks, source(client, found)


def source(client: Client, found: Found) -> Source:
    """Return where a pull comes from, as a snapshot's manifest names it."""
    return Source(
        kind=client.kind,
        url=client.url,
        project_id=found.project_id,
        project_title=found.title,
        project_created_at=found.created_at,
        label_studio_version=client.version,
        label_config_sha256=hashlib.sha256(canonical(found.label_config).encode()).hexdigest(),
    )


def nameless(tasks: list[dict[str, Any]]) -> list[int]:
    """Return the numbers of the tasks that have no `data.doc_id` and so belong to no document."""
    return sorted(task["id"] for task in tasks if not (task.get("data") or {}).get("doc_id"))


def _export(client: Client, found: Found) -> list[dict[str, Any]]:
    exports = client.sdk.projects.exports
    with client.answering():
        made = exports.create(
            id=found.project_id,
            title="builder pull",
            annotation_filter_options=_ANNOTATIONS,
            serialization_options=_FORMS,
        )
        try:
            _wait(client, found.project_id, made.id)
            content = b"".join(exports.download(id=found.project_id, export_pk=made.id))
        finally:
            # The server keeps every export as a file until it is told not to.
            exports.delete(id=found.project_id, export_pk=made.id)
    return _tasks(content, client.url)


def _wait(client: Client, project_id: int, export_id: int) -> None:
    # Community answers when the export is done; other editions make it in the background.
    while True:
        made = client.sdk.projects.exports.get(id=project_id, export_pk=export_id)
        if made.status == "completed":
            return
        if made.status == "failed":
            raise ServerError(f"{client.url} could not export project {project_id}")
        time.sleep(_POLL)


def _tasks(content: bytes, url: str) -> list[dict[str, Any]]:
    try:
        return msgspec.json.decode(content, type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        what = f"{url} sent an export of {len(content)} bytes that is not a list of tasks"
        raise ServerError(f"{what}: {error}", hint="Run `builder pull` again.") from error

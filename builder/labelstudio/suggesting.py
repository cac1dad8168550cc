"""Suggestions for tasks that the server has already; annotations are never touched.

A model version says the same of the same text, so a task that has a prediction
of this version needs no other. Older predictions stay: annotations name them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from builder.labelstudio.batch import Present, batches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from builder.labelstudio.client import Client
    from builder.labelstudio.studio_project import Found

    Task = dict[str, Any]


def waiting(
    client: Client, found: Found, tasks: Collection[Task], present: Present
) -> Iterator[dict[str, Any]]:
    """Give the predictions of our tasks that their tasks on the server lack."""
    versions = {p["model_version"] for task in tasks for p in task.get("predictions") or []}
    have = {version: _with_version(client, found, version) for version in versions}
    for number, prediction in _pairs(tasks, present):
        if number not in have[prediction["model_version"]]:
            yield {"task": number, **prediction}


def suggest(client: Client, found: Found, tasks: Collection[Task], present: Present) -> int:
    """Send what is waiting and make the newest version the one that is shown.

    Returns how many were sent. The label stream shows only predictions of the
    version that the project names.
    """
    sent = 0
    for batch in batches(waiting(client, found, tasks, present)):
        with client.answering():
            client.sdk.projects.import_predictions(
                id=found.project_id, request=batch, request_options={"max_retries": 0}
            )
        sent += len(batch)
    newest = None
    for task in tasks:
        for prediction in task.get("predictions") or []:
            newest = prediction["model_version"]
    if newest:
        with client.answering():
            if client.sdk.projects.get(found.project_id).model_version != newest:
                client.sdk.projects.update(found.project_id, model_version=newest)
    return sent


def _pairs(tasks: Collection[Task], present: Present) -> Iterator[tuple[int, dict[str, Any]]]:
    for task in tasks:
        number = present.numbers.get(task["data"]["doc_id"])
        for prediction in task.get("predictions") or []:
            if number is not None:
                yield number, prediction


def _with_version(client: Client, found: Found, version: str) -> set[int]:
    # The server looks for a part of the name, so no version may be part of another's.
    item: dict[str, Any] = {
        "filter": "filter:tasks:predictions_model_versions",
        "operator": "contains",
    }
    item |= {"type": "List", "value": [version]}
    query = {"filters": {"conjunction": "and", "items": [item]}}
    with client.answering():
        listed = client.sdk.tasks.list(
            project=found.project_id,
            query=json.dumps(query),
            fields="task_only",
            include="id",
            page_size=1000,
        )
        return {task.id for task in listed}

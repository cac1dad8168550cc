"""Every problem of every annotation, and the server's tab that holds these tasks."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from builder.event import Annotation, Finding
from builder.labelstudio.decode import read_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from builder.labelstudio.client import Client
    from builder.labelstudio.decode import Pseudonym, Reading
    from builder.schema import Schema

    Task = dict[str, Any]

TAB = "Problems"
SEVERITIES = ("error", "warning", "note")


def check_tasks(
    tasks: Iterable[Task],
    schema: Schema,
    pseudonym: Pseudonym,
    page: str = "",
    seen: Callable[[Task, Reading], object] = lambda *_: None,
) -> Iterator[Finding]:
    """Give everything that is wrong or odd with the annotations of one project's tasks.

    `page` is the project's address. Beside what `read_task` finds: somebody who
    answered a document twice, a document in two tasks, a task without a document.
    `seen` is given each task as it was read.
    """
    answers: dict[tuple[str, str], list[Annotation]] = defaultdict(list)
    places: dict[str, str] = {}
    for task in tasks:
        reading = read_task(task, schema, pseudonym, page)
        seen(task, reading)
        yield from reading.findings
        doc_id = str((task.get("data") or {}).get("doc_id") or "")
        url = f"{page}?task={task.get('id')}" if page else f"task {task.get('id')}"
        yield from _misplaced(doc_id, url, places)
        for annotation in reading.annotations:
            if annotation.state != "unfinished":
                answers[annotation.annotator, doc_id].append(annotation)
    for (person, doc_id), given in sorted(answers.items()):
        *older, _ = sorted(given, key=lambda a: (a.updated_at or "", a.annotation_id))
        for annotation in older:
            what = "answered again later; this older answer does not count"
            where = f"document {doc_id} {annotation.task_url or ''} annotator {person}"
            yield Finding(
                "note", "double_annotation", where, what,
                doc_id, annotation.annotation_id, annotation.task_url,
            )  # fmt: skip


def by_kind(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by severity and kind, the worst first."""
    counts = Counter((SEVERITIES.index(f.severity), f.severity, f.kind) for f in findings)
    return {f"{severity} {kind}": number for (_, severity, kind), number in sorted(counts.items())}


def show_tab(client: Client, project_id: int, task_ids: Iterable[int]) -> str | None:
    """Make the tab "Problems" of a project's task list hold exactly these tasks.

    Returns its address. An older tab of this name is changed; without a task it
    is removed and None is returned.
    """
    items = runs(task_ids)
    data = {
        "title": TAB,
        "type": "list",
        "target": "tasks",
        "filters": {"conjunction": "or", "items": items},
        "ordering": ["tasks:id"],
    }
    with client.answering():
        views = client.sdk.views.list(project=project_id)
        same = [view for view in views if _title(view) == TAB]
        for view in same[1:] if items else same:
            client.sdk.views.delete(id=str(view.id))
        if not items:
            return None
        if same:
            view = client.sdk.views.update(id=str(same[0].id), project=project_id, data=data)
        else:
            view = client.sdk.views.create(project=project_id, data=data)
    return f"{client.url}/projects/{project_id}/data?tab={view.id}"


def _misplaced(doc_id: str, url: str, places: dict[str, str]) -> Iterator[Finding]:
    if not doc_id:
        what = "has no doc_id, so its annotations belong to no document; delete it or push it again"
        yield Finding("warning", "nameless_task", url, what, "", "", url)
    elif doc_id in places:
        what = f"document {doc_id} is also {places[doc_id]}; delete the one without work"
        yield Finding("warning", "repeated_task", url, what, doc_id, "", url)
    else:
        places[doc_id] = url


def _title(view: Any) -> str | None:  # noqa: ANN401 - one of several SDK types
    data = view.data if isinstance(view.data, dict) else vars(view.data or object)
    return data.get("title")


def runs(task_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Return filters for tasks by number, one for each run of neighbours, so that it stays short.

    >>> [run["value"] for run in runs([7, 3, 2, 3])]
    [{'min': 2, 'max': 3}, {'min': 7, 'max': 7}]
    """
    values: list[dict[str, int]] = []
    for number in sorted(set(task_ids)):
        if values and values[-1]["max"] == number - 1:
            values[-1]["max"] = number
        else:
            values.append({"min": number, "max": number})
    spot = {"filter": "filter:tasks:id", "operator": "in", "type": "Number"}
    return [{**spot, "value": value} for value in values]

"""Annotations down: everything the server has about a project, or what changed since a snapshot.

Nothing is written to the server but an export and a tab to filter it, both
removed again, so whatever fails can be asked once more.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import msgspec

from builder.errors import NotReadyError, ServerError
from builder.labelstudio.checking import runs
from builder.labelstudio.client import RefusedError
from builder.labelstudio.progress import moment
from builder.labelstudio.shelf import Outline
from builder.labelstudio.snapshot import Source, newest_of, read_lines
from builder.labelstudio.studio_project import canonical, find_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from builder.labelstudio.client import Client
    from builder.labelstudio.snapshot import Snapshot
    from builder.labelstudio.studio_project import Found

    Task = dict[str, Any]

# Leaving one of these out drops skipped annotations without a word.
_ANNOTATIONS = {"usual": True, "ground_truth": True, "skipped": True}
_WHOLE = {"only_id": False}
_FORMS = {"drafts": _WHOLE, "predictions": _WHOLE, "annotations__completed_by": _WHOLE}
_TAB = "builder pull, in progress"
_POLL = 2.0
_ROUNDS = 4
_PATIENCE = 180.0
# A saving that began before another may end after it; its time is then the earlier one.
_OVERLAP = timedelta(minutes=2)
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Pulled:
    """Tasks as the server has them now, and the lines of a snapshot that still hold.

    Both are read while they are used, and only once. `asked` is how many tasks
    the server was asked for, None for all.
    """

    source: Source
    tasks: Iterable[Task]
    unchanged: Iterable[bytes] = ()
    asked: int | None = None


@dataclass(slots=True)
class _Known:
    """What a snapshot knows: predictions by task, a time after which it knows nothing, drafts."""

    tasks: dict[int, int] = field(default_factory=dict)
    since: datetime | None = None
    drafts: list[int] = field(default_factory=list)


def pull(client: Client, title: str, folder: Path | None = None) -> Pulled:
    """Return all tasks of the server's project with all annotations, drafts and predictions.

    Skipped and untouched tasks are among them. With the folder of the
    snapshots only what changed since the newest one is asked for. A server that
    goes away is waited for and asked again. Raises NotReadyError when it has no
    such project.
    """
    found = _patiently(client, lambda: find_project(client, title))
    if found is None:
        what = f"{client.url} has no project titled {title!r}"
        raise NotReadyError(what, hint="`builder push` makes it; studio.title names another.")
    place = source(client, found)
    base = newest_of(folder, place) if folder else None
    if base is None:
        return Pulled(place, _patiently(client, lambda: _export(client, found)))
    known = _known(base)
    changed = list(_patiently(client, lambda: _changed(client, found, known)))
    present = _patiently(client, lambda: _present(client, found, known, changed))
    if present is None:
        return Pulled(place, _patiently(client, lambda: _export(client, found)))
    stale = {task["id"] for task in changed} | (known.tasks.keys() - present)
    unchanged = (line for line in read_lines(base.path) if _outline(line).id not in stale)
    return Pulled(place, changed, unchanged, len(changed))


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
        asked_at=f"{datetime.now(UTC):{_TIME}}",
    )


def nameless(lines: Iterable[bytes]) -> list[int]:
    """Return the numbers of the tasks that have no `data.doc_id` and so belong to no document."""
    return sorted(each.id for each in map(_outline, lines) if not each.doc_id)


def _known(base: Snapshot) -> _Known:
    known, newest = _Known(), ""
    for each in map(_outline, read_lines(base.path)):
        known.tasks[each.id] = len(each.predictions)
        newest = max(newest, each.updated_at)
        if each.drafts:
            known.drafts.append(each.id)
    if newest:
        known.since = moment(newest)
        asked_at = base.manifest.source.asked_at
        # Whatever began before the newest change had ended when the server was asked.
        if not asked_at or moment(asked_at) - known.since < _OVERLAP:
            known.since -= _OVERLAP
    return known


def _outline(line: bytes) -> Outline:
    return msgspec.json.decode(line, type=Outline)


def _changed(client: Client, found: Found, known: _Known) -> Iterable[Task]:
    """Ask for tasks that were changed, have a draft, or had one: drafts move no time."""
    filters = [_filter("draft_exists", "equal", "Boolean", value=True), *runs(known.drafts)]
    if known.since:
        since = f"{known.since:{_TIME}}"
        filters.append(_filter("updated_at", "greater", "Datetime", value=since))
    data = {
        "title": _TAB,
        "filters": {"conjunction": "or", "items": filters},
        "ordering": ["tasks:id"],
    }
    with client.answering():
        view = client.sdk.views.create(project=found.project_id, data=data)
        try:
            return _export(client, found, {"view": view.id})
        finally:
            with contextlib.suppress(ServerError), client.answering():
                client.sdk.views.delete(id=str(view.id))


def _filter(name: str, operator: str, kind: str, *, value: object) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{name}", "operator": operator, "type": kind, "value": value}


def _present(client: Client, found: Found, known: _Known, changed: list[Task]) -> set[int] | None:
    """Return the numbers of all tasks; they are listed only when some must be gone.

    None when there are other predictions than expected: those move no time, so
    nobody can say which tasks they are for.
    """
    expected = known.tasks | {task["id"]: len(task["predictions"]) for task in changed}
    with client.answering():
        project = client.sdk.projects.get(found.project_id)
        numbers = set(expected)
        if project.task_number != len(expected):
            listed = client.sdk.tasks.list(
                project=found.project_id, fields="task_only", include="id", page_size=1000
            )
            numbers = {task.id for task in listed}
    predictions = sum(number for task, number in expected.items() if task in numbers)
    return numbers if project.total_predictions_number == predictions else None


def _export(client: Client, found: Found, only: dict[str, Any] | None = None) -> Iterable[Task]:
    exports = client.sdk.projects.exports
    given = {"task_filter_options": only} if only else {}
    with client.answering():
        made = exports.create(
            id=found.project_id,
            title="builder pull",
            annotation_filter_options=_ANNOTATIONS,
            serialization_options=_FORMS,
            **given,
        )
        try:
            _wait(client, found.project_id, made.id)
            with tempfile.TemporaryFile() as content:
                for chunk in exports.download(id=found.project_id, export_pk=made.id):
                    content.write(chunk)
                return _tasks(content, client.url)
        finally:
            # The server keeps every export as a file until it is told not to.
            with contextlib.suppress(ServerError), client.answering():
                exports.delete(id=found.project_id, export_pk=made.id)


def _wait(client: Client, project_id: int, export_id: int) -> None:
    # Community answers when the export is done; other editions make it in the background.
    while True:
        made = client.sdk.projects.exports.get(id=project_id, export_pk=export_id)
        if made.status == "completed":
            return
        if made.status == "failed":
            raise ServerError(f"{client.url} could not export project {project_id}")
        time.sleep(_POLL)


def _tasks(stream: BinaryIO, url: str) -> Iterator[Task]:
    """Give the tasks of an export one by one; the whole of it stays on disk."""
    # The mapping outlives the file, and the file its name.
    stream.flush()
    size = stream.tell()
    try:
        content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        listed = msgspec.json.decode(content, type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        what = f"{url} sent an export of {size} bytes that is not a list of tasks"
        raise ServerError(f"{what}: {error}", hint="Run `builder pull` again.") from error
    return (msgspec.json.decode(raw) for raw in listed)


def _patiently(client: Client, ask: Callable[[], R]) -> R:
    """Ask, and ask again when the server went away and came back; nothing is done twice."""
    for _ in range(_ROUNDS - 1):
        try:
            return ask()
        except RefusedError:
            raise
        except ServerError:
            if not _returns(client):
                raise
    return ask()


def _returns(client: Client) -> bool:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(ServerError), client.answering():
            client.sdk.versions.get()
            return True
        time.sleep(_POLL)
    return False

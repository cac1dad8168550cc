"""Tasks up: only what the server does not have, known by `data.doc_id`.

The server checks nothing and repeats everything: it takes a task twice, and may
save a batch and then answer with an error. So we look before every sending.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.errors import ChangedError, Problems, ServerError
from builder.labelstudio.batch import Batch, Present, batches
from builder.labelstudio.client import RefusedError, SilentError
from builder.labelstudio.studio_project import (
    changes,
    check_change,
    create_project,
    find_project,
    update_project,
)
from builder.labelstudio.suggesting import suggest, waiting
from builder.labelstudio.task_file import TaskFile, open_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from builder.labelstudio.client import Client
    from builder.labelstudio.studio_project import Found, Wanted

    Task = dict[str, Any]
    Tick = Callable[[int, int], None]
    """Takes how many tasks are on the server, and how many should be."""

EVERYTHING = Batch()
_PAGE = 1000
_SETTLE = 5.0
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did, or would do.

    `suggested` counts suggestions that tasks on the server got or would get.
    `others` are documents on the server that are not among our tasks, `nameless`
    its tasks without a doc_id, `repeated` the doc_ids that it has twice.
    """

    page: str
    title: str
    created: bool
    updated: tuple[str, ...]
    sent: int
    already: int
    suggested: int
    others: int
    nameless: int
    repeated: tuple[str, ...]


def read_tasks(path: Path) -> TaskFile:
    """Open the tasks that `builder tasks` wrote. Raises DataError with every defect."""
    tasks = open_tasks(path)
    problems = Problems()
    for number, task in enumerate(tasks):
        data = task.get("data") if isinstance(task, dict) else None
        data = data if isinstance(data, dict) else {}
        bad = [k for k in ("doc_id", "text", "text_sha256") if not isinstance(data.get(k), str)]
        where = f"{path} task {number}"
        if bad:
            problems.add(where, f"has no {', '.join(bad)} in its data; run `builder tasks` again")
        elif _hash(data["text"]) != data["text_sha256"]:
            problems.add(where, "its text was changed by hand; run `builder tasks` again")
    problems.raise_if_any()
    return tasks


def push(
    client: Client,
    wanted: Wanted,
    tasks: Collection[Task],
    tick: Tick,
    *,
    batch: Batch = EVERYTHING,
    dry_run: bool = False,
) -> Pushed:
    """Bring the server's project to what is wanted and send the tasks it lacks.

    Sending again sends nothing. `batch` sends a part, under a name of its own.
    Raises ChangedError, before anything is written, when labels in use would
    vanish or a document's text differs from the server's. With `dry_run`
    nothing is written.
    """
    found = find_project(client, wanted.title)
    differing = changes(found, wanted) if found else {}
    if found and "label_config" in differing:
        check_change(client, found, wanted)
    before = look(client, found) if found else Present()
    if found:
        _check_texts(found, before, tasks)
    missing = _missing(tasks, before)
    unsuggested = sum(1 for _ in waiting(client, found, tasks, before)) if found else 0
    chosen = batch.chosen(tasks, missing)
    created, after = found is None, before
    if not dry_run:
        if found is None:
            found = create_project(client, wanted)
        elif differing:
            found = update_project(client, found, differing)
        after = _send(client, found, chosen, before, tick)
        _set_overlap(client, found, batch)
        suggest(client, found, tasks, after)
    ours = {task["data"]["doc_id"] for task in tasks}
    return Pushed(
        page=found.page if found else client.url,
        title=wanted.title,
        created=created,
        updated=tuple(sorted(differing)),
        sent=len(missing) if chosen is tasks else len(chosen),
        already=len(tasks) - len(missing),
        suggested=unsuggested,
        others=len(after.hashes.keys() - ours),
        nameless=after.nameless,
        repeated=after.repeated,
    )


def look(client: Client, found: Found) -> Present:
    """Ask the server which documents it has."""
    hashes: dict[str, str] = {}
    numbers: dict[str, int] = {}
    repeated: set[str] = set()
    nameless = 0
    with client.answering():
        for task in client.sdk.tasks.list(
            project=found.project_id, fields="task_only", include="id,data", page_size=_PAGE
        ):
            data = task.data or {}
            doc_id = data.get("doc_id")
            if not doc_id:
                nameless += 1
                continue
            if doc_id in hashes:
                repeated.add(doc_id)
            hashes[doc_id] = _hash(str(data.get("text") or ""))
            numbers[doc_id] = task.id
    return Present(hashes, numbers, tuple(sorted(repeated)), nameless)


def _check_texts(found: Found, present: Present, tasks: Collection[Task]) -> None:
    problems = Problems()
    for task in tasks:
        doc_id = task["data"]["doc_id"]
        theirs = present.hashes.get(doc_id)
        if theirs is not None and theirs != task["data"]["text_sha256"]:
            what = f"document {doc_id} has another text here than in build/tasks.json"
            where = f"{found.page}?task={present.numbers[doc_id]}"
            problems.add(where, f"{what}; spans would point elsewhere")
    problems.raise_if_any(
        ChangedError, hint="Somebody edited these tasks on the server. Delete them there, or pull."
    )


def _send(
    client: Client, found: Found, tasks: Collection[Task], before: Present, tick: Tick
) -> Present:
    present, rounds = before, 0
    while missing := _missing(tasks, present):
        there = len(tasks) - len(missing)
        tick(there, len(tasks))
        lacking = (task for task in tasks if task["data"]["doc_id"] in missing)

        def done(sent: int, there: int = there) -> None:
            tick(there + sent, len(tasks))

        error = _send_batches(client, found, lacking, done)
        now = _settled(client, found) if error else look(client, found)
        rounds = 0 if len(now.hashes) > len(present.hashes) else rounds + 1
        present = now
        if rounds == _ROUNDS or isinstance(error, RefusedError | SilentError):
            raise _incomplete(error, len(tasks) - len(_missing(tasks, present)), len(tasks))
    return present


def _set_overlap(client: Client, found: Found, batch: Batch) -> None:
    """Let as many people see each task of a batch as it wants; the server knows only projects."""
    if batch.overlap is None or batch.name is None:
        return
    item = {"filter": "filter:tasks:data.batch", "operator": "equal", "type": "String"}
    items = [item | {"value": batch.name}]
    with client.answering():
        listed = client.sdk.tasks.list(
            project=found.project_id,
            query=json.dumps({"filters": {"conjunction": "and", "items": items}}),
            fields="task_only",
            include="id,overlap",
            page_size=_PAGE,
        )
        for number in [task.id for task in listed if task.overlap != batch.overlap]:
            client.sdk.tasks.update(id=str(number), overlap=batch.overlap)


def _send_batches(
    client: Client, found: Found, missing: Iterable[Task], done: Callable[[int], None]
) -> ServerError | None:
    sent = 0
    try:
        for batch in batches(missing):
            with client.answering():
                client.sdk.projects.import_tasks(
                    id=found.project_id, request=batch, request_options={"max_retries": 0}
                )
            sent += len(batch)
            done(sent)
    except ServerError as error:
        return error
    return None


def _incomplete(error: ServerError | None, there: int, wanted: int) -> ServerError:
    hint = f"{there} of {wanted} tasks are on the server; the same command sends the rest."
    if error is None:
        return ServerError("the server took the tasks but does not list them", hint=hint)
    return type(error)(error.problems, hint=f"{error.hint}\n{hint}".strip())


def _missing(tasks: Iterable[Task], present: Present) -> set[str]:
    return {task["data"]["doc_id"] for task in tasks} - present.hashes.keys()


def _settled(client: Client, found: Found) -> Present:
    # After an error the server may still be saving; two looks that see the same
    # tell that it has ended.
    present = look(client, found)
    while True:
        time.sleep(_SETTLE)
        again = look(client, found)
        if len(again.hashes) == len(present.hashes):
            return again
        present = again


def _hash(text: str) -> str:
    # A lone surrogate cannot be hashed as UTF-8; it must only differ from what can.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

"""A snapshot back into an empty project: tasks, suggestions, people, answers, drafts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from label_studio_sdk.core.api_error import ApiError

from builder.document import text_sha256
from builder.errors import ChangedError, NotReadyError, Problem
from builder.labelstudio.inventory import who
from builder.labelstudio.pulling import pull
from builder.labelstudio.pushing import look, push
from builder.labelstudio.snapshot import read_snapshot
from builder.labelstudio.studio_project import find_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from builder.labelstudio.client import Client
    from builder.labelstudio.pushing import Tick
    from builder.labelstudio.studio_project import Found, Wanted

    Task = dict[str, Any]
    Tokens = Callable[[str], str | None]
    """Gives somebody's token by e-mail, None when it is not known."""

CONFLICT = 409
LOST = (
    "numbers of tasks, annotations and drafts",
    "created_at, updated_at and updated_by of everything",
    "which suggestion an annotation started from (prediction, parent_prediction)",
    "draft_created_at, import_id, last_action, bulk_created",
)
"""What Label Studio makes anew and takes from nobody."""


@dataclass(slots=True)
class Restored:
    """What was put back, by kind; `left` names what could not be, and `lost` what never can."""

    page: str
    done: Counter[str] = field(default_factory=Counter)
    left: list[Problem] = field(default_factory=list)
    lost: tuple[str, ...] = LOST


def restore(client: Client, wanted: Wanted, path: Path, tokens: Tokens, tick: Tick) -> Restored:
    """Write a snapshot into the server's project of the wanted title, which has no other work.

    Doing it again goes on where it ended: a document, an annotation and a
    draft that is there is not written twice. Raises ChangedError when the
    project holds annotations that the snapshot has not, NotReadyError when
    people are missing on the server.
    """
    people = _people(client, path)
    found = find_project(client, wanted.title)
    there = _theirs(client, found, path) if found else {}
    tasks = list(_bare(path))
    push(client, wanted, tasks, tick)
    found = find_project(client, wanted.title)
    if found is None:
        raise NotReadyError(f"{client.url} lost the project {wanted.title!r} while it was filled")
    present, restored = look(client, found), Restored(found.page)
    restored.done["tasks"] = len(tasks)
    for task in read_snapshot(path):
        number = present.numbers.get(str((task.get("data") or {}).get("doc_id") or ""))
        if number is None:
            what = "has no doc_id, so it was left out with all its work"
            restored.left.append(Problem(f"task {task['id']}", what))
            continue
        _annotations(client, task, number, people=people, there=there, restored=restored)
        _drafts(client, task, number, there=there, tokens=tokens, restored=restored)
    return restored


def people_of(path: Path) -> list[str]:
    """Return the e-mails of everybody whose work a snapshot holds."""
    return sorted(
        {
            who(raw)
            for task in read_snapshot(path)
            for kind in ("annotations", "drafts")
            for raw in task[kind]
        }
    )


def _people(client: Client, path: Path) -> dict[str, int]:
    with client.answering():
        known = {str(user.email).lower(): user.id for user in client.sdk.users.list()}
    wanted = people_of(path)
    missing = [email for email in wanted if email.lower() not in known]
    if missing:
        what = f"{client.url} has no account for {', '.join(missing)}"
        raise NotReadyError(what, hint="Invite them there first, then run the same command.")
    return {email: known[email.lower()] for email in wanted}


def _bare(path: Path) -> Iterator[Task]:
    for task in read_snapshot(path):
        data = task.get("data") or {}
        if not data.get("doc_id"):
            continue
        data = {"text_sha256": text_sha256(str(data.get("text") or "")), **data}
        kept = ("model_version", "score", "result")
        predictions = [{k: p.get(k) for k in kept} for p in task["predictions"]]
        yield {"data": data, "meta": task.get("meta") or {}, "predictions": predictions}


def _theirs(client: Client, found: Found, path: Path) -> dict[str, int]:
    """Return the numbers of the annotations that are there already, by their lasting names."""
    ours = {str(raw["unique_id"]) for task in read_snapshot(path) for raw in task["annotations"]}
    theirs = {
        str(raw["unique_id"]): int(raw["id"])
        for task in pull(client, found.title).tasks
        for raw in task["annotations"]
    }
    if foreign := theirs.keys() - ours:
        what = f"holds {len(foreign)} annotations that are not in {path.name}"
        hint = "Set another studio.title to restore into a new project."
        raise ChangedError([Problem(found.page, what)], hint=hint)
    return theirs


def _annotations(
    client: Client,
    task: Task,
    number: int,
    *,
    people: dict[str, int],
    there: dict[str, int],
    restored: Restored,
) -> None:
    """Write a task's annotations; `there` learns their new numbers."""
    for raw in task["annotations"]:
        name = str(raw["unique_id"])
        if name in there:
            restored.done["annotations there already"] += 1
            continue
        try:
            made = client.sdk.annotations.create(
                id=number,
                result=raw["result"],
                completed_by=people[who(raw)],
                unique_id=name,
                lead_time=raw.get("lead_time"),
                was_cancelled=bool(raw.get("was_cancelled")),
                ground_truth=bool(raw.get("ground_truth")),
            )
        except ApiError as error:
            if error.status_code != CONFLICT:
                with client.answering():
                    raise
            what = "the server has it in another project; delete that one first"
            restored.left.append(Problem(f"annotation {name} of task {task['id']}", what))
            continue
        there[name] = int(made.id)
        restored.done["annotations"] += 1


def _drafts(
    client: Client,
    task: Task,
    number: int,
    *,
    there: dict[str, int],
    tokens: Tokens,
    restored: Restored,
) -> None:
    """Write drafts in their owners' names; nobody else can."""
    names = {raw["id"]: str(raw["unique_id"]) for raw in task["annotations"]}
    for raw in task["drafts"]:
        token = tokens(who(raw))
        if token is None:
            what = f"no token of {who(raw)} is known, and a draft is its owner's alone"
            restored.left.append(Problem(f"draft {raw['id']} of task {task['id']}", what))
            continue
        headers = {"Authorization": f"Token {token}"}
        answer = there.get(names.get(raw.get("annotation"), ""))
        place = f"{client.url}/api/tasks/{number}"
        place += f"/annotations/{answer}/drafts" if answer else "/drafts"
        with client.answering():
            listed = client.http.get(place, headers=headers).json()
            if any(draft.get("result") == raw["result"] for draft in _rows(listed)):
                restored.done["drafts there already"] += 1
                continue
            body = {"result": raw["result"], "lead_time": raw.get("lead_time")}
            client.http.post(place, headers=headers, json=body).raise_for_status()
        restored.done["drafts"] += 1


def _rows(answer: object) -> Iterable[dict[str, Any]]:
    return [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []

"""Conflicts out to an adjudication project, decisions back: the whole way there and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.errors import NotReadyError, Problem
from builder.labelstudio import pulling
from builder.labelstudio.pushing import push
from builder.labelstudio.studio_project import Wanted, find_project, update_project
from builder.labelstudio.tasks import validate_tasks
from builder.merge.decision import add_decisions, read_decisions
from builder.merge.policy import policy
from builder.merge.project import merge_project
from builder.merge.question import AGREED, Case, question_config, question_instruction, questions
from builder.merge.verdict import verdicts
from builder.pseudonym import pseudonym
from builder.schema import load_schema

if TYPE_CHECKING:
    from builder.config import Project
    from builder.event import GoldDocument
    from builder.labelstudio.client import Client
    from builder.labelstudio.pushing import Pushed, Tick
    from builder.merge.collect import Answered

    Task = dict[str, Any]

_LONGEST = 50
_SUFFIX = " adjudication"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull of decisions came to; `problems` are answers that are none."""

    counts: dict[str, int]
    new: int
    problems: tuple[Problem, ...]


def adjudication_title(project: Project) -> str:
    """Return the title of the adjudication project beside the annotators' one."""
    return project.text("studio.title")[: _LONGEST - len(_SUFFIX)] + _SUFFIX


def open_questions(project: Project) -> list[Task]:
    """Merge the project as it is and return one task for each conflict that is open."""
    cases: list[tuple[Answered, GoldDocument]] = []

    def keep(answered: Answered, gold: GoldDocument) -> None:
        if gold.conflicts:
            cases.append((answered, gold))

    merged = merge_project(project, each=keep, dry_run=True)
    schema, rules = load_schema(project.schemas), policy(project)
    decisions = read_decisions(project.decisions)
    return [
        task
        for answered, gold in cases
        for task in questions(
            Case(
                answered,
                gold,
                schema,
                rules,
                decisions.get(answered.doc_id, {}),
                merged.reliability,
            )
        )
    ]


def push_questions(
    client: Client, project: Project, tasks: list[Task], tick: Tick, *, dry_run: bool = False
) -> Pushed:
    """Send the questions that the adjudication project lacks; make it when it is missing."""
    schema = load_schema(project.schemas)
    config = question_config(schema)
    validate_tasks(config, [{"data": task["data"]} for task in tasks])
    wanted = Wanted(adjudication_title(project), config, question_instruction(), 1)
    done = push(client, wanted, tasks, tick, dry_run=dry_run)
    found = None if dry_run else find_project(client, wanted.title)
    if found:
        # The label stream pre-fills from this prediction only.
        update_project(client, found, {"model_version": AGREED})
    return done


def pull_decisions(client: Client, project: Project) -> Pulled:
    """Write the answers of the adjudication project as decisions, each once."""
    title = adjudication_title(project)
    if find_project(client, title) is None:
        what = f"{client.url} has no project titled {title!r}"
        raise NotReadyError(what, hint="`builder adjudicate push` makes it.")
    pulled = pulling.pull(client, title)
    name = project.text("project.name")
    found = verdicts(
        pulled.tasks,
        load_schema(project.schemas),
        lambda who: pseudonym(who, name),
        pulled.source.page,
    )
    new = add_decisions(project.decisions, found.decisions)
    return Pulled(dict(sorted(found.counts.items())), new, tuple(found.problems))

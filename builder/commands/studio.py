"""`builder studio`: the project's own Label Studio server."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from builder.commands.console import JsonOption, ProjectOption, page, show_json, talk
from builder.commands.push import push_report, push_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.config import Project
    from builder.labelstudio.environment import Report
    from builder.labelstudio.pushing import Pushed

StopOption = Annotated[bool, typer.Option("--stop", help="Stop the server; its data stays.")]
AssistOption = Annotated[
    bool,
    typer.Option("--assist", help="Suggest triggers while people label, until interrupted."),
]
StatusOption = Annotated[bool, typer.Option("--status", help="Say whether and where it runs.")]


def register(app: typer.Typer) -> None:
    """Add the verb and its own verbs."""
    users = typer.Typer(help="People who annotate on the project's own server.")
    users.command("add")(add)
    verb = typer.Typer(invoke_without_command=True)
    verb.callback()(studio)
    verb.add_typer(users, name="user", no_args_is_help=True)
    app.add_typer(verb, name="studio")


def studio(
    context: typer.Context,
    *,
    project: ProjectOption = Path(),
    stop: StopOption = False,
    status: StatusOption = False,
    assist: AssistOption = False,
    as_json: JsonOption = False,
) -> None:
    """Start a local Label Studio with the project in it.

    Makes the project, pushes the tasks and says how to log in.

    The server is installed once per machine into an environment of its own. It
    listens on this machine only, calls nobody, and runs until it is stopped.
    With LABEL_STUDIO_URL or studio.url the tasks go to that server instead.

    Example: `builder studio`, then `builder studio user add ann`
    """
    context.obj = project
    if context.invoked_subcommand:
        return
    from builder.config import load_project

    loaded = load_project(project)
    if stop:
        _stop(loaded, as_json=as_json)
    elif status:
        _show(_login(loaded), as_json=as_json)
    elif assist:
        _assist(loaded)
    else:
        _start(loaded, as_json=as_json)


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A name, or an e-mail address.")],
    project: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Sign an annotator up and print how they log in.

    Example: `builder studio user add ann`
    """
    from builder.config import load_project
    from builder.errors import UsageError
    from builder.labelstudio.server import add_user

    before = context.find_object(Path) or Path()
    loaded = load_project(before if project == Path() else project)
    if url := loaded.text("studio.url"):
        what = f"studio.url is {url}; people of that server are invited there"
        raise UsageError(what, hint="`builder studio user add` is for the project's own server.")
    user = add_user(loaded.studio, name)
    _show({"name": name, "login": user.email, "password": user.password}, as_json=as_json)


def _start(project: Project, *, as_json: bool) -> None:
    from builder.labelstudio.server import start

    if not project.text("studio.url"):
        with _talking() as report:
            start(project.studio, report)
    pushed = _push(project)
    facts = _login(project)
    if pushed:
        facts |= {"project": pushed.page, "sent": pushed.sent, "already": pushed.already}
    _show(facts, as_json=as_json)
    if pushed:
        talk().print("next: `builder studio user add NAME` per annotator, later `builder pull`")


def _assist(project: Project) -> None:
    """Answer the server's requests for suggestions until interrupted; blind tasks get none."""
    from builder.errors import NotReadyError
    from builder.labelstudio.assist import Assistant, make_server, register, unregister
    from builder.labelstudio.client import connect
    from builder.labelstudio.studio_project import find_project
    from builder.prelabel.rules import suggest, version
    from builder.schema import load_schema

    schema = load_schema(project.schemas)
    assistant = Assistant(schema, version(schema), lambda text: suggest(text, schema))
    with connect(project) as client, make_server(assistant) as backend:
        found = find_project(client, project.text("studio.title"))
        if found is None:
            raise NotReadyError("there is no project to assist", hint="`builder push` makes it.")
        url = f"http://{backend.server_address[0]!s}:{backend.server_port}"
        # The server looks at a backend before it takes it, so somebody has to answer already.
        threading.Thread(target=backend.serve_forever, daemon=True).start()
        try:
            register(client, found.project_id, url)
            talk().print(f"{assistant.version} answers at {url}; Ctrl-C ends it")
            threading.Event().wait()
        finally:
            unregister(client, found.project_id)
            backend.shutdown()


def _push(project: Project) -> Pushed | None:
    from builder.commands.tasks import write_tasks

    if not (project.build / "tasks.json").exists():
        if not project.documents.exists():
            talk().print("no documents yet: run `builder ingest PATH...`, then `builder push`")
            return None
        done = write_tasks(project)
        talk().print(f"made {done.tasks} tasks of {done.lines[0]}", markup=False, soft_wrap=True)
    pushed = push_tasks(project)
    for line in push_report(pushed)[:-1]:
        talk().print(line, markup=False)
    return pushed


def _stop(project: Project, *, as_json: bool) -> None:
    from builder.labelstudio.server import stop

    stopped = stop(project.studio)
    if as_json:
        show_json({"stopped": stopped is not None})
    else:
        talk().print(f"stopped {stopped.url}" if stopped else "no server was running")


def _login(project: Project) -> dict[str, Any]:
    from builder.labelstudio.client import connect
    from builder.labelstudio.server import admin, running

    if project.text("studio.url"):
        with connect(project) as client:
            return {"url": client.url, "login": client.email, "version": client.version}
    server = running(project.studio)
    if server is None:
        return {"running": False}
    password = admin(project.studio).password
    facts = {"url": server.url, "login": server.email, "password": password}
    return {**facts, "version": server.version, "pid": server.pid, "data": str(project.studio)}


def _show(facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(facts)
        return
    width = max(map(len, facts))
    for key, value in facts.items():
        page().print(f"{key:<{width}}  {value}", markup=False, soft_wrap=True)


@contextlib.contextmanager
def _talking() -> Iterator[Report]:
    """Give a reporter whose last line shows with a spinner and the time it has taken so far."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from builder.labelstudio.environment import SIZE, environment, requirement

    place = environment()
    if not place.ready:
        talk().print(f"installing {requirement()} into {place.folder} ({SIZE}, once per machine)")
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=talk(), transient=True) as shown:
        line = shown.add_task("looking for the server")
        yield lambda text: shown.update(line, description=text)

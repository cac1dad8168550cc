"""A Label Studio server of the project's own: on this machine only, and nothing leaves it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec
import requests

from builder.errors import ServerError
from builder.files import write_text
from builder.labelstudio.credentials import User, load_user, load_users, new_user, save_users
from builder.labelstudio.environment import ensure_environment, only_one
from builder.labelstudio.process import HOST, alive, free_port, spawn, terminate

if TYPE_CHECKING:
    from pathlib import Path

    from builder.labelstudio.environment import Report

ADMIN = "admin"
FIRST_START = 600.0
STOP = 20.0
_LOG = "label-studio.log"
_STATE = "server.json"
_LAST_LINES = 15
_ANSWER = 30.0
_OK = 200
_MOVED = 302


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, or ran, on a data folder; what `server.json` holds."""

    pid: int
    port: int
    url: str
    version: str
    email: str


def running(folder: Path) -> Server | None:
    """Return the server of this data folder when it runs and answers as ours."""
    server = _state(folder)
    if server and alive(server.pid, folder.resolve()) and _ours(folder, server):
        return server
    return None


def start(folder: Path, report: Report) -> Server:
    """Start the server on a data folder and wait until it answers; return the one that runs.

    It outlives this process, listens on the loopback address only and calls
    nobody. `report` takes lines that say what is going on. Raises ServerError
    with the log's last lines when the server does not come up.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    with only_one(folder / "start.lock"):
        left = _state(folder)
        if left and alive(left.pid, folder.resolve()):
            if _ours(folder, left):
                return left
            what = f"process {left.pid} holds {folder} but does not answer at {left.url}"
            raise ServerError(what, hint=f"`builder studio --stop` ends it.{_last_lines(folder)}")
        return _start(folder, left.port if left else None, report)


def stop(folder: Path) -> Server | None:
    """Stop the server of a data folder; return what was stopped, None when nothing ran.

    Only a process that works on this very folder is ended.
    """
    server = _state(folder)
    if server is None or not alive(server.pid, folder.resolve()):
        return None
    if not terminate(server.pid, folder.resolve(), STOP):
        what = f"process {server.pid} did not end within {STOP:.0f} seconds"
        raise ServerError(what, hint=f"`kill -9 {server.pid}` ends it.{_last_lines(folder)}")
    return server


def admin(folder: Path) -> User:
    """Return the user who owns the projects of a data folder's server."""
    return load_user(folder, ADMIN)


def add_user(folder: Path, name: str) -> User:
    """Sign somebody up at the running server and keep their login in the data folder.

    A name with an @ is an e-mail address; any other gets one that leads nowhere.
    Raises UsageError when the name is taken, ServerError when no server runs.
    """
    server = running(folder)
    if server is None:
        raise ServerError(f"no server runs on {folder}", hint="Start it: `builder studio`.")
    with only_one(folder / "users.lock"):
        users = load_users(folder)
        user = _sign_up(server.url, users[ADMIN], new_user(name, users))
        save_users(folder, {**users, name: user})
    return user


def local_session() -> requests.Session:
    """Return an HTTP session that no proxy or netrc of the machine can divert."""
    session = requests.Session()
    session.trust_env = False
    return session


def _start(folder: Path, port: int | None, report: Report) -> Server:
    environment = ensure_environment(report)
    users = load_users(folder)
    if ADMIN not in users:
        users = {ADMIN: new_user(ADMIN, users)}
        save_users(folder, users)
        report("starting for the first time: making the database takes about a minute")
    port = free_port(port)
    pid = spawn(environment.command, folder.resolve(), port, users[ADMIN], folder / _LOG)
    url = f"http://{HOST}:{port}"
    server = Server(pid, port, url, "", users[ADMIN].email)
    write_text(folder / _STATE, msgspec.json.encode(server).decode() + "\n")
    try:
        server = _wait(folder, server, report)
    except BaseException:
        # Failed or interrupted: a server that nobody knows of must not stay behind.
        terminate(pid, folder.resolve(), STOP)
        raise
    write_text(folder / _STATE, msgspec.json.encode(server).decode() + "\n")
    return server


def _wait(folder: Path, server: Server, report: Report) -> Server:
    begin = time.monotonic()
    while alive(server.pid, folder.resolve()):
        seconds = time.monotonic() - begin
        if _healthy(server.url):
            if _ours(folder, server):
                return replace(server, version=_version(server.url))
            what = f"something else took port {server.port} while our server was starting"
            raise ServerError(what, hint="Run the same command again.")
        if seconds > FIRST_START:
            raise ServerError(
                f"the server did not answer within {seconds:.0f} seconds{_last_lines(folder)}"
            )
        report(f"waiting for {server.url} ({seconds:.0f} s)")
        time.sleep(0.25)
    raise ServerError(f"the server ended while it was starting{_last_lines(folder)}")


def _healthy(url: str) -> bool:
    try:
        with local_session() as session:
            return session.get(f"{url}/health", timeout=_ANSWER).status_code == _OK
    except requests.RequestException:
        return False


def _ours(folder: Path, server: Server) -> bool:
    # The server moves to another port by itself when its own is taken, so an
    # answer at our address may be somebody else's. Only ours knows our token.
    headers = {"Authorization": f"Token {admin(folder).token}"}
    try:
        with local_session() as session:
            url = f"{server.url}/api/current-user/whoami"
            answer = session.get(url, headers=headers, timeout=_ANSWER)
            return bool(answer.status_code == _OK and answer.json().get("email") == server.email)
    except requests.RequestException:
        return False


def _version(url: str) -> str:
    with local_session() as session:
        return str(session.get(f"{url}/api/version", timeout=_ANSWER).json()["release"])


def _sign_up(url: str, owner: User, user: User) -> User:
    # Users made through the API have no password and belong to no organization;
    # those who come by the invitation and the form have both.
    try:
        with local_session() as asking, local_session() as form:
            asking.headers["Authorization"] = f"Token {owner.token}"
            page = url + asking.get(f"{url}/api/invite", timeout=_ANSWER).json()["invite_url"]
            form.get(page, timeout=_ANSWER)
            fields = {"email": user.email, "password": user.password}
            fields["csrfmiddlewaretoken"] = form.cookies["csrftoken"]
            headers = {"Referer": page}
            answer = form.post(
                page, data=fields, headers=headers, timeout=_ANSWER, allow_redirects=False
            )
            if answer.status_code != _MOVED:
                what = f"{url} refused the sign-up of {user.email} ({answer.status_code})"
                raise ServerError(what, hint="It may have this address already; take another.")
            token = form.get(f"{url}/api/current-user/token", timeout=_ANSWER).json()["token"]
            return replace(user, token=token)
    except (requests.RequestException, KeyError) as error:
        raise ServerError(f"could not sign {user.email} up at {url}: {error!r}") from error


def _state(folder: Path) -> Server | None:
    path = folder / _STATE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Server)
    except (FileNotFoundError, msgspec.DecodeError):
        # Without a readable state nothing of ours can be named; starting writes it anew.
        return None


def _last_lines(folder: Path) -> str:
    path = folder / _LOG
    lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
    return "\n".join([f"\nLast lines of {path}:", *lines[-_LAST_LINES:]]) if lines else ""

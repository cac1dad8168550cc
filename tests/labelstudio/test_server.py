from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from builder.errors import ServerError, UsageError
from builder.labelstudio import environment
from builder.labelstudio.credentials import User, load_users, new_user, save_users
from builder.labelstudio.environment import Environment, ensure_environment, only_one, requirement
from builder.labelstudio.process import alive, free_port, terminate, variables
from builder.labelstudio.server import add_user, admin, running, start, stop


def silent(_: str) -> None:
    pass


def test_the_server_answers_on_the_loopback_address_only(studio):
    server = running(studio.folder)
    assert server.url == studio.url
    assert server.version == requirement().partition("==")[2]
    local = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    listening = [line.split()[1] for line in local.splitlines() if " 0A " in line]
    assert [a for a in listening if a.endswith(f":{server.port:04X}")] == [
        f"0100007F:{server.port:04X}"
    ]


def test_starting_again_reports_the_one_that_runs(studio):
    before = running(studio.folder)
    assert start(studio.folder, silent) == before


def test_annotators_work_is_readable_by_its_owner_only(studio):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in studio.folder.iterdir()}
    assert stat.S_IMODE(studio.folder.stat().st_mode) == 0o700
    assert modes["credentials.json"] == 0o600


def test_no_secret_is_on_the_command_line_in_the_state_or_in_the_log(studio):
    owner, server = admin(studio.folder), running(studio.folder)
    places = [Path(f"/proc/{server.pid}/cmdline"), studio.folder / "server.json"]
    for place in [*places, studio.folder / "label-studio.log"]:
        text = place.read_text("utf-8", "replace")
        assert owner.token not in text
        assert owner.password not in text
    assert owner.token not in repr(owner)


def test_somebody_signed_up_can_log_in_and_use_the_token(studio):
    user = studio.add_user("server-ann")
    assert load_users(studio.folder)["server-ann"] == user
    assert studio.client(user.token).email == user.email
    with requests.Session() as form:
        form.trust_env = False
        page = f"{studio.url}/user/login/"
        form.get(page)
        fields = {"email": user.email, "password": user.password}
        fields["csrfmiddlewaretoken"] = form.cookies["csrftoken"]
        answer = form.post(page, data=fields, headers={"Referer": page}, allow_redirects=False)
    assert answer.status_code == 302


def test_a_taken_or_impossible_name_is_refused(studio):
    with pytest.raises(UsageError, match="there is a user 'admin' already"):
        studio.add_user("admin")
    for name in ("", "two words", "a@b", "-x"):
        with pytest.raises(UsageError, match="cannot be a user's name"):
            studio.add_user(name)


def test_nobody_can_be_added_while_no_server_runs(tmp_path):
    with pytest.raises(ServerError, match="no server runs"):
        add_user(tmp_path, "ann")


def test_an_answer_of_somebody_elses_server_is_not_taken_for_ours(studio, tmp_path):
    state = (studio.folder / "server.json").read_text()
    (tmp_path / "server.json").write_text(state)
    save_users(tmp_path, {"admin": new_user("admin", {})})
    assert running(tmp_path) is None
    assert stop(tmp_path) is None
    assert running(studio.folder)


def test_a_process_number_that_was_handed_out_again_is_left_alone(studio, tmp_path):
    state = json.loads((studio.folder / "server.json").read_text()) | {"pid": os.getpid()}
    (tmp_path / "server.json").write_text(json.dumps(state))
    save_users(tmp_path, {"admin": admin(studio.folder)})
    assert running(tmp_path) is None
    assert stop(tmp_path) is None


@pytest.mark.parametrize("state", ["", "{", '{"pid": 1}'])
def test_an_unreadable_state_means_no_server(tmp_path, state):
    (tmp_path / "server.json").write_text(state)
    assert running(tmp_path) is None
    assert stop(tmp_path) is None


@pytest.mark.slow
def test_a_server_outlives_its_starter_stops_for_good_and_comes_back_where_it_was(tmp_path):
    folder = tmp_path / ".studio"
    script = "import sys; from pathlib import Path; from builder.labelstudio.server import start;"
    script += "start(Path(sys.argv[1]), print)"
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True, cwd=root)
    server = running(folder)
    try:
        assert server
        assert start(folder, silent) == server
        assert stop(folder) == server
        assert running(folder) is None
        assert not alive(server.pid, folder)
        assert stop(folder) is None
        again = start(folder, silent)
        assert (again.port, again.email) == (server.port, server.email)
        assert again.pid != server.pid
    finally:
        stop(folder)


def test_a_server_that_ends_at_once_shows_its_last_lines_and_leaves_no_process(
    tmp_path, monkeypatch
):
    place = tmp_path / "env"
    (place / "bin").mkdir(parents=True)
    (place / "bin" / "label-studio").write_text("#!/bin/sh\necho no space left on device\nexit 3\n")
    (place / "bin" / "label-studio").chmod(0o755)
    monkeypatch.setenv(environment.VARIABLE, str(place))
    with pytest.raises(ServerError, match=r"(?s)ended while it was starting.*no space left"):
        start(tmp_path / ".studio", silent)
    assert running(tmp_path / ".studio") is None


def test_a_process_is_known_by_its_folder_and_ended(tmp_path):
    words = [sys.executable, "-c", "import time; time.sleep(60)", "label-studio", str(tmp_path)]
    process = subprocess.Popen(words)
    other = tmp_path / "other"
    assert alive(process.pid, tmp_path)
    assert not alive(process.pid, other)
    assert terminate(process.pid, other, 0)
    assert process.poll() is None
    assert terminate(process.pid, tmp_path, 5)
    process.wait()


def test_the_wanted_port_is_taken_only_when_nobody_listens_on_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


def test_the_machines_own_settings_do_not_reach_the_server(monkeypatch, tmp_path):
    for name in ("DEBUG", "PORT", "LABEL_STUDIO_SENTRY_DSN", "DJANGO_DB", "PYTHONPATH"):
        monkeypatch.setenv(name, "1")
    found = variables(tmp_path, User("a@b.c", "p", "t"))
    assert not {"DEBUG", "PORT", "DJANGO_DB", "PYTHONPATH"} & found.keys()
    assert found["LABEL_STUDIO_SENTRY_DSN"] == ""


def test_the_pin_has_one_source():
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'studio = ["{requirement()}"]' in text


def test_without_a_variable_the_environment_is_in_the_users_cache(monkeypatch):
    monkeypatch.delenv(environment.VARIABLE, raising=False)
    version = requirement().partition("==")[2]
    assert environment.environment().folder.name == f"label-studio-{version}"


def test_a_folder_that_holds_something_else_is_never_installed_into(tmp_path, monkeypatch):
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "thesis.txt").write_text("mine")
    monkeypatch.setenv(environment.VARIABLE, str(tmp_path / "env"))
    with pytest.raises(UsageError, match=r"holds files but no bin/label-studio"):
        ensure_environment(silent)
    assert (tmp_path / "env" / "thesis.txt").read_text() == "mine"


def test_a_failed_installation_shows_why_and_is_repeated_from_the_start(tmp_path, monkeypatch):
    place = Environment(tmp_path / "env")
    monkeypatch.setenv(environment.VARIABLE, str(place.folder))
    monkeypatch.setattr(environment, "requirement", lambda: "./no-such-file")
    for _ in range(2):
        with pytest.raises(ServerError, match=r"(?s)could not install .*no-such-file"):
            ensure_environment(silent)
        assert not place.ready
        assert place.unfinished.exists()
        (place.folder / "half-done").touch()
    said = []
    with pytest.raises(ServerError):
        ensure_environment(said.append)
    assert said[0].startswith("removing an unfinished installation")
    assert not (place.folder / "half-done").exists()


def test_two_at_once_wait_for_each_other(tmp_path):
    order = []

    def second() -> None:
        with only_one(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with only_one(tmp_path / "lock"):
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]

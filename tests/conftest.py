"""One real Label Studio for the whole run, and fresh projects on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builder.config import Project, load_project
from builder.labelstudio import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Studio:
    """The running server: its data folder, address and the owner's token."""

    folder: Path
    url: str
    token: str
    connections: contextlib.ExitStack

    def client(self, token: str | None = None):
        """Return a connection as the owner, or as whoever has the token."""
        from builder.labelstudio.client import connect_to  # noqa: PLC0415 - slow to import

        client = connect_to(self.url, token or self.token, kind="local")
        return self.connections.enter_context(client)

    def add_user(self, name: str):
        """Sign somebody up; return their e-mail, password and token."""
        return server.add_user(self.folder, name)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Start a real Label Studio; BUILDER_STUDIO_ENV names an environment to take it from.

    BUILDER_STUDIO_TEMPLATE names a data folder of a stopped server to start from;
    making the database anew takes up to two minutes on a busy machine.
    """
    folder = tmp_path_factory.mktemp("studio") / ".studio"
    if template := os.environ.get("BUILDER_STUDIO_TEMPLATE"):
        shutil.copytree(template, folder)
    started = server.start(folder, lambda line: sys.stderr.write(f"{line}\n"))
    with contextlib.ExitStack() as connections:
        yield Studio(folder, started.url, server.admin(folder).token, connections)
    server.stop(folder)


@pytest.fixture
def project_on(studio: Studio, tmp_path: Path) -> Callable[[str], Project]:
    """Make project folders whose own server is the running one; each title is a fresh project."""

    def make(title: str, **settings: str | int) -> Project:
        root = tmp_path / title.replace(" ", "-")
        root.mkdir()
        # `builder` finds a project's own server in this folder.
        (root / ".studio").symlink_to(studio.folder, target_is_directory=True)
        lines = [f"{name} = {value!r}\n" for name, value in {"title": title, **settings}.items()]
        (root / "builder.toml").write_text("[studio]\n" + "".join(lines), "utf-8")
        return load_project(root)

    return make


@pytest.fixture(autouse=True)
def _no_server_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests must never write to a server that somebody works with.
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)

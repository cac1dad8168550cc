"""The started server calls nobody: every connect of its processes, as the kernel saw it."""

import os
import re
import shutil
from pathlib import Path

import pytest
import requests

from builder.labelstudio import environment, server
from builder.labelstudio.client import connect_to
from builder.labelstudio.config import label_config
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")
INTERNET = re.compile(
    r"sin6?_addr=inet_(?:addr|pton)\((?:AF_INET6?, )?\"([^\"]+)\"|inet_pton\(AF_INET6, \"([^\"]+)\""
)


@pytest.mark.slow
def test_a_started_server_connects_to_nothing_outside_this_machine(tmp_path, monkeypatch):
    strace = shutil.which("strace")
    if strace is None:
        assert not os.environ.get("CI"), "CI installs strace before the tests"
        pytest.skip("no strace on this machine; install it to see the server's connects")
    real = environment.ensure_environment(lambda _: None).command
    trace, place = tmp_path / "trace", tmp_path / "env" / "bin"
    place.mkdir(parents=True)
    words = f"{strace} -D -f -e trace=connect,sendto,sendmsg -o {trace} {real}"
    (place / "label-studio").write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    (place / "label-studio").chmod(0o755)
    monkeypatch.setenv(environment.VARIABLE, str(place.parent))
    folder = tmp_path / ".studio"
    if template := os.environ.get("BUILDER_STUDIO_TEMPLATE"):
        shutil.copytree(template, folder)
    started = server.start(folder, lambda _: None)
    try:
        ann = server.add_user(folder, "ann")
        owner = server.admin(folder)
        with connect_to(started.url, owner.token, kind="local") as client:
            project = client.sdk.projects.create(title="Quiet", label_config=label_config(SCHEMA))
            task = [{"data": {"text": "Ulm agreed.", "doc_id": "d"}}]
            client.sdk.projects.import_tasks(id=project.id, request=task)
            list(client.sdk.tasks.list(project=project.id))
        for page in ("/", "/projects/", f"/projects/{project.id}/data", "/user/account"):
            headers = {"Authorization": f"Token {ann.token}"}
            requests.get(f"{started.url}{page}", headers=headers, timeout=60)
    finally:
        server.stop(folder)
    calls = trace.read_text("utf-8", "replace").splitlines()
    assert calls
    addresses = {
        found for call in calls for found in INTERNET.findall(call) for found in found if found
    }
    print(f"{len(calls)} calls, internet addresses: {sorted(addresses) or 'none'}")  # noqa: T201 - asked for
    assert addresses <= {"127.0.0.1", "::1", "0.0.0.0"}

from __future__ import annotations

import base64
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from builder.config import load_project
from builder.errors import AuthError, ServerError, UsageError
from builder.labelstudio.client import (
    ACCESS,
    LEGACY,
    PERSONAL,
    UNKNOWN,
    RefusedError,
    SilentError,
    answering,
    connect,
    connect_to,
    token_kind,
)


def jwt(**claims: object) -> str:
    parts = [{"alg": "HS256", "typ": "JWT"}, {"exp": 9999999999, "jti": "x", **claims}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(part.rstrip("=") for part in encoded), "AAAA"])


REFRESH, FIVE_MINUTES, HEX = jwt(token_type="refresh"), jwt(token_type="access"), "0" * 40


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (HEX, LEGACY),
        (REFRESH, PERSONAL),
        (FIVE_MINUTES, ACCESS),
        ("a.b.c", UNKNOWN),
        ("0" * 39, UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_token_is_known_by_its_shape(token, kind):
    assert token_kind(token) == kind


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (HEX, "legacy tokens are off: switch them on"),
        (REFRESH, "Personal Access Token"),
        (FIVE_MINUTES, "expires too soon"),
        ("not-a-token-at-all", "should be a personal access token"),
        ("schlüssel-mit-ü", "should be a personal access token"),
        (jwt(token_type="refresh", exp=1), "make a new one"),
    ],
)
def test_a_refused_token_is_explained_by_its_kind_and_never_shown(studio, token, expected):
    with pytest.raises(AuthError, match=expected) as caught:
        connect_to(studio.url, token, kind="remote")
    assert caught.value.exit_code == 6
    assert studio.url in str(caught.value)
    assert token not in str(caught.value)


def test_a_personal_access_token_is_accepted(studio):
    with studio.client() as client:
        client.sdk.jwt_settings.update(
            api_tokens_enabled=True, legacy_api_tokens_enabled=True, api_token_ttl_days=30
        )
    headers = {"Authorization": f"Token {studio.token}"}
    made = requests.post(f"{studio.url}/api/token/", headers=headers, timeout=30)
    assert made.status_code == 201, made.text
    with connect_to(studio.url, made.json()["token"], kind="remote") as client:
        assert client.email == "admin@builder.invalid"


def test_the_environment_names_another_server(studio, tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", f"{studio.url}/")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", f" {studio.token}\n")
    with connect(load_project(tmp_path)) as client:
        assert (client.url, client.kind) == (studio.url, "remote")
        assert studio.token not in repr(client)


def test_a_server_that_is_down_is_named_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServerError, match=f"127.0.0.1:{port} cannot be reached") as caught:
        connect_to(f"http://127.0.0.1:{port}", HEX, kind="remote")
    assert "builder studio" in caught.value.hint
    assert caught.value.exit_code == 5


def test_without_any_server_the_way_to_one_is_said(tmp_path):
    with pytest.raises(ServerError, match="Start the project's own with `builder studio`"):
        connect(load_project(tmp_path))


def test_an_address_without_a_token_is_refused_before_anything_is_sent(tmp_path, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    with pytest.raises(UsageError, match="has no LABEL_STUDIO_API_KEY"):
        connect(load_project(tmp_path))


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://", "http://ann:pw@host"])
def test_an_impossible_address_is_refused_where_it_was_set(tmp_path, url):
    (tmp_path / "builder.toml").write_text(f"[studio]\nurl = '{url}'\n")
    with pytest.raises(UsageError, match=r"^builder.toml:2: studio.url") as caught:
        connect(load_project(tmp_path))
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, RefusedError), (500, ServerError), (502, SilentError), (403, AuthError)],
)
def test_an_answer_of_something_else_is_no_label_studio(status, kind):
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(f"<html>{self.headers['Authorization']}</html>".encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(kind) as caught:
            connect_to(f"http://127.0.0.1:{server.server_port}", HEX, kind="remote")
        server.shutdown()
    assert HEX not in str(caught.value)
    assert type(caught.value) is kind


def test_a_bug_of_ours_is_not_dressed_up_as_the_servers(studio):
    with pytest.raises(KeyError), answering(studio.url, studio.token):
        raise KeyError("x")

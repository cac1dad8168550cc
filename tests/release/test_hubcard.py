from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from huggingface_hub import DatasetCard, constants

from builder.errors import DataError
from builder.release.build import build_release
from builder.release.hubcard import check_header

CARD = """\
---
license: {license}
language: [en]
task_categories: [token-classification]
size_categories: ["n<1K"]
---
# A
"""


def test_a_card_of_ours_is_taken(make):
    built = build_release(make(), "0.1.0")
    assert "header" in [gate.name for gate in built.gates]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{license}",
            "CC-BY 4.0",
            "'CC-BY 4.0' is no license that the Hub knows; did you mean 'cc-by-4.0'?",
        ),
        ("[en]", "[xx-yy]", "'xx-yy' is no language that the Hub knows"),
        ("n<1K", "few", "'few' is no size_categories that the Hub knows"),
        ("token-", "event-", "'event-classification' is no task_categories that the Hub knows"),
    ],
)
def test_what_the_hub_does_not_know_is_named(old, new, said):
    card = CARD.replace(old, new).replace("{license}", "cc-by-4.0")
    with pytest.raises(DataError) as error:
        check_header(card)
    assert said in str(error.value)


def test_a_release_with_a_licence_that_the_hub_does_not_know_is_not_made(make):
    project = make(settings='[project]\nlicense = "creative-commons"\n')
    with pytest.raises(DataError, match=r"builder.toml, project.license: 'creative-commons' is no"):
        build_release(project, "0.1.0")
    assert not (project.root / "releases").exists()


@pytest.fixture
def hub(monkeypatch):
    """Return what a server that validates cards was sent, and its answer, which can be changed."""
    told = {"status": 200, "said": "", "sent": []}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told["sent"].append((self.path, json.loads(body)))
            self.send_response(told["status"])
            self.end_headers()
            self.wfile.write(told["said"].encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield told
    server.shutdown()
    server.server_close()


def test_the_hubs_own_validation_is_asked_for_the_whole_card(make, hub):
    path = build_release(make(), "0.1.0").path / "README.md"
    card = DatasetCard.load(path)
    card.validate()
    ((where, sent),) = hub["sent"]
    assert where == "/api/validate-yaml"
    assert sent == {"repoType": "dataset", "content": path.read_text("utf-8")}
    hub.update(status=400, said="license is wrong")
    with pytest.raises(ValueError, match="license is wrong"):
        card.validate()

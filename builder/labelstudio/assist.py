"""An ML backend as Label Studio talks to it: health, setup, predict, webhook.

It listens on the loopback address and keeps nothing of what it is sent; the
server hands every backend its owner's token, which is not even looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from builder.event import Event
from builder.labelstudio.encode import result
from builder.schema import Schema

if TYPE_CHECKING:
    from builder.labelstudio.client import Client

    Task = dict[str, Any]

HOST = "127.0.0.1"
TITLE = "builder"
LIMIT = 64_000_000
"""Bytes of a request; a longer one is refused unread."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """What suggests: a function from a text to events, and the name of what it says."""

    schema: Schema
    version: str
    suggest: Callable[[str], Sequence[Event]]

    def predictions(self, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """Return one prediction per task, in their order.

        A blind task and one without a text get an empty one.
        """
        return [self._prediction(task.get("data") or {}) for task in tasks]

    def _prediction(self, data: dict[str, Any]) -> dict[str, Any]:
        text = data.get("text")
        events = self.suggest(text) if isinstance(text, str) and not data.get("blind") else ()
        items = result(events, text or "", self.schema)
        return {"result": items, "score": 0.0, "model_version": self.version}


def make_server(assistant: Assistant, port: int = 0) -> ThreadingHTTPServer:
    """Return a backend that is bound to a port of the loopback address; 0 takes a free one."""

    class Handler(_Handler):
        told = assistant

    return ThreadingHTTPServer((HOST, port), Handler)


def register(client: Client, project_id: int, url: str) -> None:
    """Make the server ask this backend, and no older one of ours, for the project's tasks."""
    with client.answering():
        for known in client.sdk.ml.list(project=project_id):
            if known.title == TITLE:
                client.sdk.ml.delete(id=known.id)
        client.sdk.ml.create(url=url, project=project_id, title=TITLE)


def unregister(client: Client, project_id: int) -> None:
    """Make the server ask no backend of ours any more."""
    with client.answering():
        for known in client.sdk.ml.list(project=project_id):
            if known.title == TITLE:
                client.sdk.ml.delete(id=known.id)


class _Handler(BaseHTTPRequestHandler):
    told: Assistant
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200, {"status": "UP", "model_class": TITLE})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LIMIT:
            self.close_connection = True
            self._answer(413, {"detail": f"at most {LIMIT} bytes"})
            return
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            self._answer(400, {"detail": "not JSON"})
            return
        place = self.path.rstrip("/").rpartition("/")[2]
        if place == "predict":
            tasks = body.get("tasks") if isinstance(body, dict) else None
            self._answer(200, {"results": self.told.predictions(tasks or [])})
        elif place in {"setup", "webhook"}:
            self._answer(200, {"model_version": self.told.version})
        else:
            self._answer(404, {"detail": f"{self.path} is no address of an ML backend"})

    def log_message(self, *_: object) -> None:
        # A request carries people's work and a token; nothing of it is written down.
        return

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

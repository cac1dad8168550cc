"""A Hub on the loopback address: the endpoints that publishing uses, with repositories in memory.

It keeps what the real one keeps - commits, tags, blobs by their git name, large files by their
SHA-256 - and refuses what the real one refuses: no token, an unknown repository, a parent that is
no longer the newest commit.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_loopbackloopbackloopback"  # a made-up one
LARGE = (".parquet",)


@dataclass
class Repo:
    private: bool
    commits: list[str] = field(default_factory=list)
    trees: dict[str, dict[str, bytes]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    large: set[str] = field(default_factory=set)


@dataclass
class Hub:
    """The state of the server, what was asked of it, and what it shall refuse."""

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    refuse: dict[str, int] = field(default_factory=dict)

    def tree(self, repo: str, revision: str) -> dict[str, bytes]:
        found = self.repos[repo]
        commit = found.tags.get(revision, found.commits[-1])
        return found.trees[commit]


def blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def running_hub():
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _json(self, content: Any, status: int = 200, **headers: str) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _route(self, verb: str) -> None:  # noqa: PLR0911 - one return for each endpoint
        path = unquote(urlsplit(self.path).path)
        body = self._body()
        for pattern, status in list(self.hub.refuse.items()):
            if re.search(pattern, f"{verb} {path}"):
                return self._json({"error": "no"}, status)
        if verb == "PUT":
            return self._put(path, body)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._json({"error": "Invalid username or password."}, 401)
        if verb == "POST" and path != "/api/validate-yaml":
            self.hub.writes.append(path)
        if path == "/api/validate-yaml":
            return self._json({"errors": [], "warnings": []})
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        match = re.match(r"(?:/api)?/datasets/([^/]+/[^/]+?)(?:\.git)?(?:/(.*))?$", path)
        if not match or match[1] not in self.hub.repos:
            return self._json({"error": "Repository not found"}, 404, X_Error_Code="RepoNotFound")
        what = (match[2] or "").partition("/")
        name = {"info": "lfs"}.get(what[0], what[0] or "info")
        return getattr(self, f"_{name}")(match[1], what[2], body)

    def do_GET(self) -> None:
        self._route("GET")

    def do_POST(self) -> None:
        self._route("POST")

    def do_PUT(self) -> None:
        self._route("PUT")

    def _create(self, asked: dict[str, Any]) -> None:
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.hub.repos:
            return self._json({"error": "exists"}, 409)
        private = asked.get("private", asked.get("visibility") == "private")
        repo = Repo(private)
        self._commit_tree(repo, {".gitattributes": b"*.parquet filter=lfs\n"})
        self.hub.repos[name] = repo
        return self._json({"url": f"{self.hub.url}/datasets/{name}"})

    def _info(self, name: str, _rest: str, _body: bytes) -> None:
        repo = self.hub.repos[name]
        self._json({"id": name, "sha": repo.commits[-1], "private": repo.private, "tags": []})

    def _refs(self, name: str, _rest: str, _body: bytes) -> None:
        repo = self.hub.repos[name]
        tags = [
            {"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": commit}
            for tag, commit in repo.tags.items()
        ]
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": repo.commits[-1]}
        self._json({"branches": [main], "converts": [], "tags": tags})

    def _tree(self, name: str, revision: str, _body: bytes) -> None:
        entries = []
        for path, data in sorted(self.hub.tree(name, revision).items()):
            entry = {"type": "file", "path": path, "size": len(data), "oid": blob(data)}
            if path.endswith(LARGE):
                lfs = {"oid": sha256(data), "size": len(data), "pointerSize": 130}
                entry |= {"oid": blob(lfs["oid"].encode()), "lfs": lfs}
            entries.append(entry)
        folders = {path.rpartition("/")[0] for path in self.hub.tree(name, revision)} - {""}
        entries += [{"type": "directory", "path": f, "size": 0, "oid": "0" * 40} for f in folders]
        self._json(entries)

    def _preupload(self, name: str, revision: str, body: bytes) -> None:
        tree = self.hub.tree(name, revision)
        answers = []
        for asked in json.loads(body)["files"]:
            path = asked["path"]
            mode = "lfs" if path.endswith(LARGE) else "regular"
            oid = blob(tree[path]) if path in tree and mode == "regular" else None
            answers.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        self._json({"files": answers})

    def _lfs(self, _name: str, _rest: str, body: bytes) -> None:
        objects = []
        for asked in json.loads(body)["objects"]:
            known = asked["oid"] in self.hub.objects
            href = f"{self.hub.url}/objects/{asked['oid']}"
            objects.append({**asked} | ({} if known else {"actions": {"upload": {"href": href}}}))
        self._json({"transfer": "basic", "objects": objects})

    def _put(self, path: str, body: bytes) -> None:
        oid = path.rpartition("/")[2]
        if sha256(body) != oid:
            return self._json({"error": "other content"}, 400)
        self.hub.objects[oid] = body
        self.hub.puts.append(oid)
        return self._json({})

    def _commit(self, name: str, _revision: str, body: bytes) -> None:
        repo = self.hub.repos[name]
        tree = dict(repo.trees[repo.commits[-1]])
        for line in body.splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "header":
                parent = value.get("parentCommit")
                if parent and parent != repo.commits[-1]:
                    return self._json({"error": "A commit has happened since"}, 412)
            elif entry["key"] == "file":
                tree[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                tree[value["path"]] = self.hub.objects[value["oid"]]
            else:
                tree.pop(value["path"])
        commit = self._commit_tree(repo, tree)
        url = f"{self.hub.url}/datasets/{name}/commit/{commit}"
        return self._json({"commitUrl": url, "commitOid": commit})

    def _commit_tree(self, repo: Repo, tree: dict[str, bytes]) -> str:
        commit = hashlib.sha1(f"{len(repo.commits)}{sorted(tree)}".encode()).hexdigest()
        repo.commits.append(commit)
        repo.trees[commit] = tree
        return commit

    def _tag(self, name: str, revision: str, body: bytes) -> None:
        tag = json.loads(body)["tag"]
        if tag in self.hub.repos[name].tags:
            return self._json({"error": "exists"}, 409)
        repo = self.hub.repos[name]
        repo.tags[tag] = repo.commits[-1] if revision == "main" else revision
        return self._json({})

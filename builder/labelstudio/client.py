"""A connection to the Label Studio server that the project's settings name."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import httpx
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

from builder.errors import AuthError, Problem, ServerError, UsageError
from builder.labelstudio.server import admin, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.config import Project

KEY = "LABEL_STUDIO_API_KEY"
TIMEOUT = 1200.0
_REFUSED = (401, 403)
# A proxy lost patience; the server behind it may go on.
_GATEWAY = (408, 502, 504, 524)
_AT_WORK = "It may still be at work; run the same command later."
_SHOWN = 600
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

PERSONAL = "personal access token"
LEGACY = "legacy token"
ACCESS = "access token of five minutes"
UNKNOWN = "token of no known shape"
_ACCOUNT = "Account & Settings"
_SWITCH = "Organization > Access Token Settings"
_MEND = {
    PERSONAL: f"It was revoked, or made on another server: make a new one under {_ACCOUNT} > "
    f"Personal Access Token. If that page is missing, switch these tokens on under {_SWITCH}.",
    LEGACY: f"Copy it again from {_ACCOUNT} > Legacy Token. If that page is missing, legacy tokens "
    f"are off: switch them on under {_SWITCH}, or use a personal access token.",
    ACCESS: f"It expires too soon to be of use: set {KEY} to the personal access token itself "
    f"({_ACCOUNT} > Personal Access Token).",
    UNKNOWN: f"{KEY} should be a personal access token (three parts with dots, {_ACCOUNT} > "
    f"Personal Access Token) or a legacy token (40 characters 0-9 and a-f).",
}


class RefusedError(ServerError):
    """The server understood and will not do it, however often it is asked."""


class SilentError(ServerError):
    """Nobody knows whether the server is still at work on it; asking again may do it twice."""


@dataclass(frozen=True, slots=True)
class Client:
    """A server that answered and accepted us. `sdk` never repeats a request by itself.

    A block that it opens closes its connections at the end.
    """

    url: str
    sdk: LabelStudio
    http: httpx.Client
    kind: str
    version: str
    email: str
    token: str

    def __repr__(self) -> str:
        return f"Client({self.url}, {self.email})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def answering(self) -> contextlib.AbstractContextManager[None]:
        """Turn what the server refuses inside the block into our errors."""
        return answering(self.url, self.token)


def connect(project: Project) -> Client:
    """Return a connection to the server in the settings, else to the project's own.

    Raises ServerError when it does not answer or no server runs, AuthError when
    it refuses the token, UsageError when the settings cannot be right.
    """
    url = project.text("studio.url").rstrip("/")
    if url:
        _check_url(url, project.origins["studio.url"])
        token = os.environ.get(KEY, "").strip()
        if not token:
            what = f"studio.url is {url}, but the environment has no {KEY}"
            raise UsageError(what, hint=f"Set {KEY} to a token from {_ACCOUNT} on that server.")
        return connect_to(url, token, kind="remote")
    own = running(project.studio)
    if own is None:
        hint = f"Start the project's own with `builder studio`, or set LABEL_STUDIO_URL and {KEY}."
        raise ServerError("no Label Studio server runs for this project", hint=hint)
    return connect_to(own.url, admin(project.studio).token, kind="local")


def connect_to(url: str, token: str, *, kind: str) -> Client:
    """Return a connection to a server that accepts this token; `kind` is local or remote."""
    if not (token.isascii() and token.isprintable()):
        raise AuthError(f"the {UNKNOWN} cannot be sent to {url}", hint=_MEND[UNKNOWN])
    # A proxy of the machine has no business between us and a loopback server.
    trusted = urlsplit(url).hostname not in _LOOPBACK
    http = httpx.Client(timeout=TIMEOUT, trust_env=trusted, follow_redirects=True)
    try:
        with answering(url, token):
            sdk = LabelStudio(
                base_url=url, api_key=token, timeout=TIMEOUT, httpx_client=http, max_retries=0
            )
            me = sdk.users.whoami()
            version = sdk.versions.get().release or "unknown"
    except BaseException:
        http.close()
        raise
    return Client(url, sdk, http, kind, version, me.email or "", token)


@contextlib.contextmanager
def answering(url: str, token: str) -> Iterator[None]:
    """Turn what the server refuses inside the block into ServerError and AuthError.

    No message carries the token, whatever the server repeats in its answer.
    """
    try:
        yield
    except ApiError as error:
        detail = _detail(error).replace(token, "***")
        if error.status_code in _REFUSED:
            kind = token_kind(token)
            what = f"{url} refused the {kind} ({error.status_code}: {detail})"
            raise AuthError(what, hint=_MEND[kind]) from None
        raise _server_error(url, error.status_code or 0, detail) from None
    except httpx.TimeoutException as error:
        what = f"{url} did not answer in time ({type(error).__name__})"
        raise SilentError(what, hint=_AT_WORK) from None
    except httpx.HTTPError as error:
        what = f"{url} cannot be reached: {error}".replace(token, "***")
        hint = "Is the server running and the address right? `builder studio` starts a local one."
        raise ServerError(what, hint=hint) from None


def token_kind(token: str) -> str:
    """Name the kind of a token by its shape alone.

    >>> token_kind("0123456789abcdef0123456789abcdef01234567"), token_kind("secret")
    ('legacy token', 'token of no known shape')
    """
    if re.fullmatch(r"[0-9a-f]{40}", token):
        return LEGACY
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - a JWT is header, payload, signature
        return UNKNOWN
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return UNKNOWN
    is_access = isinstance(payload, dict) and payload.get("token_type") == "access"
    return ACCESS if is_access else PERSONAL


def _check_url(url: str, origin: str) -> None:
    parts = urlsplit(url)
    if parts.password or parts.username:
        what = f"studio.url on {parts.hostname} holds a login; put a token into {KEY} instead"
        raise UsageError([Problem(origin, what)])
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        what = f"studio.url is {url!r}; it should be like https://label-studio.example.org"
        raise UsageError([Problem(origin, what)])


def _detail(error: ApiError) -> str:
    body = error.body
    if not isinstance(body, dict):
        text = " ".join(str(body).split())
        return "a page that is not Label Studio's API" if "<html" in text else text[:_SHOWN]
    inner = body.get("validation_errors") or body.get("detail") or body
    if isinstance(inner, dict):
        inner = "; ".join(f"{key}: {_flat(value)}" for key, value in inner.items())
    return " ".join(_flat(inner).replace("non_field_errors: ", "").split())[:_SHOWN]


def _flat(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _server_error(url: str, status: int, detail: str) -> ServerError:
    what = f"{url} answered {status}: {detail}"
    if status in _GATEWAY:
        return SilentError(what, hint=_AT_WORK)
    if status >= 500:  # noqa: PLR2004 - from here on it is the server's own failure
        return ServerError(what, hint="Its log says why (.studio/label-studio.log for our own).")
    return RefusedError(what, hint="Is this the address of Label Studio, version 1.20 or later?")

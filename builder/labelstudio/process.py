"""The server's process: started on its own, recognized by the data folder it works on."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import ServerError
from builder.labelstudio.environment import quiet_variables

if TYPE_CHECKING:
    from builder.labelstudio.credentials import User

HOST = "127.0.0.1"
# Label Studio reads these without a prefix, whatever they were meant for.
_FOREIGN = {"USERNAME", "PASSWORD", "HOST", "PORT", "DEBUG"}
_PREFIXES = ("LABEL_STUDIO_", "DJANGO_", "FFLAG_", "fflag_")
_POLL = 0.05
_LOOKS = 100
_FIRST_PORT, _PORTS, _TRIES = 20_000, 10_000, 50


def spawn(command: Path, folder: Path, port: int, admin: User, log: Path) -> int:
    """Start the server in a session of its own, so that it outlives us; return its process id.

    Password and token travel in the environment, which other users cannot
    read, and not on the command line, which they can.
    """
    words = [str(command), "start", "--data-dir", str(folder), "--internal-host", HOST]
    words += ["--port", str(port), "--no-browser"]
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    # subprocess would hold on to a child that is meant to be let go.
    return os.posix_spawn(
        str(command), words, variables(folder, admin), file_actions=actions, setsid=True
    )


def variables(folder: Path, admin: User) -> dict[str, str]:
    """Return the server's environment: silent towards the world, legacy tokens on.

    Legacy tokens can be switched on only when the first user is made, so this
    has to be right at the very first start.
    """
    ours = {
        key: value
        for key, value in quiet_variables().items()
        if key not in _FOREIGN and not key.startswith(_PREFIXES)
    }
    return ours | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": admin.email,
        "LABEL_STUDIO_PASSWORD": admin.password,
        "LABEL_STUDIO_USER_TOKEN": admin.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
        "LABEL_STUDIO_SENTRY_DSN": "",
        "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
        # `builder studio --assist` answers on this machine; the server is on it alone, too.
        "LABEL_STUDIO_ML_BLOCK_LOCAL_IP": "false",
        "LABEL_STUDIO_SSRF_PROTECTION_ENABLED": "false",
        # The server then refuses suggestions that would blank the labelling page.
        "fflag_feat_utc_210_prediction_validation_15082025": "true",
        "PYTHONUNBUFFERED": "1",
    }


def alive(pid: int, folder: Path) -> bool:
    """Tell whether this process runs and is a server on this data folder.

    A process id is handed out again after its process has ended, so the
    number alone proves nothing.
    """
    _reap(pid)
    line = _command_line(pid)
    return "label-studio" in line and str(folder) in line.split("\0")


def terminate(pid: int, folder: Path, seconds: float) -> bool:
    """Ask the server's process to end and wait for it; tell whether it ended in time."""
    end = time.monotonic() + seconds
    if alive(pid, folder):
        os.kill(pid, signal.SIGTERM)
    while alive(pid, folder):
        if time.monotonic() > end:
            return False
        time.sleep(_POLL)
    return True


def free_port(wanted: int | None) -> int:
    """Return the wanted port when nobody listens on it, else any free one.

    Staying on the same port keeps the links that annotators saved. New ports
    come from a range that systems do not use for outgoing connections, so that
    none of those sits on it at the next start.
    """
    picks = [_FIRST_PORT + secrets.randbelow(_PORTS) for _ in range(_TRIES)]
    for port in [wanted, *picks] if wanted else picks:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ServerError(f"no port from {_FIRST_PORT} to {_FIRST_PORT + _PORTS} is free on {HOST}")


def _reap(pid: int) -> None:
    # A child of ours that has ended stays in the process table until somebody asks for it.
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _command_line(pid: int) -> str:
    if not Path("/proc/self").exists():
        return _command_line_by_ps(pid)
    try:
        for _ in range(_LOOKS):
            line = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "surrogateescape")
            if line or _ended(pid):
                return line
            # Empty for an instant while the process becomes another program.
            time.sleep(_POLL / 10)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return ""


def _ended(pid: int) -> bool:
    # The first thread may have ended while others still hold the port.
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    return state in {"Z", "X"} and threads <= 1


def _command_line_by_ps(pid: int) -> str:
    # Systems without /proc (macOS) have ps; it separates the words by spaces.
    found = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip().replace(" ", "\0")

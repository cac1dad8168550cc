"""An environment of its own for the Label Studio server, so that its packages never meet ours."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from builder.errors import ServerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Report = Callable[[str], None]
    """Takes one line that says what is going on right now."""

DISTRIBUTION = "event-dataset-builder"
EXTRA = "studio"
VARIABLE = "BUILDER_STUDIO_ENV"
SIZE = "about 1 GB"
_TAIL = 15


@dataclass(frozen=True, slots=True)
class Environment:
    """A folder with a virtual environment that holds Label Studio."""

    folder: Path

    @property
    def command(self) -> Path:
        """The server's executable."""
        return self.folder / "bin" / "label-studio"

    @property
    def unfinished(self) -> Path:
        """A mark beside the folder: an installation was started and has not ended."""
        return self.folder.with_name(f"{self.folder.name}.unfinished")

    @property
    def ready(self) -> bool:
        """Tell whether an installation is there and was finished."""
        return self.command.exists() and not self.unfinished.exists()


def requirement() -> str:
    """Return the pinned server, as our own distribution's extra `studio` names it.

    >>> requirement().startswith("label-studio==")
    True
    """
    try:
        rows = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return _requirement_of_source()
    marked = [row.split(";") for row in rows if re.search(rf"extra\s*==\s*['\"]{EXTRA}['\"]", row)]
    return marked[0][0].strip()


def environment() -> Environment:
    """Return where the server is or will be installed: BUILDER_STUDIO_ENV, else the cache."""
    override = os.environ.get(VARIABLE)
    if override:
        return Environment(Path(override).expanduser().absolute())
    version = requirement().partition("==")[2]
    return Environment(platformdirs.user_cache_path(DISTRIBUTION) / f"label-studio-{version}")


def ensure_environment(report: Report) -> Environment:
    """Return an environment with the server in it; install it first when it is missing.

    What an interrupted installation left is thrown away. A folder that holds
    something else is refused. Two commands at once wait for each other.
    """
    found = environment()
    if found.ready:
        return found
    with only_one(found.folder.with_name(f"{found.folder.name}.lock")):
        if not found.ready:
            _install(found, report)
    return found


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold a lock on a file while the block runs; wait while another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def quiet_variables() -> dict[str, str]:
    """Return our environment variables without those that would lead another Python astray."""
    return {
        key: value
        for key, value in os.environ.items()
        if key not in {"PYTHONHOME", "PYTHONPATH", "PYTHONWARNINGS", "VIRTUAL_ENV"}
    }


def _requirement_of_source() -> str:
    # A source tree that runs without being installed has no metadata of its own.
    content = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    return str(content["project"]["optional-dependencies"][EXTRA][0])


def _install(target: Environment, report: Report) -> None:
    if target.unfinished.exists():
        report(f"removing an unfinished installation in {target.folder}")
        shutil.rmtree(target.folder, ignore_errors=True)
    elif target.folder.is_dir() and any(target.folder.iterdir()):
        what = f"{VARIABLE} names {target.folder}, which holds files but no bin/label-studio"
        raise UsageError(what, hint="Name an empty folder, or an environment with Label Studio.")
    target.unfinished.touch()
    report(f"installing {requirement()} into {target.folder} ({SIZE}, once per machine)")
    _run([sys.executable, "-m", "venv", str(target.folder)], report)
    pip = [str(target.folder / "bin" / "python"), "-m", "pip", "install", "--no-input"]
    _run([*pip, "--progress-bar", "off", "--disable-pip-version-check", requirement()], report)
    if not target.command.exists():
        raise ServerError(f"{requirement()} was installed, but {target.command} is not there")
    target.unfinished.unlink()


def _run(command: list[str], report: Report) -> None:
    last: deque[str] = deque(maxlen=_TAIL)
    said = ""
    packages = 0
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=quiet_variables(),
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            last.append(line.rstrip())
            packages += line.startswith("Collecting ")
            said = _progress(line, packages) or said
            report(said or f"making {requirement()}'s environment")
    if process.returncode:
        shown = "\n".join(last)
        what = f"could not install {requirement()}: {' '.join(command[1:4])} ended with"
        hint = "Mend what its last lines say (network? disk?) and run the same command again."
        raise ServerError(f"{what} {process.returncode}:\n{shown}", hint=hint)


def _progress(line: str, packages: int) -> str:
    first, _, rest = line.partition(" ")
    if line.startswith("Installing collected packages"):
        return f"unpacking {line.count(',') + 1} packages; this takes a minute or two"
    if first in {"Collecting", "Downloading"}:
        return f"{packages} packages found so far: {rest.split()[0][:60]}"
    return ""

"""Environments with older versions of `datasets`, made once and kept in the user's cache."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import platformdirs
import pytest

from builder.labelstudio.environment import DISTRIBUTION, only_one, quiet_variables

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("2.21.0", "3.6.0", "4.0.0")
"""The oldest we promise, and the last of each way of loading since."""


def environment(version: str) -> Path:
    """Return an environment with that version; CI makes it, others use it where it is."""
    folder = platformdirs.user_cache_path(DISTRIBUTION) / f"datasets-{version}"
    made = folder / "made"
    if not made.exists() and not os.environ.get("CI"):
        pytest.skip(f"datasets {version} is not installed beside us; CI=true does it (400 MB)")
    with only_one(folder.with_name(f"{folder.name}.lock")):
        if not made.exists():
            _run(sys.executable, "-m", "venv", "--clear", str(folder))
            pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet")
            _run(*pip, "--disable-pip-version-check", f"datasets=={version}")
            made.touch()
    return folder


def _run(*command: str) -> None:
    done = subprocess.run(
        command, env=quiet_variables(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

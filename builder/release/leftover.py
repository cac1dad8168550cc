"""Folders that are removed when the work in them ends, however it ends.

A process holds a lock on each folder it works in. Only the system can take that
away from it, and does when it dies; so a folder without a lock belongs to nobody
and is removed by whoever comes next. An end that is asked for is not waited for.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_RANDOM = r"[a-z0-9_]{8}"
"""What tempfile ends the names of its folders with."""
_ENDS = (signal.SIGTERM, signal.SIGHUP)
_HEARD = (*_ENDS, signal.SIGINT)
_ASKED = 128
"""Added to a signal's number it is the exit code of who ended by it."""


@contextlib.contextmanager
def passing_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give a new folder in `parent` that is gone after the block, unless it was renamed.

    While it is made and removed signals wait: one that came between the two would
    leave a folder that nobody removes.
    """
    with _ending_asked():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        try:
            folder, lock = _locked(parent, prefix)
            try:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                yield folder
            finally:
                signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def clear(parent: Path, prefix: str) -> list[Path]:
    """Remove what dead processes left of folders whose names begin so; return which.

    `prefix` is a pattern. What a living process works in stays.
    """
    cleared = []
    name = re.compile(prefix + _RANDOM)
    for folder in sorted(parent.iterdir()) if parent.is_dir() else ():
        if name.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            with contextlib.suppress(OSError), _lock(folder):
                shutil.rmtree(folder)
                cleared.append(folder)
    return cleared


@contextlib.contextmanager
def _ending_asked() -> Iterator[None]:
    """Let a request to end leave the block as an exception, so that folders are removed.

    Elsewhere than in the main thread, and where somebody else listens for the
    signal, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = [number for number in _ENDS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(_ASKED + number)


def _locked(parent: Path, prefix: str) -> tuple[Path, int]:
    """Make a folder and lock it; another if somebody cleared it between the two."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with contextlib.suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            # Where there are no locks nobody gets one, and nothing is cleared.
            with contextlib.suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return folder, lock
            os.close(lock)


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; raises OSError when another process does."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)

"""What is left of a build that is stopped, in processes that really are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from builder.release.leftover import clear, passing_folder

HOLD = """
import sys, time
from pathlib import Path
from builder.release.leftover import passing_folder
with passing_folder(Path(sys.argv[1]), "release-") as folder:
    (folder / "part").write_text("much")
    print(folder, flush=True)
    time.sleep(60)
"""


STRIKE = """
import os, signal, sys
from pathlib import Path
from builder.release import leftover
module, name = {where}
whole = getattr(module, name)
def struck(*args, **kwargs):
    os.kill(os.getpid(), signal.{number})
    return whole(*args, **kwargs)
setattr(module, name, struck)
with leftover.passing_folder(Path(sys.argv[1]), "release-") as folder:
    (folder / "part").write_text("much")
"""


def hold(parent):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline()
    return process


def end(process, number):
    os.kill(process.pid, number)
    process.stdout.close()
    return process.wait(20)


def test_a_folder_of_a_living_process_stays_and_of_a_killed_one_goes(tmp_path):
    (tmp_path / "release-notes").mkdir()
    (tmp_path / "release-file_of8").write_text("not a folder")
    living, killed = hold(tmp_path), hold(tmp_path)
    try:
        assert end(killed, signal.SIGKILL) == -signal.SIGKILL
        assert len(list(tmp_path.glob("release-*/part"))) == 2
        (gone,) = clear(tmp_path, "release-")
        assert not gone.exists()
        assert len(list(tmp_path.glob("release-*/part"))) == 1
    finally:
        end(living, signal.SIGKILL)
    assert len(clear(tmp_path, "release-")) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release-file_of8", "release-notes"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_who_is_asked_to_end_cleans_up_at_once(tmp_path, number):
    assert end(hold(tmp_path), number) != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGINT"])
@pytest.mark.parametrize("where", ['leftover.fcntl, "flock"', 'leftover.shutil, "rmtree"'])
def test_who_is_asked_while_a_folder_is_made_or_removed_leaves_none(tmp_path, number, where):
    program = STRIKE.format(where=where, number=number)
    command = [sys.executable, "-c", program, str(tmp_path)]
    assert subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_signals_are_as_they_were_after_the_block_and_untouched_in_a_thread(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    with passing_folder(tmp_path, "x"):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
    seen = []

    def work():
        with passing_folder(tmp_path, "x"):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_cleared_where_nothing_is(tmp_path):
    assert clear(tmp_path / "none", "release-") == []


def release(root):
    return [sys.executable, "-m", "builder", "release", "0.1.0", "-C", str(root)]


def unfinished(root):
    found = [*(root / "build").glob("release-*"), *root.glob("releases/.*")]
    return sorted(path.name for path in found)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_stopped_release_leaves_nothing_that_the_next_does_not_clear(make, number):
    root = make().root
    process = subprocess.Popen(release(root), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    while len(unfinished(root)) < 2:
        assert process.poll() is None
        time.sleep(0.005)
    end(process, number)
    killed = number == signal.SIGKILL
    assert len(unfinished(root)) == (2 if killed else 0)
    done = subprocess.run(release(root), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = "removed 2 folders of releases that were killed while made"
    assert (said in done.stderr.splitlines()) == killed
    assert unfinished(root) == []
    assert (root / "releases" / "0.1.0" / "manifest.json").is_file()

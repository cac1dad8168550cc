"""An index on disk: what is kept, what is noticed, and that a killed run loses nothing."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from builder.articles.duplicates.cluster import Dated
from builder.articles.duplicates.cluster import groups as find_groups
from builder.articles.duplicates.index import Index
from builder.articles.duplicates.link import Rule
from builder.articles.duplicates.state import load_index, save_index

NAME = "duplicates.arrays"


def text(seed: int) -> str:
    rng = random.Random(seed // 2)
    words = [f"w{rng.randrange(100_000)}" for _ in range(120)]
    return " ".join([f"head{seed}", *words])


TEXTS = {f"t{number:02d}": text(number) for number in range(40)}
FIRST, LAST = [*TEXTS][:-1], [*TEXTS][-1]


def indexed(*names: str) -> Index:
    index = Index()
    index.add((name, TEXTS[name]) for name in names)
    return index


def added(index: Index, *names: str) -> Index:
    index.add((name, TEXTS[name]) for name in names)
    return index


def links(index: Index) -> list[tuple[str, str, float]]:
    return sorted(index.links())


@pytest.fixture
def path(tmp_path):
    """An index of all texts but the last, on disk."""
    save_index(tmp_path / NAME, indexed(*FIRST))
    return tmp_path / NAME


def base(path):
    (found,) = path.parent.glob("*.base")
    return found


def why(path, rule=None, wanted=TEXTS) -> str | None:
    index, reason = load_index(path, rule or Rule(), wanted)
    assert index.ids == ([] if reason else FIRST)
    return reason


def test_a_stored_index_goes_on_as_if_it_had_not_been_stored(path):
    index, reason = load_index(path, Rule(), TEXTS)
    assert (index.ids, reason) == (FIRST, None)
    assert links(added(index, LAST)) == links(indexed(*TEXTS))


def test_many_small_additions_are_one_large_one(path):
    index = indexed(*FIRST[:10])
    for name in [*FIRST[10:], LAST]:
        save_index(path, index)
        index = added(load_index(path, Rule(), TEXTS).found, name)
    assert links(index) == links(indexed(*TEXTS))


def test_a_few_more_texts_are_stored_without_the_large_file(path):
    before = base(path).stat()
    save_index(path, added(load_index(path, Rule(), TEXTS).found, LAST))
    after = base(path).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert links(load_index(path, Rule(), TEXTS).found) == links(indexed(*TEXTS))


def test_what_is_changed_in_memory_stays_out_of_the_files(path):
    before = path.read_bytes(), base(path).read_bytes()
    added(load_index(path, Rule(), TEXTS).found, LAST)
    assert (path.read_bytes(), base(path).read_bytes()) == before


def test_no_index_is_no_reason():
    assert load_index(None, Rule(), TEXTS).why is None


def test_a_missing_index_is_no_reason(tmp_path):
    assert load_index(tmp_path / NAME, Rule(), TEXTS).why is None


@pytest.mark.parametrize(
    ("share", "reason"),
    [(0.0, "is of an older layout"), (0.001, "is of an older layout"), (0.9, "bytes and not the")],
)
def test_a_cut_index_is_noticed(path, share, reason):
    os.truncate(path, int(path.stat().st_size * share))
    assert f"{NAME} " in why(path)
    assert reason in why(path)


def test_a_cut_large_file_is_noticed(path):
    os.truncate(base(path), base(path).stat().st_size - 1)
    assert why(path).startswith(f"{base(path).name} has ")


def test_a_lost_large_file_is_noticed(path):
    name = base(path).name
    base(path).unlink()
    assert why(path) == f"{name} is missing, which {NAME} goes with"


def test_the_large_file_of_another_index_is_noticed(path, tmp_path):
    save_index(tmp_path / "other" / NAME, indexed("t00"))
    base(path).write_bytes(base(tmp_path / "other" / NAME).read_bytes())
    assert why(path) == f"{base(path).name} is not what {NAME} goes with"


def test_a_byte_that_changed_is_noticed(path):
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)
    assert why(path) == f"{NAME} does not add up to the sum it was written with"


@pytest.mark.parametrize("content", [b"no arrays", b"\x93NUMPY\x01\x00v", b"[]\n", b"{}\n", b"\n"])
def test_what_is_no_index_or_of_an_older_layout_is_noticed(path, content):
    path.write_bytes(content)
    assert why(path) == f"{NAME} is of an older layout, or no index"


def test_an_index_of_another_rule_is_noticed(path):
    assert why(path, Rule(cap=9)) == f"{NAME} is of another rule or version of this tool"


def test_an_index_with_texts_that_are_gone_is_noticed(path):
    assert why(path, wanted=FIRST[2:]) == f"{NAME} has 2 texts that are gone"


def test_an_index_that_is_no_use_is_made_anew_and_the_reason_told(tmp_path):
    dated = [Dated(name, None) for name in TEXTS]
    first = find_groups(dated, TEXTS.items, tmp_path, stories=False)
    os.truncate(tmp_path / NAME, 100)
    again = find_groups(dated, TEXTS.items, tmp_path, stories=False)
    assert (first.anew, again.anew) == (None, f"{NAME} is of an older layout, or no index")
    assert find_groups(dated, TEXTS.items, tmp_path, stories=False) == first
    assert again.clusters == first.clusters


def test_what_older_editions_and_killed_runs_left_is_deleted(path):
    left, busy = path.with_name(f".{NAME}.abc"), path.with_name(".duplicates.12.base.xyz")
    older = path.with_name(f"{NAME}.base"), path.with_name("duplicates.00.base")
    for file in (left, busy, *older):
        file.write_text("x")
    os.utime(left, (time.time() - 4000,) * 2)
    save_index(path, indexed(*FIRST))
    assert sorted(path.parent.iterdir()) == sorted([path, base(path), busy])


RUN = """
import os, signal, sys
from pathlib import Path
from builder.articles.duplicates.index import Index
from builder.articles.duplicates.state import save_index

more, replace = int(sys.argv[2]), os.replace


def killed(written, path):
    global more
    if not more:
        os.kill(os.getpid(), signal.SIGKILL)
    more -= 1
    replace(written, path)


os.replace = killed
index = Index()
index.add((f"n{n}", f"one two three four {n}") for n in range(50))
save_index(Path(sys.argv[1]), index)
"""


@pytest.mark.parametrize("files", [0, 1], ids=["large file", "small file"])
def test_a_run_killed_while_it_writes_leaves_the_index_as_it_was(path, files):
    before = links(load_index(path, Rule(), TEXTS).found)
    command = [sys.executable, "-c", RUN, str(path), str(files)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    index, reason = load_index(path, Rule(), TEXTS)
    assert reason is None
    assert links(index) == before
    save_index(path, added(index, LAST))
    assert links(load_index(path, Rule(), TEXTS).found) == links(indexed(*TEXTS))

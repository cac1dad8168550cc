"""The local engine: each shard once, whole files, leftovers gone, the same with many workers."""

import functools
import os
import signal
from pathlib import Path

import pytest

from builder.engines.local import Shard, Step, run_shards
from builder.errors import BuilderError


def double(number: int, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(str(2 * number))


def end_at_three(number: int, path: Path) -> None:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    double(number, path)


def shards(number: int) -> list[Shard[int]]:
    return [Shard(f"s{n}", n) for n in range(number)]


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_shards_that_are_done_are_not_done_again(tmp_path):
    step = Step(double, tmp_path)
    assert [shard.argument for shard in run_shards(step, shards(3))] == [0, 1, 2]
    (tmp_path / "s1.parquet").write_text("kept")
    assert [shard.argument for shard in run_shards(step, shards(3))] == [0, 1, 2]
    assert content(tmp_path)["s1.parquet"] == "kept"


def test_files_of_other_shards_and_of_killed_runs_are_deleted_at_the_end(tmp_path):
    for name in ("old.parquet", ".s0.parquet.x1"):
        (tmp_path / name).write_text("")
    list(run_shards(Step(double, tmp_path), shards(1)))
    assert content(tmp_path) == {"s0.parquet": "0"}


def test_many_workers_write_what_one_writes(tmp_path):
    one, many = tmp_path / "one", tmp_path / "many"
    list(run_shards(Step(double, one), shards(9), processes=1))
    done = list(run_shards(Step(double, many), shards(9), processes=2))
    assert content(one) == content(many)
    assert {shard.name for shard in done} == {f"s{n}" for n in range(9)}


def test_a_worker_that_dies_is_told_and_what_is_done_stays(tmp_path):
    # A partial is pickled by reference to its module, as every step's function is.
    step = Step(functools.partial(end_at_three), tmp_path)
    with pytest.raises(BuilderError, match=r"a worker process died .* the same command goes on"):
        list(run_shards(step, shards(9), processes=2))
    done = len(content(tmp_path))
    assert 0 < done < 9
    assert len(list(run_shards(Step(double, tmp_path), shards(9), processes=1))) == 9

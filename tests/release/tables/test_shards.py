"""Files of bounded size: the same bytes however rows arrive, and read as one by everybody."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.release.build import build_release
from builder.release.tables import shards
from builder.release.tables.shards import PartWriter, read_columns, rendered

SCHEMA = pa.schema(
    [("n", pa.int64()), ("words", pa.list_(pa.struct([("text", pa.string())]))), ("x", pa.string())]
)
ROWS = [
    {"n": n, "words": [{"text": f"w{n}"}] * (n % 3), "x": None if n % 4 else "x" * n}
    for n in range(40)
]


def write(folder, batches):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "GROUP", 4)
        patch.setattr(shards, "LIMIT", 700)
        writer = PartWriter(folder, "documents", "train", SCHEMA)
        for batch in batches:
            writer.add(rendered(batch, SCHEMA))
        return writer.close()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 40)))
def test_files_do_not_depend_on_how_many_rows_come_together(tmp_path_factory, cuts):
    whole = write(tmp_path_factory.mktemp("one"), [ROWS])
    ends = [0, *sorted(cuts), len(ROWS)]
    batches = [ROWS[start:end] for start, end in pairwise(ends)]
    assert write(tmp_path_factory.mktemp("two"), batches) == whole
    assert len(whole.shards) > 2


def test_files_are_named_by_how_many_there_are_and_hold_all_rows(tmp_path):
    part = write(tmp_path, [ROWS])
    count = len(part.shards)
    names = [f"data/documents/train-{n:05}-of-{count:05}.parquet" for n in range(count)]
    assert [shard.path for shard in part.shards] == names
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.parquet")) == names
    assert [row for name in names for row in pq.read_table(tmp_path / name).to_pylist()] == ROWS
    assert {read_columns(tmp_path / name) for name in names} == {SCHEMA}
    assert all(shard.rows % 4 == 0 for shard in part.shards[:-1])


def test_no_row_gives_one_file_with_the_columns(tmp_path):
    part = write(tmp_path, [])
    assert [shard.rows for shard in part.shards] == [0]
    assert read_columns(tmp_path / part.shards[0].path) == SCHEMA


def test_the_digest_of_rows_is_the_same_in_any_number_of_files(tmp_path):
    few = PartWriter(tmp_path / "few", "documents", "train", SCHEMA)
    few.add(rendered(ROWS, SCHEMA))
    assert few.close().content == write(tmp_path / "many", [ROWS]).content


@pytest.fixture
def release(make, monkeypatch):
    """Return a release in which every row has a file of its own."""
    monkeypatch.setattr(shards, "GROUP", 1)
    monkeypatch.setattr(shards, "LIMIT", 1)
    built = build_release(make(), "0.1.0")
    assert len(list((built.path / "data" / "annotations").glob("train-*-of-00003.parquet"))) == 3
    return built


def test_datasets_loads_and_streams_all_files_of_a_split_as_one(release, load):
    for config, counts in release.counts.items():
        for split, count in counts.items():
            if count:
                loaded = load(release.path, config, split=split)
                streamed = load(release.path, config, split=split, streaming=True)
                assert loaded.num_rows == count
                assert list(streamed) == list(loaded)


def test_polars_and_duckdb_read_all_files_of_a_split(release):
    pattern = str(release.path / "data" / "sentences" / "train-*.parquet")
    wanted = release.counts["sentences"]["train"]
    assert pl.scan_parquet(pattern).collect().height == wanted
    with duckdb.connect() as base:
        assert base.execute("select count(*) from read_parquet(?)", [pattern]).fetchone() == (
            wanted,
        )


def test_a_build_of_many_files_has_the_same_bytes_again(release, make):
    again = build_release(make(name="again"), "0.1.0")
    one, two = (
        {
            path.relative_to(r.path): path.read_bytes()
            for path in sorted((r.path / "data").rglob("*.parquet"))
        }
        for r in (release, again)
    )
    assert one == two


def test_mlcroissant_reads_all_files_of_a_split(release, read):
    found = read(release.path)
    assert found["problems"] == []
    for config, counts in release.counts.items():
        for split, count in counts.items():
            assert len(found["rows"].get(f"{config}/{split}", [])) == count


@pytest.mark.slow
def test_older_versions_of_datasets_load_all_files(release, load, load_older):
    found = load_older(release.path)
    for name, rows in found.items():
        config, _, split = name.partition("/")
        assert rows == list(load(release.path, config, split=split))

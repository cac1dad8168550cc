"""A release in the tools that people read Parquet with, and in older versions of `datasets`."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from builder.release.build import build_release


@pytest.fixture
def release(make):
    return build_release(make(), "0.1.0").path


def files(release):
    found = sorted((release / "data").glob("*/*.parquet"))
    assert len(found) == 18
    return found


def test_pandas_reads_every_file(release):
    for file in files(release):
        table = pq.read_table(file)
        frame = pd.read_parquet(file)
        assert list(frame.columns) == table.column_names
        assert len(frame) == table.num_rows


def test_polars_reads_the_same_rows_at_once_and_lazily(release):
    for file in files(release):
        rows = pq.read_table(file).to_pylist()
        assert pl.read_parquet(file).to_dicts() == rows
        assert pl.scan_parquet(file).collect().to_dicts() == rows


def test_duckdb_reads_the_same_rows_and_unnests_them(release):
    with duckdb.connect() as base:
        for file in files(release):
            found = base.execute("select * from read_parquet(?)", [str(file)])
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            assert rows == pq.read_table(file).to_pylist()
        every = str(release / "data" / "documents" / "*.parquet")
        asked = "select e.type, e.trigger.text from read_parquet(?), unnest(events) as x(e)"
        found = base.execute(asked, [every]).fetchall()
    assert sorted(found) == [("Agreement", "signed"), ("Meeting", "met"), ("Statement", "said")]


def test_all_splits_of_a_config_have_one_schema(release):
    for config in {file.parent for file in files(release)}:
        assert len({str(pq.read_schema(file)) for file in config.glob("*.parquet")}) == 1


@pytest.mark.slow
def test_older_versions_of_datasets_load_and_stream_every_config(release, load, load_older):
    found = load_older(release)
    for name, rows in found.items():
        config, _, split = name.partition("/")
        assert rows == list(load(release, config, split=split))

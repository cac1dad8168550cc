from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.release.tables import order
from builder.release.tables.order import InOrder


def written(folder, ranks):
    path = folder / "rows.parquet"
    rows = [{"rank": rank, "words": [f"w{rank}"] * (rank % 3)} for rank in ranks]
    kinds = pa.schema([("rank", pa.int32()), ("words", pa.list_(pa.string()))])
    pq.write_table(pa.Table.from_pylist(rows, schema=kinds), path, row_group_size=3)
    return path


def read(path, ranks, bounds, folder, columns=None):
    held = InOrder(path, np.array(ranks, np.int32), folder)
    return [(table.to_pylist(), own.tolist()) for table, own in held.pieces(bounds, columns)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-1, 12), max_size=30), st.integers(1, 400))
def test_rows_come_by_rank_however_they_lie_and_however_little_memory(tmp_path_factory, ranks, run):
    folder = tmp_path_factory.mktemp("runs")
    path = written(folder, ranks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(order, "RUN", run)
        patch.setattr(order, "BATCH", 2)
        found = read(path, ranks, [4, 9, 13], folder)
    for (rows, own), (start, end) in zip(found, [(0, 4), (4, 9), (9, 13)], strict=True):
        assert own == sorted(rank for rank in ranks if start <= rank < end)
        assert [row["rank"] for row in rows] == own


def test_some_columns_can_be_had_any_number_of_times_without_the_file(tmp_path):
    path = written(tmp_path, [0, 1, 1, 2])
    held = InOrder(path, np.array([0, 1, 1, 2], np.int32), tmp_path)
    path.unlink()
    for _ in range(2):
        found = [(table.to_pydict(), own.tolist()) for table, own in held.pieces([2, 3], ["rank"])]
        assert found == [({"rank": [0, 1, 1]}, [0, 1, 1]), ({"rank": [2]}, [2])]


def test_where_no_row_is_wanted_the_columns_are_known(tmp_path):
    held = InOrder(written(tmp_path, [-1, -1]), np.array([-1, -1], np.int32), tmp_path)
    [(table, own)] = held.pieces([5], ["words"])
    assert (table.column_names, table.num_rows, own.tolist()) == (["words"], 0, [])


def test_rows_of_one_rank_stay_as_they_lie(tmp_path):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"n": range(6)}), path)
    found = read(path, [1, 0, 1, 0, 1, 0], [2], tmp_path)
    assert [row["n"] for row in found[0][0]] == [1, 3, 5, 0, 2, 4]

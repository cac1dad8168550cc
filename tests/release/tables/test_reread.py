import pyarrow as pa

from builder.release.tables.reread import Rows


def test_rows_are_taken_as_many_at_a_time_as_are_wanted():
    batches = pa.table({"n": range(7)}).to_batches(max_chunksize=3)
    rows = Rows(iter(batches))
    assert [rows.take(n)["n"].to_pylist() for n in (2, 0, 4, 9)] == [[0, 1], [], [2, 3, 4, 5], [6]]
    assert rows.take(1).num_rows == 0
    assert Rows(iter(())).take(1) is None

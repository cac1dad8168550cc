"""Arrays in one file: what is written is what is mapped, and a cut is noticed."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from builder.articles.duplicates.arrays import read_arrays, write_arrays

KINDS = st.sampled_from([np.uint8, np.uint16, np.int32, np.uint32, np.int64, np.float64, np.bool_])
COLUMN = KINDS.flatmap(lambda kind: arrays.arrays(kind, st.integers(0, 99)))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.text(max_size=5), COLUMN, max_size=5), st.booleans())
def test_what_is_written_is_what_is_mapped(tmp_path, columns, summed):
    path = tmp_path / "a.arrays"
    write_arrays(path, {"made_by": "x"}, columns, summed=summed)
    about, found = read_arrays(path)
    assert about == {"made_by": "x"}
    assert [*found] == [*columns]
    for name, column in columns.items():
        assert found[name].dtype == column.dtype
        np.testing.assert_array_equal(found[name], column)


@pytest.mark.parametrize("summed", [True, False])
def test_a_file_cut_anywhere_is_noticed(tmp_path, summed):
    path = tmp_path / "a.arrays"
    write_arrays(path, {}, {"a": np.arange(50), "b": np.arange(9, dtype=np.uint8)}, summed=summed)
    for size in range(path.stat().st_size - 1, -1, -7):
        os.truncate(path, size)
        with pytest.raises(ValueError, match=r"older layout|bytes and not"):
            read_arrays(path)


def test_a_changed_array_stays_out_of_the_file(tmp_path):
    path = tmp_path / "a.arrays"
    write_arrays(path, {}, {"a": np.arange(5)}, summed=True)
    read_arrays(path)[1]["a"][:] = 7
    assert read_arrays(path)[1]["a"].tolist() == [0, 1, 2, 3, 4]

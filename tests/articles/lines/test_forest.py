import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.lines.forest import Forest, forest_arrays, read_forest

INF = np.inf
# The first tree: trait 0 above 2 leads to 10, else trait 1 decides between 1 and 2.
FOREST = Forest(
    roots=np.array([0, 5], np.int32),
    trait=np.array([0, 1, 0, 0, 0, 0], np.int16),
    limit=np.array([2, 0.5, INF, INF, INF, INF], np.float32),
    low=np.array([1, 3, 2, 3, 4, 5], np.int32),
    value=np.array([0, 0, 10, 1, 2, 100], np.float32),
    depth=2,
)


def by_hand(row):
    return 100 + (10 if row[0] > 2 else 2 if row[1] > 0.5 else 1)


@given(st.lists(st.tuples(*[st.floats(-5, 5, width=32)] * 2), max_size=600))
def test_the_sum_is_that_of_walking_each_tree(rows):
    found = FOREST.sums(np.array(rows, np.float32).reshape(len(rows), 2))
    assert found.tolist() == [by_hand(row) for row in rows]


def test_what_is_spelled_is_read_back():
    again = read_forest(forest_arrays(FOREST, "x"), "x")
    assert again.depth == 2
    assert all((getattr(again, n) == getattr(FOREST, n)).all() for n in ("roots", "low", "value"))

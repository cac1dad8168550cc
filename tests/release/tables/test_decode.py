from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.document import Document
from builder.event import Annotation, GoldDocument, State
from builder.files import arrow_schema, read_records, write_records
from builder.release.tables.decode import plain, records


@dataclass(frozen=True)
class Leaf:
    number: int
    word: str | None
    share: float | None = None


@dataclass(frozen=True)
class Tree:
    state: State
    leaf: Leaf | None
    leaves: tuple[Leaf, ...]
    words: tuple[str, ...] = ()
    values: dict[str, str] | None = None
    right: bool = False


leaves = st.builds(
    Leaf, st.integers(-(2**60), 2**60), st.none() | st.text(), st.none() | st.floats(0, 1)
)
trees = st.builds(
    Tree,
    st.sampled_from(["events", "empty"]),
    st.none() | leaves,
    st.lists(leaves, max_size=3).map(tuple),
    st.lists(st.text(), max_size=3).map(tuple),
    st.none() | st.dictionaries(st.text(), st.text(), max_size=2),
    st.booleans(),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(trees, max_size=5), st.integers(0, 5))
def test_records_come_back_as_they_were_written(tmp_path_factory, rows, start):
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    write_records(path, Tree, rows)
    table = pq.read_table(path)
    assert records(table, Tree) == rows == read_records(path, Tree, made_by="")
    assert records(table.slice(start), Tree) == rows[start:]
    assert plain(table.drop(["values"])) == table.drop(["values"]).to_pylist()


@pytest.mark.parametrize("record", [Document, GoldDocument, Annotation])
def test_what_the_project_holds_can_be_read(record):
    assert records(arrow_schema(record).empty_table(), record) == []


def test_what_lacks_has_its_default():
    assert records(pa.table({"number": [1], "word": ["a"]}), Leaf) == [Leaf(1, "a")]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"word": ["a"]}, "Leaf lacks 'number'"),
        ({"number": ["1"], "word": ["a"]}, "string found, a whole number is wanted"),
        ({"number": [None], "word": ["a"]}, "null found"),
    ],
)
def test_what_does_not_fit_is_refused(columns, said):
    with pytest.raises(ValueError, match=said):
        records(pa.table(columns), Leaf)


def test_a_value_that_is_not_in_the_list_is_refused():
    row = {"state": ["done"], "leaf": [None], "leaves": [[]]}
    kinds = arrow_schema(Tree)
    kinds = pa.schema([kinds.field(name) for name in row])
    with pytest.raises(ValueError, match="'done' is none of empty, events"):
        records(pa.table(row, schema=kinds), Tree)

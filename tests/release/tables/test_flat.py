"""Tables of what lies two lists deep, against the rows that they are taken from."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.release.build import build_release
from builder.release.tables import shards
from builder.release.tables.features import arrow_schemas
from builder.release.tables.flat import EVENTS, FOLDER, flat, flat_columns
from builder.schema import load_schema

COLUMNS = pa.schema(
    [
        ("doc_id", pa.string()),
        (
            EVENTS,
            pa.list_(
                pa.struct(
                    [
                        ("event_id", pa.string()),
                        ("type", pa.string()),
                        ("links", pa.list_(pa.struct([("name", pa.string())]))),
                    ]
                )
            ),
        ),
    ]
)
ITEMS = st.lists(st.fixed_dictionaries({"name": st.sampled_from(["Outcome", None])}), max_size=3)
EVENT = st.fixed_dictionaries(
    {"event_id": st.sampled_from("ab"), "type": st.none(), "links": ITEMS}
)
ROWS = st.lists(
    st.fixed_dictionaries({"doc_id": st.sampled_from("cd"), EVENTS: st.lists(EVENT, max_size=3)})
)


@given(ROWS, st.data())
def test_every_item_of_any_rows_is_there_in_its_order(rows, data):
    start = data.draw(st.integers(0, len(rows)))
    batch = pa.RecordBatch.from_pylist(rows, COLUMNS).slice(start)
    wanted = [
        {"doc_id": row["doc_id"], "event_id": event["event_id"], "number": number, **item}
        for row in rows[start:]
        for event in row[EVENTS]
        for number, item in enumerate(event["links"])
    ]
    assert flat(batch, "links", flat_columns(COLUMNS)["links"]).to_pylist() == wanted


def test_only_configs_with_events_inside_give_tables(make):
    found = {
        config: list(flat_columns(columns))
        for config, columns in arrow_schemas(load_schema(make().schemas)).items()
    }
    lists = ["arguments", "attributes", "links"]
    assert {config: names for config, names in found.items() if names} == {
        "documents": lists,
        "annotations": lists,
    }


@pytest.fixture
def release(make, monkeypatch):
    """Return a release whose splits have a file for each row."""
    monkeypatch.setattr(shards, "GROUP", 1)
    monkeypatch.setattr(shards, "LIMIT", 1)
    return build_release(make(), "0.1.0")


def test_every_file_of_rows_has_a_file_of_items_of_the_same_name(release):
    for config in ("documents", "annotations"):
        names = {path.name for path in (release.path / "data" / config).glob("*")}
        filled = {name for name in names if release.counts[config][name.partition("-")[0]]}
        assert len(filled) > 1
        for folder in (release.path / FOLDER).glob(f"{config}.*"):
            assert {path.name for path in folder.iterdir()} == filled


def test_two_builds_give_the_same_bytes(release, make):
    again = build_release(make(name="again"), "0.1.0")
    files = sorted((release.path / FOLDER).rglob("*.parquet"))
    assert files
    for file in files:
        assert file.read_bytes() == (again.path / file.relative_to(release.path)).read_bytes()
        assert pq.read_schema(file).metadata is None

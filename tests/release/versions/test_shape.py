from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builder.release.versions.shape import schema_changes, shape_changes
from builder.schema import load_schema

VISIT = """
event_type: Visit
version: 1.0.0
definition: Somebody goes to see a place or a person on business.
roles:
  Visitor: {definition: Who goes., mentions: [PER], count: 1..n}
  Place: {definition: Where to., mentions: [GPE], count: 0..1}
attributes:
  purpose:
    definition: What for.
    default: talks
    values: {talks: To talk., ceremony: To attend one.}
links:
  Return: {definition: The visit that is paid back., targets: [Visit]}
"""
VALUES = "values: {talks: To talk., ceremony: To attend one.}"


@pytest.fixture
def schema(tmp_path):
    def _schema(text, name):
        folder = tmp_path / name / "schema"
        folder.mkdir(parents=True)
        (folder / "visit.yaml").write_text(text, "utf-8")
        return load_schema(folder)

    return _schema


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Place:", "Venue:", ["major role 'Place' is gone", "minor role 'Venue' is new"]),
        ("Return:", "Back:", ["major link 'Return' is gone", "minor link 'Back' is new"]),
        (
            "default: talks",
            "default: ceremony",
            ["major the default is 'ceremony', it was 'talks'"],
        ),
        (
            VALUES,
            "values: {talks: To talk., ceremony: To attend one., holiday: To rest.}",
            ["minor value 'holiday' is new"],
        ),
        (
            VALUES,
            "values: {holiday: To rest., talks: To talk., ceremony: To attend one.}",
            [
                "major its class labels have other numbers; add new values at the end",
                "minor value 'holiday' is new",
            ],
        ),
        (
            VALUES,
            "values: {talks: To talk., holiday: To rest.}",
            ["major value 'ceremony' is gone", "minor value 'holiday' is new"],
        ),
        ("on business", "on business or at leisure", []),
    ],
)
def test_what_a_schema_change_does_to_readers(schema, old, new, expected):
    found = schema_changes(schema(VISIT, "old"), schema(VISIT.replace(old, new), "new"))
    told = sorted(f"{change.level} {change.what.partition(': ')[2]}" for change in found)
    assert told == expected


def written(folder, **columns):
    path = folder / "data" / "visits"
    path.mkdir(parents=True)
    pq.write_table(pa.schema(columns.items()).empty_table(), path / "test-0.parquet")
    return folder


def test_columns_are_compared_as_they_are_in_the_files(schema, tmp_path):
    for name in ("old", "new"):
        schema(VISIT, name)
    place = pa.struct([("start", pa.int64())])
    wider = pa.struct([("start", pa.int64()), ("text", pa.string())])
    old = written(tmp_path / "old", url=pa.string(), at=pa.list_(place), n=pa.int64())
    new = written(tmp_path / "new", at=pa.list_(wider), n=pa.string(), day=pa.string())
    assert [f"{change.level}: {change.what}" for change in shape_changes(old, new)] == [
        "major: visits: column 'n' holds other things",
        "major: visits: column 'url' is gone",
        "minor: visits: column 'at' holds other things",
        "minor: visits: column 'day' is new",
    ]


def test_better_words_alone_are_a_correction(schema, tmp_path):
    schema(VISIT, "old")
    schema(VISIT.replace("on business", "for work"), "new")
    old, new = (written(tmp_path / name, n=pa.int64()) for name in ("old", "new"))
    assert [change.level for change in shape_changes(old, new)] == ["patch"]
    assert shape_changes(old, old) == []

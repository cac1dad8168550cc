from __future__ import annotations

import datasets
import pyarrow as pa
import pytest

from builder.config import shipped_project
from builder.errors import DataError
from builder.release.tables.features import arrow_schemas, closed_lists, features, loaded_schema
from builder.schema import load_schema

VISIT = """\
event_type: Visit
version: 1.0.0
definition: Somebody goes to see a place or a person on business.
roles:
  Visitor: {definition: Who goes., count: 1..n}
  {clash}: {definition: Where to., count: 0..1}
attributes:
  purpose:
    definition: What for.
    default: talks
    values: {talks: To talk., ceremony: To attend a ceremony.}
"""


@pytest.fixture
def schema():
    return load_schema(shipped_project() / "schemas")


def test_there_is_a_config_for_documents_and_one_per_event_type(schema):
    types = ["agreements", "meetings", "statements"]
    configs = ["documents", *types, "annotations", "sentences"]
    assert list(arrow_schemas(schema)) == configs


def test_every_role_is_a_list_whatever_its_cardinality(schema):
    meetings = arrow_schemas(schema)["meetings"]
    kinds = {meetings.field(role).type for role in schema.event_types["Meeting"].roles}
    assert len(kinds) == 1
    assert pa.types.is_list(kinds.pop())


def test_features_are_spelt_as_the_library_spells_them(schema):
    spelt, closed = features(schema), closed_lists(schema)
    for config, arrow in arrow_schemas(schema).items():
        theirs = datasets.Features.from_arrow_schema(arrow)
        for name, values in closed[config].items():
            label = datasets.ClassLabel(names=list(values))
            theirs[name] = datasets.List(label) if name.endswith("_tags") else label
        assert spelt[config] == theirs._to_yaml_list()  # noqa: SLF001 - what the Hub's card holds
        assert theirs.arrow_schema.remove_metadata() == loaded_schema(arrow, closed[config])


def test_every_closed_list_is_a_class_label_with_the_schema_s_values(schema):
    closed = closed_lists(schema)
    assert closed["meetings"]["status"] == ("held", "scheduled", "proposed", "declined")
    assert closed["annotations"]["state"] == ("events", "empty", "unfinished", "skipped")
    assert closed["sentences"]["trigger_tags"][:3] == ("O", "B-Agreement", "I-Agreement")


def test_a_role_that_would_hide_a_column_is_refused_by_name(tmp_path):
    (tmp_path / "visit.yaml").write_text(VISIT.replace("{clash}", "Context"))
    with pytest.raises(DataError) as error:
        arrow_schemas(load_schema(tmp_path))
    assert str(error.value) == (
        "event type Visit: column 'context' and role 'Context' would share a column of 'visits'; "
        "rename the one in the schema"
    )

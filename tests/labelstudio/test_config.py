from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from label_studio_sdk.label_interface import LabelInterface

from builder.labelstudio.config import label_config
from builder.schema import load_schema

ROOT = Path(__file__).parent.parent.parent
VISIT = """
event_type: Visit
version: 1.0.0
definition: Somebody goes to a place to see it or people there.
roles:
  Visitor: {definition: Who goes., count: 1..n}
  Place: {definition: Where to., count: 0..n}
"""


@pytest.fixture(scope="module")
def schema():
    return load_schema(ROOT / "schemas")


def test_the_sdk_accepts_the_configuration(schema):
    LabelInterface(label_config(schema)).validate()


def test_every_type_role_and_value_can_be_chosen(schema):
    tree = ET.fromstring(label_config(schema))
    labels = {e.get("value") for e in tree.iter("Label")}
    assert labels == {*schema.event_types, *schema.roles()}
    values = Counter(e.get("value") for e in tree.iter("Choice"))
    wanted = Counter(
        value
        for attributes in (
            *(t.attributes for t in schema.event_types.values()),
            schema.shared.attributes,
        )
        for attribute in attributes.values()
        for value in attribute.values
    ) + Counter(list(schema.shared.document_flags))
    assert values == wanted


def test_no_two_controls_that_show_together_share_a_hotkey(schema):
    tree = ET.fromstring(label_config(schema))
    always = [e.get("hotkey") for e in tree.iter("Label")]
    groups = {name: list(always) for name in schema.event_types}
    for choices in tree.iter("Choices"):
        keys = [e.get("hotkey") for e in choices.iter("Choice")]
        owner = choices.get("whenLabelValue")
        for name in [owner] if owner else schema.event_types:
            groups[name] += keys
    for keys in groups.values():
        assert None not in keys
        assert len(keys) == len(set(keys))


def test_colours_are_distinct(schema):
    colours = [e.get("background") for e in ET.fromstring(label_config(schema)).iter("Label")]
    assert len(colours) == len({c.lower() for c in colours})


def test_a_fourth_family_gets_its_label_role_and_keys(tmp_path):
    for path in (ROOT / "schemas").glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "visit.yaml").write_text(VISIT)
    schema = load_schema(tmp_path)
    config = label_config(schema)
    LabelInterface(config).validate()
    assert 'value="Visit"' in config
    keys = schema.role_keys()
    assert len(set(keys.values())) == len(keys)
    assert keys["Visitor"] not in "zxc"

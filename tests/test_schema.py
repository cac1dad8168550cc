"""Loading schemas: what is shipped, a family of one's own, every defect's message."""

from pathlib import Path

import pytest

from builder.document import Span
from builder.errors import DataError
from builder.schema import load_schema, mention_parts, occurrences

ROOT = Path(__file__).parent.parent
BROKEN = Path(__file__).parent / "broken" / "schema"
VISIT = """\
event_type: Visit
version: 0.1.0
definition: Somebody goes to see somebody.
roles:
  Visitor:
    definition: Who goes.
  Visited:
    definition: Who is seen.
    mentions: [PER]
    count: 1..2
"""


@pytest.fixture(scope="module")
def shipped():
    return load_schema(ROOT / "schemas")


@pytest.fixture
def folder(tmp_path):
    """Return a copy of the shipped schemas."""
    copy = tmp_path / "schemas"
    copy.mkdir()
    for path in (ROOT / "schemas").glob("*.yaml"):
        (copy / path.name).write_bytes(path.read_bytes())
    return copy


def complaints(folder):
    with pytest.raises(DataError) as caught:
        load_schema(folder)
    return str(caught.value)


@pytest.mark.parametrize("defect", sorted(p.name for p in BROKEN.iterdir()))
def test_a_defect_is_reported_as_written_down(defect):
    assert complaints(BROKEN / defect / "schemas") + "\n" == (
        BROKEN / defect / "expected.txt"
    ).read_text("utf-8").replace("{folder}", str(BROKEN / defect))


@pytest.mark.parametrize("defect", sorted(p.name for p in BROKEN.iterdir()))
def test_every_complaint_names_a_line_that_exists(defect):
    with pytest.raises(DataError) as caught:
        load_schema(BROKEN / defect / "schemas")
    for problem in caught.value.problems:
        file, colon, line = problem.where.partition(":")
        if colon:
            lines = (BROKEN / defect / file).read_bytes().count(b"\n")
            assert 1 <= int(line) <= max(1, lines)


def test_the_shipped_families_load_with_their_roles_and_counts(shipped):
    counts = {
        name: {role.name: role.count for role in event_type.roles.values()}
        for name, event_type in shipped.event_types.items()
    }
    assert counts == {
        "Agreement": {
            "Party": "1..n",
            "Signatory": "0..n",
            "Content": "0..n",
            "Instrument": "0..1",
            "Topic": "0..1",
            "Mediator": "0..n",
            "Place": "0..1",
            "Time": "0..n",
            "Validity": "0..1",
        },
        "Meeting": {
            "Participant": "1..n",
            "Host": "0..n",
            "Convener": "0..n",
            "Topic": "0..n",
            "EventName": "0..1",
            "Place": "0..n",
            "Time": "0..n",
        },
        "Statement": {
            "Speaker": "0..n",
            "Content": "0..n",
            "Addressee": "0..n",
            "Medium": "0..1",
            "Topic": "0..1",
            "Place": "0..1",
            "Time": "0..n",
        },
    }


def test_content_alone_may_have_parts(shipped):
    many = {
        role.name
        for event_type in shipped.event_types.values()
        for role in event_type.roles.values()
        if role.many_parts
    }
    assert many == {"Content"}


def test_the_shipped_defaults_are_those_of_plain_news(shipped):
    defaults = {
        name: {a.name: a.default for a in shipped.attributes(name).values()}
        for name in shipped.event_types
    }
    shared = {"polarity": "positive", "modality": "asserted"}
    assert defaults == {
        "Agreement": {"stage": "agreed_in_principle", "form": "unspecified", **shared},
        "Meeting": {"status": "held", "mode": "unspecified", "format": "unspecified", **shared},
        "Statement": {"quote": "indirect", "act": "assert", **shared},
    }


def test_an_arrow_between_two_types_means_their_link(shipped):
    names = {
        (source, target): link.name
        for source in shipped.event_types
        for target in shipped.event_types
        if (link := shipped.link(source, target))
    }
    assert names == {
        ("Agreement", "Meeting"): "Occasion",
        ("Meeting", "Agreement"): "Outcome",
        ("Meeting", "Statement"): "Outcome",
    }


def test_every_shipped_role_has_a_letter_that_no_flag_needs(shipped):
    keys = shipped.shared.role_keys
    assert list(keys) != []
    assert set(keys) == set(shipped.roles())
    assert len(set(keys.values())) == 16
    assert not set(keys.values()) & set("zxc")


def test_every_shipped_type_shows_what_counts_and_what_does_not(shipped):
    for event_type in shipped.event_types.values():
        assert len(event_type.counts) >= 5
        assert len(event_type.does_not_count) >= 4


def test_shipped_codes_are_one_per_ontology_for_any_choice_of_values(shipped):
    for event_type in shipped.event_types.values():
        for one in event_type.codes:
            for other in event_type.codes:
                same = one is not other and one.ontology == other.ontology
                shared = one.when.keys() & other.when.keys()
                assert not same or any(one.when[name] != other.when[name] for name in shared)


def test_a_fourth_family_is_one_file_with_defaults_for_what_it_leaves_out(folder):
    (folder / "visit.yaml").write_text(VISIT, "utf-8")
    schema = load_schema(folder)
    visit = schema.event_types["Visit"]
    assert list(schema.event_types) == ["Agreement", "Meeting", "Statement", "Visit"]
    assert (visit.plural, visit.colour, visit.triggers, visit.codes) == ("visits", None, (), ())
    visitor, visited = visit.roles.values()
    assert (visitor.count, visitor.mentions, visitor.many_parts) == ("0..n", (), False)
    assert (visited.minimum, visited.maximum, visited.mentions) == (1, 2, ("PER",))
    assert list(schema.attributes("Visit")) == ["polarity", "modality"]
    assert schema.types_with("Visitor") == ["Visit"]


def test_roles_without_a_letter_get_the_first_of_theirs_that_is_free(folder):
    (folder / "visit.yaml").write_text(VISIT, "utf-8")
    keys = load_schema(folder).role_keys()
    assert (keys["Visitor"], keys["Visited"]) == ("b", "f")
    assert len(set(keys.values())) == len(keys)


def test_one_file_alone_is_a_schema(tmp_path):
    (tmp_path / "visit.yaml").write_text(VISIT, "utf-8")
    schema = load_schema(tmp_path)
    assert schema.attributes("Visit") == {}
    assert "no_event" in schema.shared.document_flags
    assert schema.role_keys() == {"Visitor": "v", "Visited": "i"}


def test_the_version_follows_every_byte_and_name_of_the_files(folder):
    before = load_schema(folder).digest
    assert load_schema(folder).digest == before
    with (folder / "meeting.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# a remark\n")
    assert load_schema(folder).digest != before


def test_an_unreadable_file_brings_no_complaints_about_those_that_mention_it(folder):
    (folder / "meeting.yaml").write_text("event_type: [", "utf-8")
    assert complaints(folder).startswith("schemas/meeting.yaml:1: not YAML")
    assert "\n" not in complaints(folder)


def test_a_folder_where_a_file_should_be_is_named(folder):
    (folder / "visit.yaml").mkdir()
    assert complaints(folder) == "schemas/visit.yaml: cannot be read: Is a directory"


def test_a_missing_folder_says_what_to_add(tmp_path):
    assert complaints(tmp_path / "none").endswith(
        "no event type here; add a file such as visit.yaml"
    )


def test_words_are_found_whole_even_beside_punctuation():
    assert occurrences('"meet", he said', "meet") == [Span(1, 5)]
    assert occurrences("the U.S. (Army)", "U.S.") == [Span(4, 8)]
    assert occurrences("meetings", "meet") == []
    assert occurrences("anything", "") == []


def test_an_ellipsis_between_spaces_separates_the_parts_of_a_mention():
    assert mention_parts("one … two … three") == ("one", "two", "three")
    assert mention_parts("wait… what") == ("wait… what",)

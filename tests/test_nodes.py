"""YAML with lines: stand-ins after a complaint, and the line of every entry."""

import pytest
import yaml

from builder.errors import Problems
from builder.nodes import Table, read_table


@pytest.fixture
def problems():
    return Problems()


def table(text, problems):
    return Table(yaml.compose(text), "a.yaml", problems)


def said(problems):
    return [str(problem) for problem in problems.found]


def test_the_line_of_a_nested_entry_is_its_own(problems):
    read = table("a:\n  b:\n    - x\n    - y: 1\n      z: [p,\n        q]\n", problems)
    assert read.line("a") == 1
    assert read.line("a", "b") == 2
    assert read.line("a", "b", 0) == 3
    assert read.line("a", "b", 1, "z", 1) == 6


def test_the_line_of_what_is_not_there_is_that_of_the_nearest_above(problems):
    read = table("# remark\n\na:\n  b: x\n", problems)
    assert read.line() == 3
    assert read.line("c") == 3
    assert read.line("a", "b", 0, "d") == 4


def test_a_missing_mapping_is_complained_about_once(problems):
    read = table("a: text\n", problems)
    inner = read.table("a")
    inner.text("b")
    read.table("c").text("d")
    assert said(problems) == [
        "a.yaml:1: 'a' should be a mapping, found the text 'text'",
        "a.yaml:1: key 'c' is missing; add it",
    ]


def test_null_is_empty(problems):
    read = table("a: ~\nb:\nc: [x, null]\nd: 'null'\n", problems)
    assert [read.text("a"), read.text("b", default="z"), read.text("d")] == ["", "", "null"]
    assert read.words("c") == ["x", ""]
    assert said(problems) == [
        "a.yaml:1: 'a' is empty; write a text",
        "a.yaml:3: each of 'c' should be text, found nothing",
    ]


def test_words_of_yaml_that_mean_something_else_stay_words(problems):
    read = table("no: yes\nn: 1.0\n", problems)
    assert (read.names(), read.text("no"), read.text("n")) == (["no", "n"], "yes", "1.0")


def test_one_word_is_a_list_of_one(problems):
    assert table("a: x\n", problems).words("a") == ["x"]


def test_the_first_of_two_equal_keys_counts(problems):
    read = table("a: x\na: y\n", problems)
    assert read.text("a") == "x"
    assert said(problems) == ["a.yaml:2: key 'a' is on line 1 already; keep one"]


def test_a_key_that_is_no_text_is_named(problems):
    read = table("? [a, b]\n: x\nc: y\n", problems)
    assert read.names() == ["c"]
    assert said(problems) == ["a.yaml:1: a key should be text, found a list"]


def test_a_choice_falls_back_to_its_default(problems):
    assert table("a: mny\n", problems).choice("a", ["one", "many"], default="one") == "one"
    assert said(problems) == ["a.yaml:1: 'a' is 'mny'; did you mean 'many'?"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\nb: \xff\n", "a.yaml:2: byte 8 (0xff) is not UTF-8; save the file as UTF-8"),
        (b"a: 1\nb: \x07\n", "a.yaml:2: not YAML: character U+0007; delete it"),
        (b"- a\n", "a.yaml:1: should hold a mapping, found a list"),
        (b"", "a.yaml:1: should hold a mapping, found nothing"),
        (
            b"a: 1\n---\nb: 2\n",
            "a.yaml:2: not YAML: but found another document; check indentation and quotes",
        ),
    ],
)
def test_what_cannot_be_read_is_none_and_one_complaint(tmp_path, problems, data, message):
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    assert read_table(path, "a.yaml", problems) is None
    assert said(problems) == [message]


def test_a_byte_order_mark_is_no_defect(tmp_path, problems):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: x\n")
    read = read_table(path, "a.yaml", problems)
    assert read is not None
    assert read.text("a") == "x"
    assert said(problems) == []

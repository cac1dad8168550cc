import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles.readers.literal import members, segments
from builder.document import Span

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    st.lists,
    max_leaves=5,
)


@given(st.dictionaries(st.text(), VALUES), st.booleans(), st.sampled_from([None, 1]))
def test_members_finds_the_literal_of_every_value(content, escaped, indent):
    line = json.dumps(content, ensure_ascii=escaped, indent=indent)
    found = members(line)
    assert {name: value for name, value, _ in found} == content
    assert all(json.loads(span.of(line)) == value for _, value, span in found)


@pytest.mark.parametrize("line", ["", "{", '{"a"}', '{"a":}', '{"a":1,}', "{1:2}", '{"a":1}}', "7"])
def test_what_is_not_one_object_is_refused(line):
    with pytest.raises(json.JSONDecodeError):
        members(line)


def test_a_surrogate_pair_is_one_character_and_escaped_backslashes_are_no_escapes():
    line = r'"\ud83d\ude00\\u0041"'
    found = segments(line, Span(0, len(line)))
    assert [s.source.of(line) for s in found] == [r"\ud83d\ude00", r"\\", "u0041"]
    assert [len(s.text) for s in found] == [1, 1, 5]

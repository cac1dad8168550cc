import pytest

from builder.articles.facts.person import people, person, without_degrees


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("By Jane Roe", "Jane Roe"),
        ("Written by: Jane van der Roe, PhD", "Jane van der Roe"),
        ("von Jürgen Öztürk", "Jürgen Öztürk"),
        ("Jane Roe*", "Jane Roe"),
        ("J. R. O'Neill", "J. R. O'Neill"),
        ("By Jan Roe", "Jan Roe"),
        ("April Min Roe", "April Min Roe"),
    ],
)
def test_a_name_is_found_without_by_and_degrees(text, name):
    assert person(text) == name


@pytest.mark.parametrize(
    "text",
    ["Jane", "About Jane", "Founder at Roe", "By the River", "May", "Jane Roe 2", "",
     "The Daily Post", "Vienna Desk", "Roe University"],
)  # fmt: skip
def test_what_is_no_persons_name_is_none(text):
    assert person(text) is None


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Jane Roe, Ben Cruz and Ann Lee", ["Jane Roe", "Ben Cruz", "Ann Lee"]),
        ("Jane Roe, M.D., FACP", ["Jane Roe"]),
        ("Yo Yo Ma", ["Yo Yo Ma"]),
        ("jane.roe", []),
        ("@janeroe", []),
        ("Newsroom", []),
    ],
)
def test_an_author_field_gives_its_names(value, names):
    assert people(value) == names


def test_a_name_keeps_what_only_looks_like_a_degree():
    assert without_degrees("Jack Ma") == "Jack Ma"
    assert without_degrees("Jane Roe BA") == "Jane Roe"

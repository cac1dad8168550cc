import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builder.articles import Line, Note, Rejected
from builder.articles.readers import jsonl
from builder.config import ArticleFacts
from builder.document import Document, Span, source_span

ROW = {
    "id": "a1",
    "title": "Talks end",
    "text": "They met.\nThey agreed.",
    "date": "November 16, 2004",
    "license": "OGL-UK-3.0",
}


def read(folder, *lines, facts=None):
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return list(jsonl.read(path, "rows.jsonl", facts or ArticleFacts("*")))


def row(**changed):
    return json.dumps({k: v for k, v in {**ROW, **changed}.items() if v != "LEAVE OUT"}) + "\n"


def test_a_row_becomes_headline_and_one_paragraph_per_line(tmp_path):
    (document,) = read(tmp_path, row(text="They met.\n\n  They agreed. \r\n"))
    assert document.text == "Talks end\n\nThey met.\n\nThey agreed."
    assert [zone.kind for zone in document.zones] == ["headline", "body", "lead", "body"]
    article = document.article
    assert (article.row, article.article_id, article.license) == (1, "a1", "OGL-UK-3.0")
    assert article.published_at == "2004-11-16"


def test_only_exact_repetitions_of_the_title_are_dropped(tmp_path):
    (document,) = read(tmp_path, row(text="Talks end\nTalks end\nTalks end well.\nTalks end"))
    assert document.text == "Talks end\n\nTalks end well.\n\nTalks end"
    assert [d.reason for d in document.dropped] == ["repeated_headline"] * 2
    raw = (tmp_path / "rows.jsonl").read_text("utf-8")
    assert [d.source.of(raw) for d in document.dropped] == ["Talks end"] * 2


def test_what_the_row_does_not_say_comes_from_the_settings(tmp_path):
    facts = ArticleFacts("*", license="cc-by-4.0", publisher="The Post")
    (document,) = read(tmp_path, row(license=None), facts=facts)
    assert (document.article.license, document.article.publisher) == ("cc-by-4.0", "The Post")
    (document,) = read(tmp_path, row(license="LEAVE OUT"))
    assert document.article.license is None


def test_a_date_that_cannot_be_read_is_a_note_and_the_row_stays(tmp_path):
    note, document = read(tmp_path, row(date="mid-November"))
    assert note == Note(
        "rows.jsonl:1",
        "date 'mid-November' is no date that is read here; "
        "write it as 2004-11-16 or November 16, 2004",
    )
    assert document.article.published_at is None


def test_fields_that_are_not_read_are_named_with_their_count(tmp_path):
    *documents, note = read(tmp_path, row(mood="x"), row(id="a2", mood="y"))
    assert len(documents) == 2
    assert "field 'mood' is not read; read are: id, title, text, url" in note.what
    assert str(note).endswith("license (records: 2)")


def test_fields_have_other_names_by_custom_or_by_the_settings(tmp_path):
    common = {"headline": "Talks end", "body": "They met.", "author": ["Jane Roe", "Jo Poe"]}
    given = {"Kopf": "Talks end", "text": "They met.", "Titel": "x", "id": 17, "url": {"a": 1}}
    (document,) = read(tmp_path, json.dumps(common))
    assert document.article.authors == ("Jane Roe", "Jo Poe")
    assert {fact.source for fact in document.article.facts} == {"field author"}
    facts = ArticleFacts("*", columns="title=Kopf")
    note, document, unread = read(tmp_path, json.dumps(given), facts=facts)
    assert document.text == "Talks end\n\nThey met."
    assert document.article.article_id == "17"
    assert note == Note("rows.jsonl:1", "field 'url' is {\"a\": 1}; it is not used")
    assert "field 'Titel' is not read" in unread.what
    (refused,) = read(tmp_path, json.dumps(common), facts=facts)
    assert "there is no column 'Kopf'" in refused.what


def test_rows_that_name_nothing_are_never_taken_for_copies(tmp_path):
    found = read(tmp_path, row(id="LEAVE OUT"), row(id="LEAVE OUT", title="Other"), row(id=""))
    assert [type(outcome) for outcome in found] == [Document] * 3


@pytest.mark.parametrize(
    ("line", "reason", "said"),
    [
        ('{"id": "a1", \n', "broken_json", "Expecting property name"),
        ('{"id": "a1"} x\n', "broken_json", "Extra data (character 14"),
        ("[1, 2]\n", "broken_json", "Expecting '{' (character 1"),
        ('{"a": ' + "[" * 100_000 + "\n", "broken_json", "not readable as JSON"),
        (
            row(text="LEAVE OUT"),
            "missing_field",
            "'text' is missing; title is one of title, headline;",
        ),
        (row(title="LEAVE OUT", tilte="x"), "missing_field", "'title' is missing, found 'tilte'"),
        (row(title=7), "wrong_type", "field 'title' is 7; it should be a string"),
        (row(text=None), "wrong_type", "field 'text' is null; it should be a string"),
        (row(id="first"), "duplicate_id", "id 'first' is taken by line 1"),
        ('{"id":"b","id":"c","title":"t","text":"x"}\n', "duplicate_field", "'id' stands here"),
        (row(text="a\0b"), "unusable_character", "'text' holds U+0000 at character 1"),
        (row(text="a\ud83d"), "unusable_character", "'text' holds U+D83D at character 1"),
        (row(title=" "), "no_headline", "'title' is empty"),
        (row(text="Talks end\n"), "no_body", "nothing but the title"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_stay(tmp_path, line, reason, said):
    before = row(id="first", date=None, license=None, text="They met at the border.")
    found = read(tmp_path, before, line, row(id="last"))
    (rejected,) = (o for o in found if isinstance(o, Rejected))
    assert (rejected.line, rejected.reason) == (2, reason)
    assert said in rejected.what
    assert [o.article.row for o in found if isinstance(o, Document)] == [1, 3]


def test_an_undecodable_byte_is_named_by_its_place_in_the_file(tmp_path):
    _, rejected = read(tmp_path, row(title="Größe", id="é"), b'{"id": "\x92"}\n')
    at = (tmp_path / "rows.jsonl").read_bytes().index(b"\x92")
    assert (rejected.line, rejected.reason) == (2, "unreadable_encoding")
    assert rejected.what == f"byte {at} is not UTF-8; save the file as UTF-8"


def test_an_empty_file_is_refused(tmp_path):
    (found,) = read(tmp_path, "\n \n")
    assert found.reason == "empty_file"


def test_a_bad_byte_does_not_move_the_places_of_later_rows(tmp_path):
    _, document = read(tmp_path, b'\xef\xbb\xbf{"id": "\x92\xff"}\n', row(title="Größe 😀"))
    data = (tmp_path / "rows.jsonl").read_bytes()
    raw = data.decode("utf-8", "surrogateescape")
    (source,) = source_span(document, Span(0, 2))
    assert source.chars.of(raw) == "Gr"
    assert data[source.data.start : source.data.end] == b"Gr"


def test_explain_tells_of_good_and_bad_rows(tmp_path):
    read(tmp_path, row(text="Talks end\nThey met."), "{}\n")
    lines = list(jsonl.explain(tmp_path / "rows.jsonl"))
    assert lines[:3] == [
        Line(1, "Talks end", "headline"),
        Line(1, "They met.", "body"),
        Line(1, "Talks end", "repeated_headline"),
    ]
    assert lines[3].role == "missing_field"


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3), st.booleans(), st.booleans())
@example([('"\\/\n\t', "\U0001f600é\u2028\\u0041 \x7f")], True, False)
def test_the_raw_source_of_every_run_decodes_to_the_kept_text(
    tmp_path_factory, pairs, escaped, marked
):
    folder = tmp_path_factory.getbasetemp()
    rows = [
        json.dumps({"id": str(n), "title": f"T {title}", "text": f"x{text}"}, ensure_ascii=escaped)
        for n, (title, text) in enumerate(pairs)
    ]
    documents = read(folder, "\ufeff" if marked else "", "\n".join(rows))
    data = (folder / "rows.jsonl").read_bytes()
    raw = data.decode()
    assert len(documents) == len(pairs)
    for document in documents:
        _check_sources(document, raw, data)


def _check_sources(document, raw, data):
    for zone in document.zones:
        kept = "".join(segment.text.of(document.text) for segment in zone.source)
        assert kept == zone.span.of(document.text)
        for segment in zone.source:
            source = segment.source.of(raw)
            assert data[segment.data.start : segment.data.end].decode() == source
            assert json.loads(f'"{source}"') == segment.text.of(document.text)

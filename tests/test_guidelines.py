"""The guideline page: complete, escaped, self-contained, examples marked where they stand."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from builder.guidelines import guideline_page, guidelines
from builder.schema import load_schema

ROOT = Path(__file__).parent.parent
VOID = {"meta"}
VISIT = """\
event_type: Visit
version: 1.0.0
definition: Somebody <goes> to "see" somebody & `stays`.
roles:
  Visitor: {definition: Who goes.}
  Name: {definition: What it is called., parts: many}
counts:
  - text: At <noon> the royal visit of the king began in Oslo & it went on in Bergen.
    trigger: visit
    arguments:
      Name: [royal visit … began in Oslo]
      Visitor: [visit of the king]
    why: Crossing and nested.
"""


class Page(HTMLParser):
    """Collects the text, tags and attributes; refuses tags that do not match."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags, self.attributes, self.open = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "".join(self.words)


@pytest.fixture(scope="module")
def shipped():
    return load_schema(ROOT / "schemas")


@pytest.fixture
def visit(tmp_path):
    (tmp_path / "visit.yaml").write_text(VISIT, "utf-8")
    return load_schema(tmp_path)


def test_everything_that_was_decided_is_on_the_page(shipped):
    text = Page(guidelines(shipped)).text
    plain = text.replace("\N{NO-BREAK SPACE}", " ")
    shared = shipped.shared
    wanted = [*shared.mention_types.values(), *shared.document_flags.values()]
    wanted += [rule.rule for rule in shared.rules]
    for event_type in shipped.event_types.values():
        wanted.append(event_type.definition)
        wanted += [role.definition for role in event_type.roles.values()]
        wanted += [link.definition for link in event_type.links.values()]
        wanted += [rule.rule for rule in event_type.rules]
        wanted += [e for rule in event_type.rules for e in rule.examples]
        wanted += [e.why for e in (*event_type.counts, *event_type.does_not_count)]
        wanted += [e.text for e in event_type.does_not_count]
        for attribute in shipped.attributes(event_type.name).values():
            wanted += [attribute.definition, *attribute.values.values()]
    assert [w for w in wanted if w.replace("`", "") not in plain] == []


def test_every_role_stands_beside_its_letter(shipped):
    text = Page(guidelines(shipped)).text
    for role, letter in shipped.shared.role_keys.items():
        assert f"{letter}\N{NO-BREAK SPACE}{role}" in text


def test_every_default_is_marked(shipped):
    text = Page(guidelines(shipped)).text
    for event_type in shipped.event_types:
        for attribute in shipped.attributes(event_type).values():
            assert f"{attribute.default} default" in text


def test_the_page_fetches_nothing_and_runs_nothing(shipped):
    page = Page(guideline_page(shipped))
    assert not set(page.tags) & {"script", "link", "img", "iframe", "a", "object"}
    assert not re.search(r"url\(|@import", guideline_page(shipped))
    harmless = {"class", "style", "lang", "charset", "name", "content"}
    assert {name for name, _ in page.attributes} <= harmless


def test_the_element_fits_into_a_window_and_the_page_is_a_document(shipped):
    assert guidelines(shipped).startswith("<div ")
    assert guideline_page(shipped).startswith("<!doctype html>")
    assert guidelines(shipped) in guideline_page(shipped)


def test_what_people_wrote_is_escaped(visit):
    html = guidelines(visit)
    assert "Somebody &lt;goes&gt; to &quot;see&quot; somebody &amp; " in html
    assert "At &lt;noon&gt; the " in html
    assert "<noon>" not in html


def test_nested_and_crossing_marks_keep_every_character_of_the_example(visit):
    text = Page(guidelines(visit)).text
    for label in ("\N{NO-BREAK SPACE}Visitor", "\N{NO-BREAK SPACE}Name"):
        text = text.replace(label, "")
    assert "At <noon> the royal visit of the king began in Oslo & it went on in Bergen." in text


def test_each_part_of_an_argument_has_its_mark(visit):
    html = guidelines(visit)
    assert html.count(">Name</sub>") == 2


def test_one_type_without_colour_or_shared_file_makes_a_page(visit):
    page = Page(guideline_page(visit))
    assert "Visit: guidelines" in page.text


def test_the_same_schema_gives_the_same_page(shipped):
    assert guidelines(shipped) == guidelines(load_schema(ROOT / "schemas"))


def test_no_style_attribute_is_needed_because_the_server_strips_them(shipped):
    html = guidelines(shipped)
    assert " style=" not in html
    sheet = html[html.index("<style>") : html.index("</style>")]
    assert all(line.startswith(".ev-guide-") for line in sheet.splitlines()[1:])

import gzip
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles import Rejected, explain_article
from builder.articles.assembly import whole
from builder.articles.readers import html
from builder.articles.webpages.markup import page, pieces
from builder.config import ArticleFacts
from builder.document import Document, Span, source_span

SHARED = Path(__file__).parents[4] / "shared" / "pages"
FACTS = {
    "@type": "NewsArticle",
    "headline": "Talks end in Vienna",
    "datePublished": "2024-05-03T10:00:00+02:00",
    "dateModified": "2024-05-03T12:30:00+02:00",
    "author": [{"@type": "Person", "name": "Jane Roe"}, {"name": "Ben Cruz"}],
    "publisher": {"name": "The Post"},
}
MENU = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(8))
SENTENCES = [
    "The two sides met in <b>Vienna</b> for the first time in May, officials said on Friday.",
    "They agreed to meet again in the summer, a spokesman\n   for the hosts told all &amp; sundry.",
    "&ldquo;We have made progress,&rdquo; the minister said after the talks ended late at night.",
    "The delegations will travel to Geneva&nbsp;in July, according to a statement they signed.",
]


def make(sentences=SENTENCES, facts=FACTS, head="", extra=""):
    body = "".join(f"<p>{sentence}</p>\n" for sentence in sentences)
    data = f'<script type="application/ld+json">{json.dumps(facts)}</script>' if facts else ""
    return (
        f"<!DOCTYPE html><html lang='en'><head><title>Talks end in Vienna | The Post</title>{head}"
        f"{data}</head><body><nav><ul>{MENU}</ul></nav><article><h1>Talks end in Vienna</h1>"
        f"<div class='byline'>By Jane Roe</div><div class='article-body'>{body}</div></article>"
        f"{extra}<footer><p>Copyright The Post</p></footer></body></html>"
    )


def outcomes(folder, data, **facts):
    path = folder / "page.html"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(html.read(path, "page.html", ArticleFacts("*", **facts)))


def one(folder, data, **facts):
    found = outcomes(folder, data, **facts)
    documents = [o for o in found if isinstance(o, Document)]
    assert documents, found
    return documents[0]


def check_sources(document, data):
    raw = data.decode(document.article.encoding)
    for at, character in enumerate(document.text):
        for source in source_span(document, Span(at, at + 1)):
            stands = source.chars.of(raw)
            part = data[source.data.start : source.data.end]
            assert part.decode(document.article.encoding) == stands
            assert page_text(stands) == character or (character == " " and not stands.strip())


def page_text(raw):
    import html as library  # noqa: PLC0415 - the module under test has the same name

    return library.unescape(raw)


def check_cover(document, raw):
    kept = [s.chars for s in source_span(document, Span(0, len(document.text)))]
    spans = sorted([*kept, *(d.source for d in document.dropped)])
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    ends = [0, *(s.end for s in spans)]
    starts = [*(s.start for s in spans), len(raw)]
    assert not "".join(raw[a:b] for a, b in zip(ends, starts, strict=True)).strip()


def test_a_page_becomes_headline_and_paragraphs(tmp_path):
    document = one(tmp_path, make())
    assert document.title == "Talks end in Vienna"
    paragraphs = document.text.split("\n\n")[1:]
    assert len(paragraphs) == 4
    assert paragraphs[0].startswith("The two sides met in Vienna for")
    assert "a spokesman for the hosts told all & sundry." in paragraphs[1]
    assert paragraphs[2].startswith("\u201cWe have made progress,\u201d")
    reasons = {d.reason for d in document.dropped}
    assert {"markup", "navigation", "after_article", "byline"} <= reasons


def test_every_kept_character_maps_through_tags_and_entities(tmp_path):
    data = make([*SENTENCES, "Emoji \U0001f600 and \u05e9\u05dc\u05d5\u05dd stay."]).encode()
    document = one(tmp_path, data)
    check_sources(document, data)
    check_cover(document, data.decode())


def test_facts_carry_their_source(tmp_path):
    article = one(tmp_path, make()).article
    assert article.published_at == "2024-05-03T10:00:00+02:00"
    assert article.updated_at == "2024-05-03T12:30:00+02:00"
    assert article.authors == ("Jane Roe", "Ben Cruz")
    assert article.publisher == "The Post"
    assert article.language == "en"
    sources = {fact.name: fact.source for fact in article.facts}
    assert sources["published_at"] == "json-ld datePublished"
    assert sources["language"] == "text"


def test_a_time_without_zone_is_a_day_unless_the_country_has_one_clock(tmp_path):
    facts = {**FACTS, "datePublished": "2024-05-03T10:00:00"}
    assert one(tmp_path, make(facts=facts)).article.published_at == "2024-05-03"
    found = one(tmp_path, make(facts=facts), country="IN").article.published_at
    assert found == "2024-05-03T10:00:00+05:30"
    assert one(tmp_path, make(facts=facts), country="US").article.published_at == "2024-05-03"


def test_broken_structured_data_are_read_as_far_as_they_go(tmp_path):
    broken = json.dumps(FACTS)[:-1] + ", }"
    page = make(facts=None, head=f'<script type="application/ld+json">{broken}</script>')
    article = one(tmp_path, page).article
    assert article.published_at == "2024-05-03T10:00:00+02:00"


def test_a_legacy_encoding_is_read_as_declared_or_named(tmp_path):
    page = make([*SENTENCES, "Die Gr\u00f6\u00dfe z\u00e4hlt in Wien."])
    declared = page.replace("<head>", "<head><meta charset=iso-8859-1>").encode("cp1252")
    document = one(tmp_path, declared)
    assert document.article.encoding == "cp1252"
    assert "Gr\u00f6\u00dfe" in document.text
    check_sources(document, declared)
    (refused,) = outcomes(tmp_path, page.encode("cp1252"))
    assert refused.reason == "unreadable_encoding"
    assert "declares no encoding" in refused.what
    assert "Gr\u00f6\u00dfe" in one(tmp_path, page.encode("cp1252"), encoding="windows-1252").text


LINKS = "".join(
    f'<p><a href="/{n}">Minister meets delegation number {n}</a></p>' for n in range(40)
)


@pytest.mark.parametrize(
    ("data", "reason", "said"),
    [
        (b"", "empty_page", "shows no text"),
        (b"<html><body><script>var a = 1;</script></body></html>", "empty_page", "shows no text"),
        (f"<html><body><h1>News</h1>{LINKS}</body></html>".encode(), "not_an_article", "--explain"),
        (
            make([SENTENCES[0]], {**FACTS, "isAccessibleForFree": False}).encode(),
            "paywall_stub",
            "not free",
        ),
        (
            make().replace("<head>", "<head><meta charset=utf-8>").encode() + b"\xff",
            "unreadable_encoding",
            "(0xff) is not UTF-8",
        ),
    ],
)
def test_a_page_without_an_article_is_refused_with_its_reason(tmp_path, data, reason, said):
    (found,) = outcomes(tmp_path, data)
    assert isinstance(found, Rejected)
    assert found.reason == reason
    assert said in found.what


def test_nul_is_dropped_by_name_and_a_surrogate_entity_is_no_surrogate(tmp_path):
    raw = make([*SENTENCES, "A NUL \0 and &#xD800; half a pair stand in this sentence, it says."])
    document = one(tmp_path, raw)
    assert "A NUL and \ufffd half" in document.text
    assert "unusable_character" in {d.reason for d in document.dropped}
    check_cover(document, raw)


def test_explain_shows_blocks_with_line_and_role(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(make())
    lines = list(explain_article(path))
    assert [line.role for line in lines if line.text == "Talks end in Vienna"] == ["headline"]
    assert sum(line.role == "body" for line in lines) == 4
    assert lines[0].role == "navigation"


TAGS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<a>", "</a>", "<br>", "<!--c-->", "<script>a<b</script>",
     "&amp;", "&#233;", "&nope;", "&", "<", ">", '<a "', '<div class="x>y">', "</div>", "\0", " "]
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# Spaces that a browser prints as they are - no-break, en quad - are the text's own.
FOLDED = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\u2028\u2029"


@given(st.lists(st.one_of(TAGS, TEXT), max_size=30))
def test_any_text_gives_blocks_whose_sources_are_true(parts):
    raw = "".join(parts)
    data = raw.encode()
    for piece in pieces(page(raw).blocks, whole(raw, "utf-8"), "utf-8"):
        at = 0
        for segment in piece.segments:
            assert segment.text.start == at
            at = segment.text.end
            stands = segment.source.of(raw)
            assert data[segment.data.start : segment.data.end].decode() == stands
            kept = segment.text.of(piece.text)
            assert kept in (stands, page_text(stands)) or (kept == " " and not stands.strip())
        assert at == len(piece.text)
        assert piece.text.strip(FOLDED) == piece.text


@pytest.mark.skipif(not SHARED.exists(), reason="the real pages are not beside this checkout")
def test_real_pages_are_covered_and_anchored():
    documents = 0
    for path in sorted((SHARED / "html").iterdir())[::18]:
        data = gzip.decompress(path.read_bytes())
        raw = data.decode()
        for document in _documents(data):
            documents += 1
            check_cover(document, raw)
            for source in source_span(document, Span(0, len(document.text))):
                assert data[source.data.start : source.data.end].decode() == source.chars.of(raw)
    assert documents >= 18


def _documents(data):
    from builder.articles.reading import Refusal  # noqa: PLC0415 - used here only
    from builder.document import Article  # noqa: PLC0415 - used here only

    try:
        found = list(html.read_page(data, Article("x", "", ""), ArticleFacts("*")))
    except Refusal:
        return []
    return [o for o in found if isinstance(o, Document)]


def test_the_author_of_a_link_preview_is_read(tmp_path):
    pairs = (("label1", "Written by"), ("data1", "Jane Roe"), ("label2", "Time"), ("data2", "5 m"))
    head = "".join(f'<meta name="twitter:{name}" content="{value}">' for name, value in pairs)
    article = one(tmp_path, make(facts=None, head=head).replace("By Jane Roe", "")).article
    assert article.authors == ("Jane Roe",)
    assert {fact.source for fact in article.facts if fact.name == "authors"} == {
        "meta twitter:data1"
    }


@pytest.mark.parametrize("unit", ["<div ", '<a href="', "<!-- ", "<script", "<"])
def test_a_page_of_tags_that_never_end_is_read_in_one_pass(unit):
    """Looking for the end of each would take minutes; the test's own time limit would end it."""
    assert len(page("<p>Talks end.</p>" + unit * 200_000).blocks) <= 2

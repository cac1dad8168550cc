import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.articles import Note, Rejected, explain_article
from builder.articles.lines.site_memory import SiteMemory
from builder.articles.readers import dump
from builder.config import ArticleFacts
from builder.document import Document, Span, source_span

SAMPLE = Path(__file__).parents[3] / "annotations/articles/000_040910965fea3b52.txt"
PAGE = """Home
Talks end in Vienna
By Jane Roe | Published: May 3, 2024 10:00 CET
The two sides met for the first time in May, officials said on Friday.
Subscribe
They agreed to meet again in the summer, a spokesman for the hosts said.
"""


def outcomes(folder, data, country=None, **facts):
    path = folder / "page.txt"
    path.write_bytes(data)
    return list(dump.read(path, "page.txt", ArticleFacts("*", country=country, **facts)))


def one(folder, data, country=None, **facts):
    (document,) = (o for o in outcomes(folder, data, country, **facts) if isinstance(o, Document))
    return document


@pytest.fixture(scope="module")
def sample():
    (document,) = dump.read(SAMPLE, SAMPLE.name, ArticleFacts("*"))
    return document


def test_the_sample_comes_out_clean(sample):
    assert sample.title == (
        "South Korea, NATO agree to establish consultative body on defence industry"
    )
    assert sample.article.agency == "IANS"
    assert sample.article.updated_at == "2025-06-26T12:04:00+05:30"
    assert sample.article.published_at is None
    assert (sample.article.dateline_place, sample.article.dateline_day) == ("Seoul", "June 26")
    kinds = [zone.kind for zone in sample.zones]
    assert kinds == ["headline", "body", "lead", "dateline", *["body"] * 10]
    assert sample.zones[3].span.of(sample.text) == "Seoul, June 26"
    assert sample.text.split("\n\n")[1].startswith("Seoul, June 26 South Korea and the North")
    assert sample.text.endswith("munitions, according to the statement.")


def test_the_sample_keeps_the_name_that_its_annotations_use(sample):
    assert sample.doc_id == "a23dbfe44583eef6"


def test_the_sample_says_why_each_line_is_dropped(sample):
    raw = SAMPLE.read_text("utf-8")
    reasons = [(d.reason, d.source.of(raw)) for d in sample.dropped]
    assert [text for reason, text in reasons if reason == "navigation"] == ["City", "Epaper"]
    assert [text for reason, text in reasons if reason == "app_prompt"] == ["Open in App"] * 2
    counts = {key: len(list(group)) for key, group in itertools.groupby(sorted(reasons), _first)}
    assert counts == {
        "app_prompt": 2,
        "byline": 1,
        "disclaimer": 1,
        "navigation": 2,
        "related_stories": 12,
        "repeated_teaser": 1,
    }


def _first(pair):
    return pair[0]


def test_every_kept_character_of_the_sample_maps_to_the_raw_file(sample):
    data = SAMPLE.read_bytes()
    raw = data.decode()
    for at, character in enumerate(sample.text):
        found = source_span(sample, Span(at, at + 1))
        if found:
            assert found[0].chars.of(raw) == character
            assert data[found[0].data.start : found[0].data.end].decode() == character
        else:
            assert character == "\n"


def test_a_zone_that_the_agency_does_not_settle_needs_the_country(tmp_path):
    page = PAGE.replace("CET", "IST").encode()
    found = outcomes(tmp_path, page)
    (note,) = (o for o in found if isinstance(o, Note))
    assert "zone 'IST' is +05:30 in IN, +01:00 in IE, +02:00 in IL; name the country" in note.what
    assert one(tmp_path, page).article.published_at is None
    assert one(tmp_path, page, "IE").article.published_at == "2024-05-03T10:00:00+01:00"
    site = one(tmp_path, page, url="https://www.example.in").article
    assert site.published_at == "2024-05-03T10:00:00+05:30"


@pytest.mark.parametrize(
    ("codec", "recorded"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", None), ("utf-16-be", "utf-16-be")],
)
def test_the_source_holds_in_every_encoding(tmp_path, codec, recorded):
    mark = "\ufeff" if codec == "utf-16-be" else ""
    data = (mark + PAGE.replace("Vienna", "Wien \u2013 \U0001f600")).encode(codec)
    document = one(tmp_path, data)
    assert document.article.encoding == (recorded or document.article.encoding)
    assert ("byte_order_mark" in {d.reason for d in document.dropped}) is (codec != "utf-8")
    _check_cover(document, data)


def test_a_legacy_encoding_that_people_name_is_read(tmp_path):
    data = PAGE.replace("Vienna", "Zürich").encode("cp1252")
    (refused,) = outcomes(tmp_path, data)
    assert refused.reason == "unreadable_encoding"
    document = one(tmp_path, data, encoding="windows-1252")
    assert document.title == "Talks end in Zürich"
    assert document.article.encoding == "cp1252"
    _check_cover(document, data)
    path = tmp_path / "page.txt"
    assert [line.role for line in dump.explain(path, encoding="windows-1252")][1] == "headline"
    assert one(tmp_path, PAGE.encode(), encoding="windows-1252").article.encoding == "utf-8"


@pytest.mark.parametrize(
    ("data", "reason", "line", "said"),
    [
        (b"", "empty_file", None, "has no text"),
        (b"\xef\xbb\xbf \n", "empty_file", None, "has no text"),
        (b"Talks\nyear\x92s end", "unreadable_encoding", 2, "byte 10 (0x92) is not UTF-8"),
        (b"Talks\nend \x00 now", "unusable_character", 2, "holds U+0000 at character 10"),
        (b"\xff\xfea\x00\x00\xd8", "unreadable_encoding", 1, "byte 4 (0x00) is not UTF-16-LE"),
        (b"Home\nNews\n", "no_body", None, "--explain"),
        (b"The two sides met in May, officials said.\n", "no_headline", None, "headline"),
    ],
)
def test_a_page_that_cannot_be_used_is_refused_with_its_reason(tmp_path, data, reason, line, said):
    (found,) = outcomes(tmp_path, data)
    assert isinstance(found, Rejected)
    assert (found.reason, found.line) == (reason, line)
    assert said in found.what


def test_explain_shows_each_line_with_its_role(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(PAGE)
    found = [(line.number, line.role, line.kept) for line in explain_article(path)]
    assert found == [
        (1, "navigation", False),
        (2, "headline", True),
        (3, "byline", False),
        (4, "body", True),
        (5, "interface", False),
        (6, "body", True),
    ]


FOOT = "Readers of the Daily Post also follow our briefing on the region and its neighbours"


def test_what_other_pages_of_the_site_have_is_no_text_in_any_order(tmp_path):
    facts = ArticleFacts("*", url="https://www.example.org/")
    paths = [tmp_path / f"{number}.txt" for number in range(4)]
    for path, place in zip(paths, ["Vienna", "Geneva", "Doha", "Oslo"], strict=True):
        own = f"The talks in {place} were long, and nobody knows what {place} will see next."
        text = PAGE.replace("Vienna", place).replace("The two", f"In {place} the two")
        path.write_text(f"{text}{FOOT}\n{own.replace('The', place)}\n")
    documents = []
    for order in (paths, paths[::-1]):
        memory = SiteMemory()
        for path in order:
            dump.remember(path, path.name, facts, memory)
        found = [o for p in order for o in dump.read(p, p.name, facts, memory)]
        documents.append({d.article.file: d for d in found if isinstance(d, Document)})
    assert documents[0] == documents[1]
    assert len(documents[0]) == 4
    assert all(FOOT not in document.text for document in documents[0].values())


def test_a_page_that_cannot_be_read_teaches_nothing(tmp_path):
    (tmp_path / "page.txt").write_bytes(b"Talks\nyear\x92s end")
    memory = SiteMemory()
    dump.remember(tmp_path / "page.txt", "page.txt", ArticleFacts("*"), memory)
    assert memory.pages() == []


PIECES = st.one_of(st.text(max_size=40), st.sampled_from(PAGE.splitlines()))
SAFE = PIECES.map(lambda s: "".join(c for c in s if c != "\0" and not "\ud800" <= c <= "\udfff"))


@given(
    st.lists(SAFE, max_size=12),
    st.sampled_from(["\n", "\r\n", "\n\n \n", "\u2028"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_kept_and_dropped_cover_the_page_and_never_overlap(tmp_path_factory, pieces, end, codec):
    text = end.join([*PAGE.splitlines(), *pieces])
    data = text.encode(codec)
    document = one(tmp_path_factory.getbasetemp(), data)
    _check_cover(document, data)


def _check_cover(document, data):
    raw = data.decode(document.article.encoding)
    kept = source_span(document, Span(0, len(document.text)))
    for source in kept:
        part = data[source.data.start : source.data.end].decode(document.article.encoding)
        assert part == source.chars.of(raw)
    kept_text = [s.chars.of(raw) for s in kept]
    assert "".join(kept_text) == "".join(document.text.split("\n\n"))
    spans = sorted([*(s.chars for s in kept), *(d.source for d in document.dropped)])
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    ends = [0, *(s.end for s in spans)]
    starts = [*(s.start for s in spans), len(raw)]
    between = "".join(raw[a:b] for a, b in zip(ends, starts, strict=True))
    assert not between.strip()

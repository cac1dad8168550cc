"""Every format but page dumps, JSON lines and web pages: what comes out, and what is refused."""

import gzip
import io
import json
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from web_archive import FIRST, MORE, SECOND, warc, web_page

from builder.articles import Note, Rejected, explain_article, read_articles
from builder.config import load_project
from builder.document import Document, Span, source_span

PLAIN = [
    "The two sides met in Vienna in May, officials said on Friday and on Saturday & Sunday.",
    "They agreed to meet again in the summer, a spokesman for the hosts told reporters.",
]

RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="c" xmlns:dc="d"><channel>
<title>The Post</title><item><title>Talks end</title><link>https://example.org/a</link>
<pubDate>Fri, 03 May 2024 10:00:00 +0200</pubDate><dc:creator>Jane Roe</dc:creator><guid>g1</guid>
<content:encoded><![CDATA[<p>{FIRST}</p><p>{SECOND}</p>]]></content:encoded></item>
<item><title>Teaser</title><description>Talks ended.</description></item></channel></rss>"""
ESCAPED = f"&lt;p&gt;{FIRST.replace('&amp;', '&amp;amp;')}&lt;/p&gt;&lt;p&gt;{MORE}&lt;/p&gt;"
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Post</title><entry>
<title>Talks end</title><id>g1</id><link rel="alternate" href="https://example.org/a"/>
<published>2024-05-03T10:00:00+02:00</published><author><name>Jane Roe</name></author>
<content type="html">{ESCAPED}</content></entry></feed>"""
NITF = f"""<!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf><head><docdata>
<doc-id id-string="n1"/><date.issue norm="20240503T100000+0200"/></docdata></head>
<body><body.head>
<hedline><hl1>Talks end</hl1></hedline><byline>By <person>Jane Roe</person></byline>
<distributor>AFP</distributor></body.head><body.content>
<p>{FIRST}</p><p>{SECOND.replace("b>", "em>")}
</p></body.content></body></nitf>"""
NEWSML = f"""<newsMessage xmlns="n"><itemSet><newsItem guid="urn:1"><itemMeta>
<provider literal="AFP"/><versionCreated>2024-05-03T10:00:00+02:00</versionCreated></itemMeta>
<contentMeta><headline>Talks end</headline><language tag="en"/></contentMeta><contentSet><inlineXML>
<html><head><title>Talks end</title></head><body><p>{FIRST}</p><p>{SECOND}</p></body></html>
</inlineXML></contentSet></newsItem></itemSet></newsMessage>"""
NINJS = {
    "uri": "urn:1",
    "headline": "Talks end",
    "versioncreated": "2024-05-03T10:00:00+02:00",
    "byline": "Jane Roe",
    "body_xhtml": f"<p>{FIRST}</p><p>{SECOND}</p>",
}
NINJS2 = {
    "uri": "urn:1",
    "headlines": [{"role": "main", "value": "Talks end"}],
    "versionCreated": "2024-05-03T10:00:00+02:00",
    "bodies": [{"contentType": "text/html", "value": f"<p>{FIRST}</p><p>{SECOND}</p>"}],
}


def read(folder, name, data, settings=""):
    (folder / "builder.toml").write_text(settings, "utf-8")
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read_articles(path, load_project(folder)))


def one(found):
    documents = [o for o in found if isinstance(o, Document)]
    assert len(documents) == 1, found
    return documents[0]


def check_sources(document, data):
    """Every kept character's bytes are the raw file's at the recorded code points."""
    raw = data.decode(document.article.encoding)
    sources = source_span(document, Span(0, len(document.text)))
    assert sources
    for source in sources:
        assert data[source.data.start : source.data.end].decode() == source.chars.of(raw)
    start = document.text.index("Vienna")
    (place,) = source_span(document, Span(start, start + len("Vienna")))
    assert place.chars.of(raw) == "Vienna"


@pytest.mark.parametrize(
    ("name", "text", "paragraphs", "authors"),
    [
        ("a.rss", RSS, PLAIN, ("Jane Roe",)),
        ("a.xml", RSS, PLAIN, ("Jane Roe",)),
        ("a.atom", ATOM, [PLAIN[0], MORE], ("Jane Roe",)),
        ("a.xml", NITF, PLAIN, ("Jane Roe",)),
        ("a.newsml", NEWSML, PLAIN, ()),
        ("a.json", json.dumps(NINJS), PLAIN, ("Jane Roe",)),
        ("a.json", json.dumps(NINJS2), PLAIN, ()),
    ],
)
def test_a_news_format_becomes_a_document_with_facts(tmp_path, name, text, paragraphs, authors):
    document = one(read(tmp_path, name, text))
    assert document.text.split("\n\n") == ["Talks end", *paragraphs]
    assert document.article.published_at == "2024-05-03T10:00:00+02:00"
    assert document.article.authors == authors
    assert document.article.article_id in {"g1", "n1", "urn:1"}
    assert document.article.language == "en"
    check_sources(document, text.encode())


PICTURE = "<figure><img src='x'/><figcaption>The hosts. Photo: A</figcaption></figure>"
FOOTER = "<p>The post <a href='#'>Talks end</a> appeared first on <a href='#'>The Post</a>.</p>"
MEDIA = "<media><media-caption><p>The hosts. Photo: A</p></media-caption></media>"


@pytest.mark.parametrize(
    ("name", "text", "reasons"),
    [
        ("a.rss", RSS.replace("<p>", PICTURE + "<p>", 1).replace("]]>", FOOTER + "]]>"),
         ["caption", "feed_footer"]),
        ("a.nitf", NITF.replace("</body.content>", MEDIA + "</body.content>"), ["caption"]),
        ("a.newsml", NEWSML.replace("<body>", "<body>" + PICTURE), ["caption"]),
        ("a.json", json.dumps(NINJS | {"body_xhtml": PICTURE + NINJS["body_xhtml"]}), ["caption"]),
    ],
)  # fmt: skip
def test_captions_and_what_feeds_add_are_dropped_by_name(tmp_path, name, text, reasons):
    document = one(read(tmp_path, name, text))
    assert document.text.split("\n\n") == ["Talks end", *PLAIN]
    assert [each.reason for each in document.dropped] == reasons
    caption = document.dropped[0].source.of(text)
    assert caption in {"The hosts. Photo: A", f"<figcaption>{caption}</figcaption>"}


def test_text_in_a_news_item_keeps_its_paragraphs(tmp_path):
    start, end = NEWSML.index("<inlineXML>"), NEWSML.index("</contentSet>")
    plain = f'<inlineData contenttype="text/plain">{FIRST}\n\n{MORE}\n</inlineData>'
    document = one(read(tmp_path, "a.newsml", NEWSML[:start] + plain + NEWSML[end:]))
    assert document.text.split("\n\n") == ["Talks end", PLAIN[0], MORE]


def test_of_several_headlines_the_main_one_is_taken(tmp_path):
    headlines = [{"role": "slug", "value": "TALKS"}, {"role": "main", "value": "Talks end"}]
    document = one(read(tmp_path, "a.json", json.dumps(NINJS2 | {"headlines": headlines})))
    assert document.title == "Talks end"


def test_a_feed_entry_with_a_teaser_only_is_refused_with_its_line(tmp_path):
    (refused,) = (o for o in read(tmp_path, "a.rss", RSS) if isinstance(o, Rejected))
    assert (refused.reason, refused.line) == ("teaser_only", 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<rss><channel><item></channel></rss>", "</channel> closes where <item> is open"),
        ("<rss><channel>", "<channel> is not closed"),
        ("<rss>" + "<a>" * 1000, "nested more than 200 deep"),
        ("<html xmlns='x'><opml/></html>", ""),
        ("<opml></opml>", "begins with <opml>; of XML, RSS, Atom, NITF"),
    ],
)
def test_xml_that_is_no_news_is_refused(tmp_path, text, said):
    (refused,) = read(tmp_path, "a.xml", text)
    assert isinstance(refused, Rejected)
    assert said in refused.what


@pytest.mark.parametrize("packed", [False, True])
def test_a_web_archive_gives_a_document_for_each_page(tmp_path, packed):
    parts = warc(web_page("Talks end"), web_page("Talks begin"))
    data = b"".join(map(gzip.compress, parts)) if packed else b"".join(parts)
    found = read(tmp_path, "a.warc.gz" if packed else "a.warc", data)
    documents = [o for o in found if isinstance(o, Document)]
    assert [d.title for d in documents] == ["Talks end", "Talks begin"]
    assert [d.article.row for d in documents] == [1, 2]
    assert documents[0].article.url == "https://example.org/0"
    check_sources(documents[0], web_page("Talks end"))


def zstd(data):
    return pa.compress(data, codec="zstd", asbytes=True)


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("zstd", zstd),
        ("br", lambda data: pa.compress(data, codec="brotli", asbytes=True)),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
        ("gzip", bytes),  # kept unpacked under the header that it came with
    ],
)
def test_a_page_is_unpacked_as_it_was_sent(tmp_path, encoding, pack, chunked):
    pages = [pack(web_page("Talks end")), pack(web_page("Talks begin"))]
    parts = warc(*pages, encoding=encoding, chunked=chunked)
    found = read(tmp_path, "a.warc.gz", b"".join(map(gzip.compress, parts)))
    assert [d.title for d in found if isinstance(d, Document)] == ["Talks end", "Talks begin"]
    check_sources(found[0], web_page("Talks end"))


@pytest.mark.parametrize(
    ("encoding", "page", "reason"),
    [
        ("lzma", b"x", "unknown_packing"),
        ("gzip", b"x", "broken_page"),
        ("gzip", gzip.compress(web_page("Cut"), mtime=0)[:-20], "broken_page"),
        ("deflate", zlib.compress(web_page("Cut"))[:-20], "broken_page"),
        ("br", b"\x81", "broken_page"),
    ],
)
def test_a_page_that_cannot_be_unpacked_is_refused_and_the_next_is_read(
    tmp_path, encoding, page, reason
):
    data = b"".join([*warc(page, encoding=encoding), *warc(web_page("Talks end"))])
    refused, document = read(tmp_path, "a.warc", data)
    assert (refused.reason, refused.line, document.article.row) == (reason, 1, 2)


def test_what_is_no_page_is_counted(tmp_path):
    data = b"".join([*warc(b"", b"", status="301 Moved"), *warc(web_page("Talks end"))])
    *_, note = read(tmp_path, "a.warc", data)
    assert (note.what, note.records) == ("records that are no pages are not read", 2)


def test_a_cut_archive_keeps_the_pages_before_the_cut(tmp_path):
    data = b"".join(map(gzip.compress, warc(web_page("Talks end"), web_page("Talks begin"))))
    found = read(tmp_path, "a.warc.gz", data[:-40])
    assert [o.title for o in found if isinstance(o, Document)][:1] == ["Talks end"]


def test_a_zip_bomb_in_an_archive_is_stopped_by_name(tmp_path):
    bomb = b"<html><body>" + b"a" * 30_000_000
    data = b"".join(map(gzip.compress, warc(web_page("Talks end"), bomb, bomb)))
    settings = "[ingest]\nmax_article_megabytes = 1\nmax_unpacking = 20\n"
    found = read(tmp_path, "a.warc.gz", data, settings)
    assert [o.title for o in found if isinstance(o, Document)] == ["Talks end"]
    (refused,) = (o for o in found if isinstance(o, Rejected))
    assert refused.reason == "unpacks_too_far"
    assert "ingest.max_unpacking" in refused.what


def test_a_bomb_in_the_page_of_an_archive_is_too_large(tmp_path):
    packed = gzip.compress(b"<html><body>" + b"a" * 30_000_000)
    found = read(tmp_path, "a.warc", b"".join(warc(packed, encoding="gzip")), LIMIT)
    (refused,) = (o for o in found if isinstance(o, Rejected))
    assert (refused.reason, refused.line) == ("too_large", 1)


LIMIT = "[ingest]\nmax_article_megabytes = 1\n"
ROWS = [
    {"Headline": "Talks end", "body": "\n".join([*PLAIN, MORE]), "date": "2024-05-03", "x": 1},
    {"Headline": "No text", "body": None, "date": None, "x": 2},
]


def parquet():
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


def arrow():
    out = io.BytesIO()
    table = pa.Table.from_pylist(ROWS)
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue()


@pytest.mark.parametrize(("name", "data"), [("a.parquet", parquet()), ("a.arrow", arrow())])
def test_rows_of_a_table_become_documents(tmp_path, name, data):
    found = read(tmp_path, name, data)
    document = one(found)
    assert document.text.split("\n\n") == ["Talks end", *PLAIN, MORE]
    assert document.article.published_at == "2024-05-03"
    check_sources(document, f"Talks end\n{ROWS[0]['body']}".encode())
    (refused,) = (o for o in found if isinstance(o, Rejected))
    assert (refused.line, refused.reason) == (2, "wrong_type")
    (note,) = (o for o in found if isinstance(o, Note))
    assert note.what == "columns that are not read: x"


def test_a_csv_file_with_named_columns(tmp_path):
    data = f'Kopf;Rumpf\nTalks end;"{PLAIN[0]}\n{MORE}"\n'
    (refused,) = read(tmp_path, "a.csv", data)
    assert refused.reason == "unknown_columns"
    assert "no column is taken for title and text; the columns are Kopf, Rumpf" in refused.what
    settings = '[[articles]]\nmatch = "*.csv"\ncolumns = "title=Kopf, text=Rumpf"\n'
    document = one(read(tmp_path, "a.csv", data, settings))
    assert document.text.split("\n\n") == ["Talks end", PLAIN[0], MORE]
    (refused,) = read(tmp_path, "a.csv", data, settings.replace("Rumpf", "Rumf"))
    assert "there is no column 'Rumf'; did you mean 'Rumpf'?" in refused.what


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.html", b"%PDF-1.7\n", "unknown_format"),
        ("a.txt", b"\x89PNG\r\n", "unknown_format"),
        ("a.html", b"PK\x03\x04", "unknown_format"),
        ("a.gz", b"hello", "unknown_format"),
        ("a.parquet", b"PAR1 cut", "broken_table"),
        ("a.html", b"<p>" + b"a" * 2_000_000, "too_large"),
        ("a.txt", b"a" * 2_000_000, "too_large"),
        ("a.jsonl", b'{"id": "' + b"a" * 2_000_000, "too_large"),
        ("a.csv", b"title,text\n" + b"a" * 2_000_000, "too_large"),
        ("a.json", b"[1]", "unknown_format"),
        ("a.json", b'{"a": ' + b"[" * 100_000, "broken_json"),
        ("a.jsonl.gz", gzip.compress(b'{"title": "x"}', mtime=0), "unknown_format"),
        ("a.txt", "Talks end\nThey met.".encode("utf-16-le"), "unreadable_encoding"),
        ("a.html", "<p>They met.</p>".encode("utf-16-be"), "unreadable_encoding"),
        ("a.docx", b"x", "unknown_format"),
    ],
)
def test_what_cannot_be_read_is_set_aside_with_its_reason(tmp_path, name, data, reason):
    (found,) = read(tmp_path, name, data, LIMIT)
    assert isinstance(found, Rejected)
    assert found.reason == reason, found.what


def test_rows_after_a_row_that_is_too_long_keep_their_places(tmp_path):
    row = json.dumps({"id": "b", "title": "Talks end", "text": f"{PLAIN[0]}\n{MORE}"})
    data = ("\u00e9" * 1_000_000 + "\n" + row).encode()
    found = read(tmp_path, "a.jsonl", data, LIMIT)
    assert [o.reason for o in found if isinstance(o, Rejected)] == ["too_large"]
    check_sources(one(found), data)


def test_a_page_named_txt_is_read_as_a_page(tmp_path):
    document = one(read(tmp_path, "a.txt", web_page("Talks end")))
    assert "<p>" not in document.text


def test_explain_shows_what_is_kept_of_a_feed(tmp_path):
    read(tmp_path, "a.rss", RSS)
    lines = list(explain_article(tmp_path / "a.rss"))
    assert [line.role for line in lines] == ["headline", "body", "body", "teaser_only"]


def test_a_reader_that_fails_ends_its_article_only(tmp_path, monkeypatch):
    def fail(*_):
        raise RecursionError("too deep")

    monkeypatch.setattr("builder.articles.readers.html.read_page", fail)
    (found,) = read(tmp_path, "a.html", web_page("Talks end"))
    assert found.reason == "reader_failed"
    assert "RecursionError: too deep" in found.what

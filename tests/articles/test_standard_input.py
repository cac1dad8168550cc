"""Standard input: told by its content, kept with the raw articles, refused like any file."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from web_archive import warc, web_page

from builder.articles.standard_input import kept, spooled

ROW = {"title": "Talks end", "text": "They met in Vienna."}


def parquet():
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([ROW]), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (web_page("Talks end"), ".html"),
        (b"\n<!DOCTYPE html>\n<p>Talks end", ".html"),
        (json.dumps(ROW).encode(), ".jsonl"),
        (json.dumps({**ROW, "text": "x" * 9000}).encode(), ".jsonl"),
        (json.dumps({**ROW, "versioncreated": "2024"}).encode(), ".json"),
        (json.dumps(ROW, indent=1).encode(), ".json"),
        (b"City\nTalks end\nThey met.", ".txt"),
        (b"".join(warc(web_page("Talks end"))), ".warc"),
        (gzip.compress(b"WARC/1.0\r\n", mtime=0), ".warc.gz"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", ".xml"),
        (b"<!-- x --><nitf/>", ".nitf"),
        (b"<newsMessage/>", ".newsml"),
        (b"id;Headline;Body\n1;a;b\n", ".csv"),
        (parquet(), ".parquet"),
    ],
)
def test_the_format_is_told_by_the_content(tmp_path, data, suffix):
    path = kept(spooled(io.BytesIO(data), tmp_path), tmp_path / "raw")
    assert path.name.startswith("stdin-")
    assert path.name.removeprefix("stdin-")[12:] == suffix
    assert path.read_bytes() == data
    again = kept(spooled(io.BytesIO(data), tmp_path), tmp_path / "raw")
    assert again == path
    assert not (tmp_path / "stdin").exists()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_not_read_is_not_kept(tmp_path, data):
    path = kept(spooled(io.BytesIO(data), tmp_path), tmp_path / "raw")
    assert path == tmp_path / "stdin"
    assert not (tmp_path / "raw").exists()

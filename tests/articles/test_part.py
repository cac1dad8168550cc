"""Large files in parts: the parts together give what the whole gives, for every format."""

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_archive import warc, web_page

from builder.articles import Note, limits
from builder.articles.part import Part, Place, parts
from builder.articles.readers import jsonl, table
from builder.articles.readers import warc as archive
from builder.config import ArticleFacts, load_project
from builder.document import Document

READERS = {".jsonl": jsonl, ".csv": table, ".parquet": table, ".arrow": table, ".gz": archive}
BODY = "They met in Vienna\u2026 and \U0001f600 said so on day {}.\nThey agreed on it."
ROWS = [{"id": str(n), "title": f"Talks {n}", "text": BODY.format(n)} for n in range(1, 24)]


def packed(write):
    out = io.BytesIO()
    write(out, pa.Table.from_pylist(ROWS))
    return out.getvalue()


def stream(out, rows):
    with pa.ipc.new_stream(out, rows.schema) as writer:
        writer.write_table(rows, max_chunksize=4)


def file(out, rows):
    with pa.ipc.new_file(out, rows.schema) as writer:
        writer.write_table(rows, max_chunksize=4)


LINES = [json.dumps(row, ensure_ascii=n % 2 == 0) for n, row in enumerate(ROWS)]
BROKEN = "\n\n".join([*LINES[:5], "{", "", LINES[5], "x" * 2_000_000, *LINES[6:]])
CELLS = "".join(f'"{r["title"]}","{r["text"]}",{r["id"]}\r\n' for r in ROWS)
CSV = f"title,text,id\r\n{CELLS}"
PAGES = warc(*(web_page(f"Talks end on day {n}") for n in range(5)))
CASES = {
    "rows.jsonl": ("\ufeff" + BROKEN).encode() + b'\n{"id": "\xff"}\n' + LINES[0].encode(),
    "rows.csv": CSV.encode(),
    "marked.csv": CSV.encode("utf-8-sig"),
    "wide.csv": ("\ufeff" + CSV).encode("utf-16-le"),
    "cut.csv": CSV.encode()[:-9],
    "rows.parquet": packed(lambda out, rows: pq.write_table(rows, out, row_group_size=10)),
    "stream.arrow": packed(stream),
    "file.arrow": packed(file),
    "pages.warc.gz": b"".join(map(gzip.compress, PAGES)),
    "together.warc.gz": gzip.compress(b"".join(PAGES)),
    "plain.gz": b"".join(PAGES),
}


def outcomes(reader, path, project, part=None):
    return list(reader.read(path, path.name, ArticleFacts("*"), limits(project), part))


def cut(reader, path, project, records):
    whole = Part(size=path.stat().st_size, sha256="0")
    return parts(reader.places(path, limits(project)), whole, records)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("records", [1, 3])
def test_parts_give_what_the_whole_file_gives(tmp_path, name, records):
    (tmp_path / "builder.toml").write_text("[ingest]\nmax_article_megabytes = 1\n")
    project, path = load_project(tmp_path), tmp_path / name
    path.write_bytes(CASES[name])
    reader = READERS[path.suffix]
    found = cut(reader, path, project, records)
    assert (len(found) > 1) == (name != "together.warc.gz")
    assert sum(part.size for part in found) == path.stat().st_size
    whole = outcomes(reader, path, project, Part(size=path.stat().st_size, sha256="0"))
    apart = [o for part in found for o in outcomes(reader, path, project, part)]
    documents = [o for o in whole if isinstance(o, Document)]
    # An id that a row of another part has is found when the parts are put together.
    assert [o for o in apart if isinstance(o, Document)][: len(documents)] == documents
    kept = [o.reason for o in apart if not isinstance(o, (Document, Note))]
    wanted = [o.reason for o in whole if not isinstance(o, (Document, Note))]
    assert kept == [reason for reason in wanted if reason != "duplicate_id"]


def test_one_stream_of_gzip_cannot_be_entered_in_its_middle(tmp_path):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(CASES["together.warc.gz"])
    project = load_project(tmp_path)
    (part,) = cut(archive, path, project, 1)
    assert len(outcomes(archive, path, project, part)) == 5


@given(st.integers(0, 60), st.integers(1, 20))
def test_every_record_is_in_exactly_one_part(number, records):
    places = [Place(2 * n + 1, data=10 * n) for n in range(number)]
    found = parts(iter(places), Part(size=10 * number), records)
    for place in places:
        own = [p for p in found if p.first <= place.number and p.holds(place.number)]
        assert len(own) == 1
        assert own[0].data <= place.data
    assert found[-1].count is None
    assert all(part.count is not None for part in found[:-1])


def test_a_large_row_group_is_entered_only_a_few_times(tmp_path):
    path = Path(tmp_path / "large.parquet")
    pq.write_table(pa.table({"title": ["t"] * 100_000, "text": ["x"] * 100_000}), path)
    found = cut(table, path, load_project(tmp_path), 500)
    assert 30 <= len(found) <= 40
    assert replace(found[0], size=0) == Part(count=found[1].first - 1, sha256="0")

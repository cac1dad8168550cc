import pytest

from builder.articles import explain_article
from builder.articles.lines.site_learning import known_sites, learn_sites
from builder.articles.lines.site_memory import read_memory
from builder.commands.ingest import ingest_files
from builder.config import load_project
from builder.document import Document
from builder.files import stream_records

FOOT = "Readers of the Daily Post also follow our briefing on the region and its neighbours"
PLACES = ["Vienna", "Geneva", "Doha", "Oslo", "Accra"]


def page(place):
    return f"""Home
Talks end in {place}
By Jane Roe | Published: May 3, 2024 10:00 CET
In {place} the two sides met for the first time in May, officials said on Friday.
The delegates left {place} without a word to those who waited outside the hall.
{FOOT}
They agreed to meet in {place} again in the summer, a spokesman for the hosts said.
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "annotations" / "articles").mkdir(parents=True)
    (tmp_path / "builder.toml").write_text(
        '[[articles]]\nmatch = "*.txt"\nurl = "https://www.example.org"\n'
    )
    return load_project(tmp_path)


def put(project, *places):
    paths = []
    for place in places:
        paths.append(project.raw_articles / f"{place}.txt")
        paths[-1].write_text(page(place))
    return paths


def texts(project):
    return {d.title: d.text for d in stream_records(project.documents, Document)}


def test_ingest_learns_a_sites_furniture_and_keeps_it(project):
    put(project, *PLACES[:3])
    ingest_files(project)
    first = texts(project)
    assert len(first) == 3
    assert not any(FOOT in text for text in first.values())
    assert read_memory(project.sites).size == 3
    (found,) = (
        line
        for line in explain_article(project.raw_articles / "Doha.txt", project)
        if line.text == FOOT
    )
    assert not found.kept


def test_a_page_keeps_its_text_when_its_site_gets_more_pages(project):
    put(project, PLACES[0])
    ingest_files(project)
    (alone,) = texts(project).values()
    put(project, *PLACES[1:])
    ingest_files(project)
    after = texts(project)
    assert after["Talks end in Vienna"] == alone
    assert sum(FOOT in text for text in after.values()) == (FOOT in alone)


def test_a_dry_run_learns_nothing_for_good(project):
    put(project, *PLACES)
    ingest_files(project, dry_run=True)
    assert not project.sites.exists()


def test_web_pages_and_what_is_not_there_teach_nothing(project, tmp_path):
    html = project.raw_articles / "web.txt"
    html.write_text("<!DOCTYPE html><html><body><p>Talks</p></body></html>")
    state = tmp_path / "sites.parquet"
    learn_sites([html, tmp_path / "none.txt", tmp_path / "other.doc"], project, state)
    assert known_sites(state).size == 0


@pytest.mark.parametrize("name", ["page.txt", "page.html"])
def test_an_explanation_reads_the_encoding_that_the_project_names(project, name):
    (project.root / "builder.toml").write_text(
        '[[articles]]\nmatch = "*.*"\nencoding = "windows-1252"\n'
    )
    text = page("Zürich")
    if name.endswith("html"):
        text = "".join(f"<p>{line}</p>" for line in text.splitlines())
    path = project.raw_articles / name
    path.write_bytes(text.encode("cp1252"))
    lines = list(explain_article(path, load_project(project.root)))
    assert "Talks end in Zürich" in [line.text for line in lines]

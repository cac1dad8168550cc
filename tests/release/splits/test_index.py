"""What is read of every document before a release is made, and what is said when it cannot be."""

from __future__ import annotations

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from builder.errors import DataError
from builder.release.build import build_release
from builder.release.splits.index import index, read_headers


def test_the_index_of_a_file_is_that_of_its_documents_in_any_order(make, sample):
    path = make().documents
    one, two = index(read_headers(path)), index(sample.documents[::-1])
    assert (
        one.ids.tolist() == two.ids.tolist() == sorted(d.doc_id.encode() for d in sample.documents)
    )
    assert one.days.tolist() == two.days.tolist()
    assert one.names[one.clusters].tolist() == two.names[two.clusters].tolist()
    assert [one.ids[rank].decode() for rank in one.ranks] == [d.doc_id for d in sample.documents]
    assert one.find([sample.lavrov.doc_id, "nobody"]).tolist() == [
        one.ids.tolist().index(sample.lavrov.doc_id.encode()),
        -1,
    ]


def test_days_are_numbers_and_a_document_without_a_story_stands_in_its_cluster(sample):
    dated = replace(sample.lavrov.article, published_at="2016-09-22T23:00:00-05:00")
    found = index([replace(sample.lavrov, article=dated, story="s1")])
    assert found.days.tolist() == [20160923]
    assert found.names[found.stories].tolist() == [b"s1"]
    plain = index([sample.lavrov])
    assert (plain.days.tolist(), plain.stories.tolist()) == ([0], plain.clusters.tolist())


@pytest.mark.parametrize(
    ("name", "made_by"),
    [("documents", "ingest"), ("gold", "merge"), ("annotations", "merge")],
)
def test_a_file_that_is_missing_or_cut_is_named_with_the_command_that_makes_it(make, name, made_by):
    project = make()
    path = getattr(project, name)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=f"cannot be read .*; run `builder {made_by}` again"):
        build_release(project, "0.1.0")
    path.unlink()
    with pytest.raises(DataError, match=f"is not there yet; run `builder {made_by}` first"):
        build_release(project, "0.1.0")
    assert not (project.root / "releases").exists()


def test_a_file_with_other_columns_is_named(make):
    project = make()
    table = pq.read_table(project.gold)
    pq.write_table(table.drop(["conflicts"]), project.gold)
    with pytest.raises(
        DataError, match=r"GoldDocument lacks 'conflicts'.*run `builder merge` again"
    ):
        build_release(project, "0.1.0")

"""Five successive versions: splits stay, bumps follow, diffs are complete, changelogs read well."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from builder.document import document_id
from builder.errors import DataError, UsageError
from builder.event import GoldDocument
from builder.release.build import build_release
from builder.release.splits.assignment import SPLITS
from builder.release.splits.ledger import read_places
from builder.release.versions.difference import apply, difference
from builder.release.versions.entry import entry
from builder.release.versions.number import Version
from builder.release.versions.state import ReleaseState, rows, shards
from builder.release.versions.succession import before, succession

STATED = '[gates.drift]\nmax = 1.0\nwhy = "A tiny corpus shifts."\n'


class Life:
    """A project whose documents and gold change between releases."""

    def __init__(self, make, sample, tmp_path):
        self.make, self.sample = make, sample
        self.documents, self.gold = list(sample.documents), list(sample.gold)
        self.history = tmp_path / "history"
        self.made = 0

    def release(self, wanted):
        self.made += 1
        project = self.make(self.documents, self.gold, STATED, name=f"p{self.made}")
        self.schemas = project.schemas
        return build_release(project, wanted, self.history)

    def add(self, text, cluster, row):
        new = self.sample.document(text, cluster)
        new = replace(new, article=replace(new.article, row=row, license="OGL-UK-3.0"))
        self.documents.append(new)
        self.gold.append(GoldDocument(new.doc_id, "empty", ("A1", "A2"), (), ()))
        return new.doc_id


def places(folder):
    return {
        row["doc_id"]: split
        for split in SPLITS
        for path in shards(folder, "documents", split)
        for row in rows(path, ["doc_id"])
    }


@pytest.fixture
def life(make, sample, tmp_path):
    # Every document has its own row, as real ones have.
    sample.documents = [
        replace(d, article=replace(d.article, row=n)) for n, d in enumerate(sample.documents, 1)
    ]
    return Life(make, sample, tmp_path)


@pytest.mark.slow
def test_five_successive_versions(life, sample):
    first = life.release("0.1.0")
    # 0.2.0 adds documents; one of them is a near-duplicate of one that is in test.
    turkey = sample.documents[2].doc_id
    near = life.add(sample.documents[2].text.replace("special", "great"), "c4", 11)
    others = [
        life.add(f"Talks {n}\n\nThey met for the {n}th time.", f"n{n}", 20 + n) for n in range(9)
    ]
    assert life.release(None).version == "0.2.0"
    second = life.release("0.2.0")
    # 0.2.1 corrects an attribute, and drops a document.
    met = life.gold[0].events[1]
    mode = replace(met.attributes[0], value="remote")
    events = (life.gold[0].events[0], replace(met, attributes=(mode, *met.attributes[1:])))
    life.gold[0] = replace(life.gold[0], events=events)
    gone = others.pop()
    life.documents = [d for d in life.documents if d.doc_id != gone]
    life.gold = [g for g in life.gold if g.doc_id != gone]
    assert life.release(None).version == "0.2.1"
    third = life.release("0.2.1")
    # 0.2.2 corrects a text, so its document has another id; it renames every cluster.
    old = next(d for d in life.documents if d.doc_id == others[0])
    text = old.text.replace("th time", "nd time")
    life.documents[life.documents.index(old)] = replace(old, doc_id=document_id(text), text=text)
    life.documents = [
        replace(d, duplicate_cluster=f"new-{d.duplicate_cluster}") for d in life.documents
    ]
    life.gold = [
        replace(g, doc_id=document_id(text)) if g.doc_id == old.doc_id else g for g in life.gold
    ]
    fourth = life.release("0.2.2")
    # 0.3.0 brings the document back that was dropped.
    again = life.add("Talks 8\n\nThey met for the 8th time.", "elsewhere", 28)
    fifth = life.release("0.3.0")

    releases = [first, second, third, fourth, fifth]
    where = {}
    for one in releases:
        for doc_id, split in places(one.path).items():
            assert where.setdefault(doc_id, split) == split
    assert again == gone
    assert where[near] == where[turkey] == "test"
    assert where[document_id(text)] == where[old.doc_id]
    assert {p.doc_id: p.since for p in read_places(fifth.path)}[gone] == "0.2.0"

    for one, two in pairwise(releases):
        a, b = ReleaseState(one.path), ReleaseState(two.path)
        change = difference(a, b)
        held, wanted = ({one[0]: entry(*one) for one in state.raw()} for state in (a, b))
        assert apply(held, change) == wanted

    log = (fifth.path / "CHANGELOG.md").read_text("utf-8")
    versions = [line for line in log.splitlines() if line.startswith("## ")]
    assert versions == [f"## {one.version} - 2026-01-02" for one in releases[::-1]]
    assert "First release: 3 documents, 1 agreements, 1 meetings, 1 statements" in log
    assert "Since 0.1.0, a minor release:\n\n- documents added: 10" in log
    assert "attribute mode 'in_person' -> 'remote'" not in log
    assert "attribute mode in_person -> remote" in log
    assert "Since 0.2.0, a patch release:\n\n- documents removed: 1\n- documents changed: 1" in log
    assert f"replaces {old.doc_id}" in log
    assert "Talks 8" not in log.split("## 0.2.0")[0].split("## 0.2.1")[1]


def test_a_version_that_is_too_small_or_not_higher_is_refused(life):
    life.release("0.1.0")
    life.add("Talks\n\nThey met.", "x", 9)
    with pytest.raises(DataError, match=r"0\.1\.1 is a patch release.*documents added: 1"):
        life.release("0.1.1")
    with pytest.raises(UsageError, match=r"has 0\.1\.0 already.*0\.0\.9 is not"):
        life.release("0.0.9")
    assert sorted(p.name for p in life.history.iterdir()) == ["0.1.0"]
    life.release("1.0.0")
    assert list(before(life.history, None)) == [Version(1, 0, 0), life.history / "1.0.0"]


def test_a_release_that_is_the_same_again_may_be_a_patch(life):
    first = life.release("0.1.0")
    again = life.release("0.1.1")
    found = succession((Version(0, 1, 0), first.path), again.path)
    assert not found.difference
    assert found.level == "patch"


def test_splits_cannot_go_by_date_after_they_went_by_cluster(life, make):
    life.release("0.1.0")
    project = make(settings="", name="dated")
    (project.root / "builder.toml").write_text('[splits]\nby = "date"\n')
    from builder.config import load_project  # noqa: PLC0415 - the settings were changed here

    with pytest.raises(UsageError, match="splits went by cluster so far"):
        build_release(load_project(project.root), "0.2.0", life.history)

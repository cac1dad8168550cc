"""The merge gives the gold that it gave before it was made fast, to the last byte.

The digests were taken from the plain merge of commit 915a7b3. They change only when a rule of
merging changes: then say so in the commit that changes them.
"""

import hashlib
import random
from pathlib import Path

import msgspec
import pytest
from crowded_answers import SCHEMA, crowd

from builder.align import align_events
from builder.config import load_project
from builder.labelstudio.snapshot import current_snapshots, read_snapshot
from builder.merge.collect import answered_documents
from builder.merge.consensus import FINISHED, judge_document, merge_document
from builder.merge.decision import decision
from builder.merge.policy import Policy
from builder.merge.reliability import Votes, count_votes, estimate
from builder.schema import load_schema

ROOT = Path(__file__).parents[2]
POLICIES = {
    "equal": Policy(),
    "strict": Policy(minimum_support=2, margin=0.3),
    "ask": Policy(alone="ask"),
    "reliability": Policy(weights="reliability"),
}


def digest(records) -> str:
    return hashlib.sha256(b"\n".join(map(msgspec.json.encode, records))).hexdigest()[:16]


def known(documents):
    votes = Votes.none()
    for _, answers in documents:
        finished = [a for a in answers if a.state in FINISHED]
        clusters = align_events({a.annotation_id: a.events for a in finished})
        count_votes(votes, finished, clusters)
    return estimate(votes)


def merged(documents, schema, name):
    weights = known(documents) if name == "reliability" else None
    for document, answers in documents:
        yield merge_document(document, answers, schema, POLICIES[name], reliability=weights)


@pytest.mark.parametrize(
    ("people", "name", "expected"),
    [
        (2, "equal", "4c4324f5aac4e079"),
        (3, "equal", "f08767578e605eb4"),
        (5, "strict", "80f0096324b00ccf"),
        (5, "equal", "d6a1c933dd03fa21"),
        (5, "reliability", "1983cce524698f92"),
    ],
)
def test_gold_of_simulated_annotators(people, name, expected, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    from simulation import PANELS, simulate  # noqa: PLC0415 - from the benchmarks

    panel = PANELS[max(3, people)][:people]
    scenes = simulate(SCHEMA, panel, documents=200, seed=7)
    documents = [(scene.document, scene.answers) for scene in scenes]
    assert digest(merged(documents, SCHEMA, name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("equal", "a2f6cc6cdf06740c"),
        ("strict", "9cb9cba17edca421"),
        ("ask", "625233ba33f647e0"),
        ("reliability", "d95ad5f489fd5282"),
    ],
)
def test_gold_of_crowded_texts(name, expected):
    documents = [crowd(random.Random(number)) for number in range(400)]
    assert digest(merged(documents, SCHEMA, name)) == expected


def test_gold_after_a_person_decided_every_conflict():
    found, asked = [], set()
    for number in range(300):
        document, answers = crowd(random.Random(number))
        gold = merge_document(document, answers, SCHEMA)
        decisions = {c.conflict_id: _first(c, document.doc_id) for c in gold.conflicts}
        judged = judge_document(document, answers, SCHEMA, decisions=decisions)
        found.append(judged.gold)
        asked |= judged.used
    assert len(asked) == 602
    assert digest(found) == "2fe595379deb522d"


def _first(conflict, doc_id):
    choice = min(version.answer for version in conflict.versions)
    when = "2026-11-23T10:00:00Z"
    return decision(conflict, doc_id, choice, reason="slip", adjudicator="A9", decided_at=when)


def test_gold_of_the_shipped_annotations():
    project = load_project(ROOT)
    schema = load_schema(project.schemas)
    tasks = (t for s in current_snapshots(project.snapshots) for t in read_snapshot(s.path))
    names = {task["data"]["doc_id"] for task in tasks}
    gold = [
        merge_document(answer, answer.annotations, schema)
        for answer in answered_documents(project, schema, names)
    ]
    assert sum(len(document.events) for document in gold) == 89
    assert digest(gold) == "d07cc04428ec68c1"

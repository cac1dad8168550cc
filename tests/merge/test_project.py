"""A project's merge: the policy of builder.toml, people's decisions, and files that stream."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.commands.status import project_status
from builder.config import load_project
from builder.document import Article, Document, Span, document_id, text_sha256
from builder.errors import DataError, NotReadyError, UsageError
from builder.event import Annotation, Event, GoldDocument
from builder.files import read_records, write_records
from builder.labelstudio.encode import result
from builder.labelstudio.snapshot import Source, write_snapshot
from builder.merge.decision import add_decisions, decision
from builder.merge.project import merge_project
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")
SOURCE = Source("server", "http://ls.example", 1, "Events", "2026-01-01T00:00:00Z", "1.23.2", "0")
TEXTS = ["Wi met Rutte.", "They met again.", "Nobody met."]


@pytest.fixture
def project(tmp_path):
    """Two documents seen by two people who differ on one, a third seen by nobody."""
    article = Article("a.txt", "0" * 64, "utf-8")
    documents = [Document(document_id(t), t, (), (), article, document_id(t)) for t in TEXTS]
    write_records(tmp_path / "build" / "documents.parquet", Document, documents)
    tasks = []
    for number, document in enumerate(documents[:2]):
        event = Event("e", "Meeting", Span(*_met(document.text)), (), {})
        later = number == 1
        answers = [[event], [] if later else [event]]
        flags = [(), ("no_event",) if later else ()]
        given = [
            {
                "id": 2 * number + n,
                "unique_id": f"u{number}{n}",
                "completed_by": {"email": f"{n}@x"},
            }
            | {"result": result(events, document.text, SCHEMA, flags=flag)}
            for n, (events, flag) in enumerate(zip(answers, flags, strict=True))
        ]
        data = {"text": document.text, "doc_id": document.doc_id}
        data["text_sha256"] = text_sha256(document.text)
        tasks.append({"id": number, "data": data, "annotations": given, "drafts": []})
    write_snapshot(tmp_path / "annotations" / "snapshots", tasks, SOURCE)
    return tmp_path


def _met(text):
    return text.index("met"), text.index("met") + 3


def settings(root, *lines):
    (root / "builder.toml").write_text("[merge]\n" + "\n".join(lines) + "\n")
    return load_project(root)


def test_every_document_has_its_state_in_the_gold_in_order(project):
    merge_project(load_project(project))
    gold = read_records(project / "build" / "gold.parquet", GoldDocument, made_by="builder merge")
    states = {document_id(TEXTS[0]): "events"}
    states |= dict.fromkeys([document_id(TEXTS[1]), document_id(TEXTS[2])], "unfinished")
    assert {g.doc_id: g.state for g in gold} == states
    assert [g.doc_id for g in gold] == sorted(states)
    path = project / "build" / "annotations.parquet"
    assert len(read_records(path, Annotation, made_by="builder merge")) == 4


def test_minimum_support_rejects_by_its_own_rule(project):
    merged = merge_project(settings(project, "minimum_support = 3", "quorum = 1"), dry_run=True)
    assert merged.states == {"unfinished": 3}


def test_a_policy_that_cannot_be_meant_is_refused_at_once(project):
    lines = ["alone = 'acept'", "margin = 1.5", "minimum_support = 0", "weights = 'votes'"]
    with pytest.raises(UsageError) as caught:
        settings(project, *lines)
    said = str(caught.value)
    assert "builder.toml:2: merge.alone is 'acept'; did you mean 'accept'?" in said
    assert "merge.margin is 1.5; it should be at least 0 and below 1" in said
    assert "merge.minimum_support is 0; it should be at least 1" in said
    assert "merge.weights is 'votes'; allowed: equal, reliability" in said


def test_open_conflicts_end_a_strict_merge_with_not_ready(project):
    done = CliRunner().invoke(app, ["merge", "-C", str(project), "--strict"])
    assert isinstance(done.exception, NotReadyError)
    assert done.exception.exit_code == 4


def test_a_stale_decision_is_named_and_its_conflict_stays(project):
    decided = {
        "conflict": "0123456789ab",
        "doc_id": document_id(TEXTS[1]),
        "kind": "event",
        "what": "Meeting at 'met'",
        "versions": ["no", "yes"],
        "choice": "yes",
        "reason": "slip",
        "adjudicator": "A3",
        "decided_at": "2026-11-23T12:00:00Z",
    }
    folder = project / "annotations" / "decisions"
    folder.mkdir()
    lines = [json.dumps(decided), json.dumps(decided | {"doc_id": "gone"})]
    (folder / "decisions.jsonl").write_text("\n".join(lines) + "\n")
    merged = merge_project(load_project(project), dry_run=True)
    assert merged.counts()["decisions"] == {"used": 0, "stale": 2}
    assert merged.conflicts == {"event": 1}


def standing(root):
    facts = project_status(load_project(root), offline=True)
    return facts["conflicts"], facts["decisions"]


def test_status_tells_open_conflicts_and_used_stale_and_new_decisions_apart(project):
    assert standing(project) == (None, {"used": 0, "stale": 0, "waiting": 0})
    merge_project(load_project(project))
    left = {"open": 1, "documents": 1, "stale": False}
    assert standing(project) == (left, {"used": 0, "stale": 0, "waiting": 0})
    path = project / "build" / "gold.parquet"
    gold = read_records(path, GoldDocument, made_by="builder merge")
    ((document, conflict),) = [(g, c) for g in gold for c in g.conflicts]
    words = {"choice": "yes", "reason": "slip", "adjudicator": "A3", "decided_at": "2026-11-23"}
    good = decision(conflict, document.doc_id, **words)
    stale = replace(good, conflict="0123456789ab")
    add_decisions(project / "annotations" / "decisions", [good, stale])
    assert standing(project) == (left, {"used": 0, "stale": 0, "waiting": 2})
    merge_project(load_project(project), dry_run=True)
    assert standing(project)[1]["waiting"] == 2
    merge_project(load_project(project))
    left |= {"open": 0, "documents": 0}
    assert standing(project) == (left, {"used": 1, "stale": 1, "waiting": 0})


def test_a_cut_record_of_the_merge_is_named(project):
    merge_project(load_project(project))
    (project / "build" / "merge.json").write_text("{")
    with pytest.raises(
        DataError, match=r"merge\.json: cannot be read .* run `builder merge` again"
    ):
        standing(project)

"""`builder status`: the morning page, from the server or from the newest snapshot."""

import json
from datetime import UTC, datetime

from test_check import NO_EVENT, ORPHAN
from test_push_pull import TRIGGER, prepare, pull, run

from builder.commands.push import push_tasks
from builder.labelstudio import server
from builder.labelstudio.progress import Person
from builder.labelstudio.studio_project import find_project


def status(project, *words):
    result = run(project, "status", "--json", *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_page_counts_states_people_overlap_and_says_what_is_next(studio, project_on):
    project = prepare(project_on("Morning"))
    push_tasks(project)
    found = find_project(studio.client(), "Morning")
    first = status(project)
    assert first["stages"] == {"done": 0, "begun": 0, "untouched": 5}
    assert first["overlap"] == {"wanted": 2, "reached": {"0": 5}}
    assert (first["last_activity"], first["conflicts"]) == (None, None)

    ann = studio.client(studio.add_user("morning-ann").token)
    bob = studio.client(studio.add_user("morning-bob").token)
    numbers = [t.id for t in ann.sdk.tasks.list(project=found.project_id)]
    for person, seconds in ((ann, 60.0), (bob, 180.0)):
        person.sdk.annotations.create(id=numbers[0], result=[TRIGGER], lead_time=seconds)
    ann.sdk.annotations.create(id=numbers[1], result=[NO_EVENT], lead_time=120.0)
    ann.sdk.annotations.create(id=numbers[2], result=[], was_cancelled=True)
    bob.sdk.annotations.create(id=numbers[3], result=[ORPHAN])
    facts = status(project)
    assert facts["read_from"] == ["server"]
    assert facts["stages"] == {"done": 1, "begun": 3, "untouched": 1}
    assert facts["answers"] == {"events": 2, "empty": 1, "unfinished": 1, "skipped": 1}
    assert facts["overlap"]["reached"] == {"0": 3, "1": 1, "2": 1}
    assert facts["problems"] == {"warning argument_without_event": 1, "warning nothing_marked": 1}
    people = facts["annotators"].values()
    assert sorted(p["minutes"] for p in people) == [1.5, 3.0]
    assert facts["next"][0].startswith("`builder check --view`")
    assert any("7 answers are missing" in step for step in facts["next"])

    pull(project)
    offline = status(project, "--offline")
    assert offline["read_from"][0].endswith(".jsonl.zst")
    assert {k: offline[k] for k in ("stages", "answers", "overlap", "problems")} == {
        k: facts[k] for k in ("stages", "answers", "overlap", "problems")
    }
    shown = run(project, "status").stdout
    assert "5 documents: 1 done, 3 begun, 1 untouched" in shown


def test_without_a_server_or_a_snapshot_the_next_step_is_said(tmp_path):
    from types import SimpleNamespace  # noqa: PLC0415 - only here

    facts = status(SimpleNamespace(root=tmp_path))
    assert facts["documents"] == 0
    assert facts["next"] == ["`builder push` sends the tasks; nothing is there yet"]
    assert server.running(tmp_path / ".studio") is None


def test_the_pace_is_over_days_with_work():
    person = Person()
    person.times = [datetime(2026, 1, day, 9, tzinfo=UTC) for day in (1, 9, 9, 10)]
    facts = person.facts(datetime(2026, 1, 11, tzinfo=UTC))
    assert (facts["last_7_days"], facts["per_day"]) == (3, 1.5)
    assert facts["minutes"] is None

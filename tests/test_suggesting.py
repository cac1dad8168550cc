"""Suggestions: sent only where asked, renewed by version, annotations never touched."""

import json

import pytest
from test_push_pull import SCHEMA, TEXTS, TRIGGER, prepare, pull, task_of

from builder.commands.push import push_tasks
from builder.errors import DataError
from builder.labelstudio.config import label_config
from builder.labelstudio.snapshot import read_snapshot
from builder.labelstudio.studio_project import find_project
from builder.labelstudio.tasks import validate_tasks


def suggested(project, version, count):
    tasks = [task_of(text) for text in TEXTS]
    for task in tasks[:count]:
        task["predictions"] = [{"model_version": version, "score": 0.5, "result": [TRIGGER]}]
    (project.build / "tasks.json").write_text(json.dumps(tasks))
    return push_tasks(project)


def versions(project):
    path, _ = pull(project)
    given = {t["data"]["text"]: t for t in read_snapshot(path)}
    return [sorted(p["model_version"] for p in given[text]["predictions"]) for text in TEXTS]


@pytest.mark.slow
def test_a_new_version_is_sent_once_and_no_annotation_changes(studio, project_on):
    project = prepare(project_on("Suggested"))
    first = suggested(project, "rules-1", 2)
    assert (first.sent, first.suggested) == (5, 0)
    client = studio.client()
    found = find_project(client, "Suggested")
    tasks = {t.data["text"]: t.id for t in client.sdk.tasks.list(project=found.project_id)}
    given = client.sdk.annotations.create(id=tasks[TEXTS[0]], result=[TRIGGER])
    assert versions(project) == [["rules-1"], ["rules-1"], [], [], []]
    assert suggested(project, "rules-1", 2).suggested == 0

    assert suggested(project, "rules-2", 3).suggested == 3
    assert suggested(project, "rules-2", 3).suggested == 0
    both = ["rules-1", "rules-2"]
    assert versions(project) == [both, both, ["rules-2"], [], []]
    assert client.sdk.projects.get(found.project_id).model_version == "rules-2"
    now = client.sdk.annotations.get(id=given.id)
    assert (now.updated_at, now.result) == (given.updated_at, given.result)


def test_a_suggestion_that_would_blank_the_page_is_refused_before_it_is_sent():
    task = task_of(TEXTS[0])
    arrow = {"type": "relation", "from_id": "t1", "to_id": "gone", "direction": "right"}
    outside = {**TRIGGER, "value": {**TRIGGER["value"], "end": 9999}}
    for result, expected in (([TRIGGER, arrow], "gone"), ([outside], "outside the text")):
        task["predictions"] = [{"model_version": "x", "result": result}]
        with pytest.raises(DataError, match=f"suggestion not accepted.*{expected}"):
            validate_tasks(label_config(SCHEMA), [task])

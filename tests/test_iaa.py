"""`builder iaa` as people run it, on the shipped corpus and on somebody's export."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.config import shipped_project
from builder.errors import DataError, NotReadyError
from builder.labelstudio.snapshot import current_snapshots, read_snapshot, write_snapshot


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("starter")
    for name in ("annotations", "schemas"):
        shutil.copytree(shipped_project() / name, root / name)
    shutil.copy(shipped_project() / "builder.toml", root)
    assert run("ingest", "-C", root).exit_code == 0
    return root


def altered(project, tmp_path, change):
    """Return a copy of the project with a newer snapshot in which `change` altered each task."""
    root = tmp_path / "altered"
    shutil.copytree(project, root)
    snapshots = root / "annotations" / "snapshots"
    newest = current_snapshots(snapshots)[0]
    tasks = [change(task) for task in read_snapshot(newest.path)]
    write_snapshot(snapshots, tasks, newest.manifest.source)
    return root


@pytest.fixture(scope="module")
def facts(project):
    return json.loads(run("iaa", "-C", project, "--json", "--disagreements").stdout)


def test_the_starter_corpus_has_a_number_for_every_layer(facts):
    whole = {
        (m["layer"], m["granularity"]): m
        for m in facts["measures"]
        if m["metric"] == "f1" and m["group"] is None
    }
    layers = ("trigger", "type", "argument", "role", "event", "attribute", "coreference")
    for layer in layers:
        for granularity in ("exact", "edge", "overlap"):
            found = whole[layer, granularity]
            low, high = found["interval"]
            assert low <= found["value"] <= high
            assert found["signature"].startswith(f"f1|layer:{layer}|match:{granularity}|")
    assert facts["documents"] == 9
    assert facts["annotators"] == 2


def test_every_disagreement_leads_to_its_task(facts):
    assert sum(facts["disagreements"].values()) == len(facts["disagreement_list"])
    for found in facts["disagreement_list"]:
        assert all("?task=" in url for url in found["urls"])
        assert found["answers"][0] != found["answers"][1]


def test_people_see_tables_breakdowns_and_how_the_numbers_were_made(project):
    shown = run("iaa", "-C", project, "--by", "role", "--by", "source", "--match", "overlap")
    assert shown.exit_code == 0
    for words in ("F1 of pairs, 9 documents", "Krippendorff's alpha", "F1 by role, overlap"):
        assert words in shown.stdout
    assert "f1|layer:trigger|match:exact|" in shown.stderr


def test_the_same_seed_prints_the_same_bytes(project, facts):
    again = json.loads(run("iaa", "-C", project, "--json", "--disagreements").stdout)
    assert again == facts


def test_with_one_answer_each_it_is_not_ready_and_says_so(project, tmp_path):
    def one(task):
        return {**task, "annotations": task["annotations"][:1]}

    with pytest.raises(NotReadyError, match=r"answers \(9 with one answer\)"):
        run("iaa", "-C", altered(project, tmp_path, one))


def test_an_answer_with_an_error_is_named_and_all_others_are_compared(project, tmp_path):
    seen = []

    def broken(task):
        if not seen:
            seen.append(task["id"])
            task["annotations"][0]["result"][0]["value"]["end"] = 10**6
        return task

    root = altered(project, tmp_path, broken)
    with pytest.raises(DataError, match="1 annotation was set aside because of this"):
        run("iaa", "-C", root)
    result = CliRunner().invoke(app, ["iaa", "-C", str(root), "--json"])
    assert json.loads(result.stdout)["documents"] == 8


def test_any_export_can_be_measured_without_a_project(tmp_path):
    def answer(person, start, end):
        value = {"start": start, "end": end, "labels": ["Date"]}
        item = {"type": "labels", "from_name": "label", "value": value}
        return {"id": 1, "completed_by": {"email": person}, "result": [item]}

    text = "It opened on 3 May."
    tasks = [
        {
            "id": number,
            "data": {"body": text},
            "annotations": [answer("a@x.org", 13, 18), answer("b@x.org", 13, 19)],
        }
        for number in (1, 2)
    ]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    found = json.loads(run("iaa", "--export", path, "--text-key", "body", "--json").stdout)
    values = {
        m["granularity"]: m["value"]
        for m in found["measures"]
        if m["layer"] == "type" and m["metric"] == "f1" and m["group"] is None
    }
    assert values == {"exact": 0.0, "edge": 1.0, "overlap": 1.0}
    assert found["edge_normalisation"] == {
        "mentions": 4,
        "changed": 2,
        "pairs_gained": {"trigger": 2, "type": 2, "event": 2},
    }


def test_an_export_without_texts_says_what_it_lacks(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"id": 1, "data": {"body": "x"}, "annotations": []}]))
    with pytest.raises(NotReadyError, match=r"1 task without a text in 'text'"):
        run("iaa", "--export", path)

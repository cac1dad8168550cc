"""Files of real servers with other configurations than ours: counted, nothing lost."""

import json
from collections import Counter
from pathlib import Path

import pytest

from builder.errors import DataError
from builder.labelstudio.exported import LOSSY, read_exported
from builder.labelstudio.inventory import inventory

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FILES = [
    *(path for path in sorted(SAMPLES.rglob("*.json")) if path.parts[-2] != "formats"),
    SAMPLES / "label-studio" / "formats" / "export_JSON.json",
]
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the samples of real servers are not beside this checkout"
)


def answers(node, text=None, task=None):
    """Walk the JSON, whatever it is, to any record with a result that a person made."""
    if isinstance(node, list):
        for each in node:
            yield from answers(each, text, task)
    elif isinstance(node, dict) and "result" in node and node.keys() & {"completed_by", "user"}:
        yield node, text, task
    elif isinstance(node, dict):
        if isinstance(node.get("data"), dict):
            text, task = node["data"].get("text"), node.get("id")
        for name, each in node.items():
            if name not in {"predictions", "prediction"}:
                yield from answers(each, text, task)


def plain_state(node):
    if "user" in node:
        return "unfinished"
    if node["was_cancelled"]:
        return "skipped"
    return "events" if any(item["type"] == "labels" for item in node["result"]) else "empty"


def plain_person(node):
    someone = node.get("completed_by") or node.get("user")
    return someone["email"] if isinstance(someone, dict) else str(someone)


def plain_count(content):
    found = list(answers(content))
    marks = [
        (item, text, number)
        for number, (node, text, _) in enumerate(found)
        for item in node["result"]
        if item["type"] == "labels"
    ]
    people = {plain_person(node): Counter() for node, _, _ in found}
    for node, _, _ in found:
        people[plain_person(node)][plain_state(node)] += 1
    controls = Counter(
        control for _, control in {((n, i["id"]), i["from_name"]) for i, _, n in marks}
    )
    rest = [i for node, _, _ in found for i in node["result"]]
    controls.update(i["from_name"] for i in rest if i["type"] not in {"labels", "relation"})
    places = {
        (number, i["id"]): text[i["value"]["start"] : i["value"]["end"]]
        for i, text, number in marks
        if text
    }
    done = [(task, plain_person(node)) for node, _, task in found if "user" not in node]
    problems = Counter(
        trimmed=sum(words != words.strip() for words in places.values()),
        open_draft=sum("user" in node for node, _, _ in found),
        double_annotation=len(done) - len(set(done)),
    )
    states = Counter(plain_state(node) for node, _, _ in found)
    return states, people, len({(n, i["id"]) for i, _, n in marks}), controls, +problems


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_counts_of_every_sample_are_those_of_a_plain_count(path):
    found = inventory(read_exported(path))
    states, people, spans, controls, problems = plain_count(json.loads(path.read_text("utf-8")))
    assert found.states == states
    assert found.people == people
    assert (found.spans, found.controls, found.problems) == (spans, controls, problems)


@needs_samples
def test_the_big_sample_has_what_its_description_says():
    found = inventory(read_exported(SAMPLES / "leoka" / "LEOKA_team_1.json"))
    assert (found.tasks, sum(found.states.values()), len(found.people)) == (130, 394, 7)
    assert found.states["unfinished"] == 5
    assert found.problems["trimmed"] > 100


@needs_samples
def test_formats_that_lose_work_are_refused_with_what_they_lose():
    formats = [p for p in (SAMPLES / "label-studio" / "formats").iterdir() if p.suffix in LOSSY]
    assert len(formats) == 4
    for path in formats:
        with pytest.raises(DataError, match="export it as JSON, or run `builder pull`"):
            read_exported(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [("[", "cannot be read"), ("[1]", "no list of tasks"), ('{"a": 1', "cannot be read")],
)
def test_a_file_that_is_none_of_these_is_refused(tmp_path, content, expected):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(DataError, match=expected):
        read_exported(path)


def test_json_min_is_known_by_its_rows_whatever_its_name(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('[{"text": "a", "annotation_id": 1, "annotator": 2}]')
    with pytest.raises(DataError, match="JSON_MIN has no relations"):
        read_exported(path)

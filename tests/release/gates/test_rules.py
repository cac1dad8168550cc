"""Faults that are planted: each stops the release by name and leaves no file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from builder.commands import app
from builder.document import document_id
from builder.errors import DataError, NotReadyError, Problem, UsageError
from builder.event import Conflict, GoldDocument, Version
from builder.files import write_records
from builder.release.build import build_release
from builder.release.conditions import Conditions
from builder.release.gates.rules import Gate, check_agreement, drift, refuse, settle

STATED = """
[project]
authors = "A"
description = "B"
labels_made_by = "C"
limits = "D"
"""
IAA = """
[gates.iaa]
min = 0.7
layer = "trigger"
granularity = "exact"
why = "Below it annotators did not read the same guidelines."
"""
VISIT = """
event_type: Visit
version: 1.0.0
definition: Somebody goes to see a place or a person on business.
roles:
  Visitor: {definition: Who goes., mentions: [PER], count: 1..n}
"""
MEASURE = {
    "metric": "f1",
    "layer": "trigger",
    "granularity": "exact",
    "group": None,
    "value": 0.61,
    "n": 40,
    "signature": "f1|layer:trigger",
}


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    def _run(project, *words):
        result = CliRunner().invoke(app, ["release", *words, "-C", str(project.root)])
        found = [p.name for p in (project.root / "releases").glob("*")]
        return result, found

    return _run


def copy_in_another_split(sample):
    """Return the corpus with a copy of a train document in a cluster that is test."""
    text = sample.lavrov.text.replace("earlier today", "this morning")
    copy = replace(sample.document(text, "c4"), article=replace(sample.lavrov.article, row=9))
    gold = GoldDocument(document_id(text), "empty", ("A1", "A2"), (), ())
    return {"documents": [*sample.documents, copy], "gold": [*sample.gold, gold]}


def open_conflict(sample):
    versions = (Version("bilateral", ("17",)), Version("multilateral", ("18",)))
    span = sample.find(sample.lavrov.text, "met")
    conflict = Conflict("k1", "attribute", span, "e1", "format of Meeting 'met'", versions)
    return {"gold": [replace(sample.gold[0], conflicts=(conflict,)), *sample.gold[1:]]}


def test_a_near_duplicate_across_splits_is_named(make, sample, run):
    result, left = run(make(**copy_in_another_split(sample)), "0.1.0")
    assert isinstance(result.exception, DataError)
    assert "REFUSED leak: 1 pairs across splits" in result.stderr
    assert "of its text is in" in str(result.exception)
    assert sample.lavrov.doc_id in str(result.exception)
    assert left == []


def test_a_missing_licence_is_named(make, run):
    result, left = run(make(gates=STATED), "0.1.0")
    assert "REFUSED licences: 1 OGL-UK-3.0, 1 public-domain, 1 unknown" in result.stderr
    assert "annotations/articles/a.jsonl:1: no licence is stated" in str(result.exception)
    assert left == []


def test_an_open_conflict_is_named_and_means_not_ready(make, sample, run):
    result, left = run(make(**open_conflict(sample)), "0.1.0")
    assert isinstance(result.exception, NotReadyError)
    assert "REFUSED conflicts: 1 open, 0 allowed" in result.stderr
    assert "attribute is open: format of Meeting 'met'" in str(result.exception)
    assert left == []


def test_agreement_below_the_threshold_is_named_with_layer_and_granularity(make, run):
    result, left = run(make(settings=IAA), "0.1.0")
    assert isinstance(result.exception, DataError)
    assert "REFUSED iaa: f1 of layer 'trigger' at granularity 'exact': 0.000, f1|" in result.stderr
    assert "is 0.000 (n=" in str(result.exception)
    assert "), below 0.7" in str(result.exception)
    assert left == []


def test_an_email_address_in_a_note_is_named_without_being_repeated(make, sample, run):
    project = make()
    (first, *others) = sample.answers
    note = replace(first, note="Ask jane.doe@example.org, please.")
    write_records(project.annotations, type(first), [note, *others])
    result, left = run(project, "0.1.0")
    said = str(result.exception)
    assert "REFUSED privacy: 1 secrets in" in result.stderr
    assert "data/annotations/train-00000-of-00001.parquet, row " in said
    assert "holds an e-mail address (jan…org)" in said
    assert "jane.doe" not in said
    assert left == []


def test_a_broken_schema_with_a_patch_bump_is_refused_with_the_reason(make, run):
    project = make()
    (project.schemas / "visit.yaml").write_text(VISIT, "utf-8")
    build_release(project, "0.1.0")
    (project.schemas / "visit.yaml").unlink()
    result, left = run(project, "0.1.1")
    assert isinstance(result.exception, DataError)
    assert "REFUSED version: a major release after 0.1.0" in result.stderr
    assert "0.1.1 is a patch release" in str(result.exception)
    assert "config 'visits' is gone; event type 'Visit' is gone" in str(result.exception)
    assert "The least version is 1.0.0" in str(result.exception)
    assert left == ["0.1.0"]


def test_all_gates_are_told_before_the_first_refuses(make, sample, run):
    card = "[gates.card]\nrequired = ['project.limits']\nwhy = 'Small.'\n"
    result, left = run(make(gates=card, **open_conflict(sample)), "0.1.0")
    refused = [line.split()[1] for line in result.stderr.splitlines() if "REFUSED" in line]
    assert refused == ["conflicts:", "licences:", "card:"]
    assert "passed  leak: 0 pairs" in result.stderr
    assert "passed  version: the first" in result.stderr
    assert isinstance(result.exception, DataError)
    assert left == []


def test_a_gate_let_through_has_its_reason_in_card_and_manifest(make, sample, run):
    project = make(**open_conflict(sample))
    result, left = run(project, "0.1.0", "--allow", "conflicts=It is being discussed.")
    assert result.exit_code == 0
    assert left == ["0.1.0"]
    assert "1 findings let through: It is being discussed." in result.stderr
    card = (project.root / "releases/0.1.0/README.md").read_text("utf-8")
    assert "| refused (1 findings), let through: It is being discussed. |" in card


@pytest.mark.parametrize(
    ("allow", "said"),
    [
        ({"leek": "x"}, "unknown gate 'leek'; did you mean 'leak'?"),
        ({"leak": " "}, "say why gate 'leak' may be passed"),
        ({"version": "x"}, "unknown gate 'version'"),
    ],
)
def test_only_a_gate_can_be_let_through_and_only_with_a_reason(allow, said):
    with pytest.raises(UsageError, match="--allow") as error:
        settle([], allow)
    assert said in str(error.value)


def test_a_gate_that_passes_needs_no_reason_and_records_none():
    (gate,) = settle([Gate("leak", "0 pairs")], {"leak": "just in case"})
    assert gate.allowed == ""


def test_waiting_for_people_is_told_from_wrong_data():
    wait = Gate("conflicts", "", (Problem("a", "open"),))
    with pytest.raises(NotReadyError):
        refuse([wait])
    with pytest.raises(DataError, match="refused by gate conflicts, leak"):
        refuse([wait, Gate("leak", "", (Problem("b", "copy"),))])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("[gates.documents]\nmin = 9", "documents: 3 are ready, at least 9 are wanted"),
        ("[gates.events]\nMeeting = 2", "events of type Meeting: 1, at least 2 are wanted"),
        ('[gates.card]\nrequired = ["project.limits"]', "[project] limits is not stated"),
        ('[gates.card]\nrequired = ["project.limit"]', "did you mean 'project.limits'?"),
    ],
)
def test_what_builder_toml_wants_is_wanted(make, rule, said):
    loose = "" if "card" in rule else "[gates.card]\nrequired = []\nwhy = 'x'\n"
    licences = "[gates.licences]\nmax_unknown = 1\nwhy = 'x'\n"
    project = make(gates=f"{loose}{licences}{rule}\nwhy = 'x'\n")
    with pytest.raises((DataError, NotReadyError)) as error:
        build_release(project, "0.1.0", dry_run=True)
    assert said in str(error.value)


def test_agreement_that_was_not_measured_is_no_agreement(make):
    gate = check_agreement([{**MEASURE, "layer": "whole event"}], make(settings=IAA))
    assert "was not measured; measured: whole event/exact" in str(gate.problems[0])
    good = check_agreement([{**MEASURE, "value": 0.7}], make(settings=IAA, name="good"))
    assert not good.problems
    assert good.measured.endswith("0.700, f1|layer:trigger")


def test_drift_is_the_distance_of_the_distributions():
    assert drift({"a": 5}, {"a": 9}) == 0
    assert drift({"a": 5}, {"b": 5}) == 1


def test_types_that_shift_too_far_are_refused_with_their_shares(make, sample):
    settings = "[gates.drift]\nmax = 0.3\nwhy = 'Scores would not compare.'\n"
    project = make(settings=settings)
    build_release(project, "0.1.0")
    lost = [replace(sample.gold[0], events=(), state="empty"), *sample.gold[1:]]
    write_records(project.gold, GoldDocument, lost)
    with pytest.raises(
        DataError, match=r"their shares moved by 0\.667, above 0\.3: Agreement 0\.33"
    ):
        build_release(project, "0.1.1", conditions=Conditions(allow={"card": "x"}))

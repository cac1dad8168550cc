from __future__ import annotations

from dataclasses import replace

import pytest

from builder.errors import DataError
from builder.release.build import build_release
from builder.release.conditions import Conditions
from builder.release.gates import findings
from builder.release.gates.findings import Named


def without_licence(sample):
    return [
        replace(d, article=replace(d.article, license=None, row=n))
        for n, d in enumerate(sample.documents, 1)
    ]


def test_the_first_are_named_and_the_others_counted(make, sample, monkeypatch):
    monkeypatch.setattr(findings, "SHOWN", 1)
    project = make(without_licence(sample), gates="")
    with pytest.raises(DataError) as error:
        build_release(project, "0.1.0")
    said = str(error.value)
    assert said.count("no licence is stated") == 1
    assert "gate licences: 2 more like those that are named" in said


def test_what_was_let_through_is_counted_whole(make, sample, monkeypatch):
    monkeypatch.setattr(findings, "SHOWN", 1)
    allowed = Conditions(allow={"licences": "A test."})
    built = build_release(make(without_licence(sample)), "0.1.0", conditions=allowed)
    card = (built.path / "README.md").read_text("utf-8")
    assert "refused (3 findings), let through: A test." in card


def test_findings_of_several_workers_are_added_up(monkeypatch):
    monkeypatch.setattr(findings, "SHOWN", 2)
    one, two = Named(), Named()
    for number in range(3):
        one.add(f"a{number}", "x")
        two.add(f"b{number}", "x")
    whole = Named()
    whole.merge(one)
    whole.merge(two)
    assert (whole.number, [problem.where for problem in whole.first]) == (6, ["a0", "a1"])

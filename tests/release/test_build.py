from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from huggingface_hub import DatasetCard, DatasetCardData

from builder.commands.release import agreement
from builder.config import load_project
from builder.document import Span
from builder.errors import DataError, NotReadyError, UsageError
from builder.event import Conflict, GoldArgument, GoldDocument, Version
from builder.files import file_sha256
from builder.release import build
from builder.release.build import build_release
from builder.release.conditions import Conditions
from builder.release.tables.reread import check_spans
from builder.release.tables.shards import Part, Shard
from builder.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import SimpleNamespace

    from builder.release.build import Release

VISIT = """\
event_type: Visit
version: 1.0.0
definition: Somebody goes to see a place or a person on business.
roles:
  Visitor: {definition: Who goes., mentions: [PER], count: 1..n}
  Destination: {definition: Where to., mentions: [GPE], count: 0..1}
attributes:
  purpose:
    definition: What for.
    default: talks
    values: {talks: To talk., ceremony: To attend a ceremony.}
links:
  Outcome: {definition: What came of it., targets: [Agreement]}
"""
ALLOWED = "[gates.conflicts]\nmax = 1\nwhy = 'It is being discussed.'\n"
CONFIGS = ["documents", "agreements", "meetings", "statements", "annotations", "sentences"]


def tree(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): file_sha256(path) for path in files}


def header(folder: Path) -> dict:
    return yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])


def test_every_config_and_split_loads(make, load):
    built = build_release(make(), "0.1.0")
    default = load(built.path)
    assert default["train"].num_rows == 2
    for config in CONFIGS:
        loaded = load(built.path, config)
        counts = {split: part.num_rows for split, part in loaded.items()}
        assert counts == {split: n for split, n in built.counts[config].items() if n}
    assert built.counts["documents"] == {"train": 2, "validation": 0, "test": 1}
    assert built.counts["meetings"] == {"train": 1, "validation": 0, "test": 0}
    assert built.counts["annotations"] == {"train": 3, "validation": 0, "test": 0}
    assert built.left_out == {"unfinished": 1}


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_files_with_and_without_rows_have_all_columns(make, load, split):
    built = build_release(make(), "0.1.0")
    for config in CONFIGS:
        loaded = load(built.path, config)
        frame = pd.read_parquet(built.path / f"data/{config}/{split}-00000-of-00001.parquet")
        assert len(frame) == built.counts[config][split]
        assert list(frame.columns) == loaded["train"].column_names
        if len(frame):
            streamed = load(built.path, config, split=split, streaming=True)
            assert list(streamed) == list(loaded[split])


def test_a_release_without_any_event_loads(make, load, sample):
    empty = [replace(g, state="empty", events=()) for g in sample.gold[:2]]
    built = build_release(make(gold=empty), "0.1.0")
    assert load(built.path)["train"][0]["events"] == []
    with pytest.raises(ValueError, match="'meetings' not found"):
        load(built.path, "meetings")
    assert built.left_out == {"not_merged": 2}


def test_spans_are_code_points_of_the_text(make, load, sample):
    built = build_release(make(), "0.1.0")
    texts = {row["doc_id"]: row["text"] for row in load(built.path, split="train")}
    (row,) = load(built.path, "statements", split="train")
    text = texts[row["doc_id"]]
    assert text == sample.lavrov.text
    assert text[row["trigger"]["start"] : row["trigger"]["end"]] == "said"
    parts = [text[p["start"] : p["end"]] for p in row["Content"][0]["parts"]]
    assert parts == ["The Foreign Secretary met", "in New York"]


def test_files_carry_their_schema_and_no_library_metadata(make):
    built = build_release(make(), "0.1.0")
    for path in (built.path / "data").rglob("*.parquet"):
        assert pq.read_schema(path).metadata is None
        assert {g.compression for g in columns(path)} <= {"ZSTD"}


def columns(path: Path) -> list:
    meta = pq.read_metadata(path)
    groups = [meta.row_group(n) for n in range(meta.num_row_groups)]
    return [group.column(n) for group in groups for n in range(group.num_columns)]


def test_the_manifest_names_every_other_file_and_the_inputs(make):
    project = make()
    built = build_release(project, "0.1.0")
    manifest = json.loads((built.path / "manifest.json").read_text())
    found = tree(built.path)
    del found["manifest.json"]
    assert {file["path"]: file["sha256"] for file in manifest["files"]} == found
    assert manifest["made"]["gold"]["sha256"] == file_sha256(project.gold)
    assert manifest["made"]["date"] == "2026-01-02T03:04:05Z"
    (snapshot,) = manifest["made"]["snapshots"]
    assert snapshot["path"] == "annotations/snapshots/20260102T030405Z-0123abcd.json"
    assert manifest["configs"]["meetings"]["rows"] == built.counts["meetings"]


def test_source_date_epoch_is_the_date(make, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    built = build_release(make(), "0.1.0")
    manifest = json.loads((built.path / "manifest.json").read_text())
    assert manifest["made"]["date"] == "1970-01-01T00:00:00Z"


def test_the_schema_is_copied_as_it_is(make):
    project = make()
    built = build_release(project, "0.1.0")
    assert tree(built.path / "schema") == tree(project.schemas)


def test_the_order_of_the_inputs_does_not_matter(make, sample):
    one = build_release(make(), "0.1.0")
    mixed = [replace(gold, events=gold.events[::-1]) for gold in sample.gold[::-1]]
    two = build_release(make(sample.documents[::-1], mixed, name="mixed"), "0.1.0")
    assert tree(one.path / "data") == tree(two.path / "data")


def test_the_same_inputs_give_the_same_bytes_in_any_surroundings(make, tmp_path):
    project = make()
    conditions = Conditions(agreement=agreement(load_schema(project.schemas)))
    one = build_release(project, "0.1.0", tmp_path / "one", conditions=conditions)
    elsewhere = tmp_path / "else" / "where"
    shutil.copytree(project.root, elsewhere)
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "LC_ALL": "C", "LANG": "tr_TR"}
    command = [sys.executable, "-m", "builder", "release", "0.1.0", "-C", str(elsewhere)]
    subprocess.run(command, env={**os.environ, **surroundings}, check=True, capture_output=True)
    assert tree(one.path) == tree(elsewhere / "releases" / "0.1.0")


def test_a_version_is_built_once(make):
    project = make()
    before = tree(build_release(project, "0.1.0").path)
    with pytest.raises(UsageError, match="is there already, and a release never changes"):
        build_release(project, "0.1.0")
    assert tree(project.root / "releases" / "0.1.0") == before


@pytest.mark.parametrize("version", ["1", "0.1", "v0.1.0", "0.1.0-rc1", "00.1.0", "../0.1.0"])
def test_a_version_is_three_numbers(make, version):
    with pytest.raises(UsageError, match="should be three numbers"):
        build_release(make(), version)


def test_a_dry_run_checks_everything_and_leaves_nothing(make):
    project = make()
    built = build_release(project, "0.1.0", dry_run=True)
    assert [gate.name for gate in built.gates] == [
        "inputs",
        "documents",
        "events",
        "conflicts",
        "licences",
        "card",
        "iaa",
        "leak",
        "privacy",
        "drift",
        "version",
        "header",
        "spans",
        "loads",
    ]
    assert "README.md" in built.files
    assert not (project.root / "releases").exists()


def conflicting(gold: GoldDocument) -> GoldDocument:
    versions = (Version("bilateral", ("17",)), Version("multilateral", ("18",)))
    what = "format of Meeting 'met'"
    return replace(
        gold, conflicts=(Conflict("k1", "attribute", Span(123, 126), "e1", what, versions),)
    )


def test_an_open_conflict_stops_the_release_by_name(make, sample):
    project = make(gold=[conflicting(sample.gold[0]), *sample.gold[1:]])
    with pytest.raises(NotReadyError) as error:
        build_release(project, "0.1.0")
    assert str(error.value) == (
        f"annotations/articles/a.jsonl, document {sample.lavrov.doc_id}, 123-126: attribute is "
        "open: format of Meeting 'met'; answers: 'bilateral' (1), 'multilateral' (1)\n"
        "refused by gate conflicts: mend this, state another limit and why in builder.toml "
        '[gates.conflicts], or record a reason with --allow conflicts="..."'
    )
    assert error.value.exit_code == 4
    assert not (project.root / "releases").exists()


def test_conflicts_that_are_allowed_are_counted_in_card_and_rows(make, load, sample):
    gold = [conflicting(sample.gold[0]), *sample.gold[1:]]
    built = build_release(make(gold=gold, settings=ALLOWED), "0.1.0")
    assert built.open_conflicts == 1
    assert sum(load(built.path, split="train")["open_conflicts"]) == 1
    assert "Open conflicts: 1." in (built.path / "README.md").read_text()


def test_gold_that_does_not_fit_is_refused_with_every_misfit(make, sample):
    met = sample.gold[0].events[1]
    wrong = replace(
        met,
        trigger=Span(5, 5000),
        arguments=(GoldArgument("Particpant", (Span(3, 3),), sample.both),),
        attributes=(replace(met.attributes[0], value="in_persom"),),
        links=(replace(met.links[0], target="e9"),),
    )
    stranger = replace(sample.gold[1], doc_id="feedfeedfeedfeed")
    project = make(gold=[replace(sample.gold[0], events=(wrong,)), stranger])
    with pytest.raises(DataError) as error:
        build_release(project, "0.1.0")
    where = f"gold: document {sample.lavrov.doc_id}, event e1"
    length = len(sample.lavrov.text)
    assert str(error.value).splitlines() == [
        f"{where}: Meeting has no role 'Particpant'; did you mean 'Participant'?",
        f"{where}: attribute 'mode' has no value 'in_persom'; did you mean 'in_person'?",
        f"{where}: link 'Outcome' leads to 'e9', no event of this document",
        f"{where}: span 3-3 is empty or outside the text of {length} characters",
        f"{where}: span 5-5000 is empty or outside the text of {length} characters",
        "gold: document feedfeedfeedfeed: is not among the documents",
        "documents, gold and schema have to be of one make; run `builder merge` again",
    ]
    assert not (project.root / "releases").exists()


def test_text_that_is_not_the_text_of_its_id_is_refused(make, sample):
    changed = replace(sample.lavrov, text=sample.lavrov.text.replace("met", "saw"))
    with pytest.raises(DataError, match="run `builder ingest` again"):
        build_release(make([changed, *sample.documents[1:]]), "0.1.0")


def test_a_path_of_this_machine_is_refused(make, sample):
    article = replace(sample.lavrov.article, file="/home/someone/a.jsonl")
    moved = replace(sample.lavrov, article=article)
    with pytest.raises(DataError, match="the path names this machine"):
        build_release(make([moved, *sample.documents[1:]]), "0.1.0")


def test_a_release_without_a_document_is_refused(make):
    with pytest.raises(NotReadyError, match=r"no document is ready for a release \(4 not_merged\)"):
        build_release(make(gold=[]), "0.1.0")


def test_a_missing_input_names_the_command_that_makes_it(make):
    project = make()
    project.gold.unlink()
    with pytest.raises(DataError, match="run `builder merge` first"):
        build_release(project, "0.1.0")


def test_a_gate_that_fails_after_writing_leaves_nothing(make, monkeypatch):
    def refuse(folder: Path, *_: object) -> None:
        assert (folder / "README.md").exists()
        raise DataError("refused")

    monkeypatch.setattr(build, "check_loads", refuse)
    project = make()
    before = tree(project.root)
    with pytest.raises(DataError, match="refused"):
        build_release(project, "0.1.0")
    assert tree(project.root) == before
    assert not (project.root / "releases").exists()


def spoilt(built: Release, spoil: Callable[[Any], None], config: str = "meetings") -> Any:
    """Change the first row of a file; return what `check_spans` is given."""
    path = built.path / f"data/{config}/train-00000-of-00001.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    spoil(rows[0])
    pq.write_table(table.from_pylist(rows, schema=table.schema), path)
    shard = Shard(f"data/{config}/{path.name}", len(rows), 0, "")
    return built.path, {config: {"train": Part((shard,), 0, "")}}


def known(sample: SimpleNamespace, built: Any, form: str = "full") -> Any:
    """Return what the documents' texts are, and how many rows there are to compare with them."""
    texts = {d.doc_id: d.text for d in sample.documents}
    ((config, splits),) = built[1].items()
    counts = {(config, split): part.rows for split, part in splits.items()}
    return [(texts, dict.fromkeys(texts, form), counts)]


def test_a_stored_text_that_is_not_at_its_span_is_found_in_the_file(make, sample):
    def spoil(row: Any) -> None:
        row["Participant"][1]["text"] = "Sergey Lavrov"

    where = spoilt(build_release(make(), "0.1.0"), spoil)
    with pytest.raises(DataError, match="stored is 'Sergey Lavrov', the text says 'Sergei Lavrov'"):
        check_spans(*where, known(sample, where))


def test_a_token_that_is_not_at_its_place_is_found(make, sample):
    def spoil(row: Any) -> None:
        row["token_starts"][0] += 1

    where = spoilt(build_release(make(), "0.1.0"), spoil, "sentences")
    with pytest.raises(DataError, match="the text says"):
        check_spans(*where, known(sample, where))


def test_a_text_that_may_not_be_passed_on_is_found_wherever_it_is(make, sample):
    where = spoilt(build_release(make(), "0.1.0"), lambda _: None)
    with pytest.raises(DataError, match="holds more text than 'standoff' allows"):
        check_spans(*where, known(sample, where, "standoff"))


def with_party(sample: SimpleNamespace, word: str) -> list[GoldDocument]:
    """Return the gold with one Party; words of one length give files of one size."""
    signed = sample.gold[1].events[0]
    party = replace(signed.arguments[0], parts=(sample.find(sample.loan.text, word),))
    changed = replace(sample.gold[1], events=(replace(signed, arguments=(party,)),))
    return [sample.gold[0], changed, *sample.gold[2:]]


def party(dataset: Any) -> str:
    return dataset["train"][0]["Party"][0]["text"]


def test_two_releases_in_folders_of_one_name_do_not_mix(make, load, sample):
    one = build_release(make(gold=with_party(sample, "that"), name="one"), "0.1.0")
    two = build_release(make(gold=with_party(sample, "once"), name="two"), "0.1.0")
    assert one.path.name == two.path.name
    assert party(load(one.path, "agreements")) == "that"
    assert party(load(two.path, "agreements")) == "once"
    assert party(load(one.path, "agreements")) == "that"


def test_a_release_that_takes_the_place_of_another_is_not_read_from_the_cache(make, load, sample):
    # Same path, same sizes, same counts: only the digest in the header differs.
    one = build_release(make(gold=with_party(sample, "that"), name="one"), "0.1.0")
    two = build_release(make(gold=with_party(sample, "once"), name="two"), "0.1.0")
    assert party(load(one.path, "agreements")) == "that"
    shutil.rmtree(one.path)
    shutil.copytree(two.path, one.path)
    assert party(load(one.path, "agreements")) == "once"


def test_a_fourth_family_needs_no_code(make, load, sample):
    visit = sample.event(
        "e4",
        "Visit",
        sample.find(sample.loan.text, "signed"),
        sample.one,
        arguments=(GoldArgument("Visitor", (sample.find(sample.loan.text, "Iraq"),), sample.one),),
    )
    gold = list(sample.gold)
    gold[1] = replace(gold[1], events=(*gold[1].events, visit))
    project = make(gold=gold)
    (project.schemas / "visit.yaml").write_text(VISIT)
    built = build_release(load_project(project.root), "0.1.0")
    (row,) = load(built.path, "visits", split="train")
    assert row["Visitor"] == [{"text": "Iraq", "parts": [{"start": 22, "end": 26}]}]
    # The first value of the closed list is class label 0.
    assert (row["Destination"], row["purpose"], row["Outcome"]) == ([], 0, [])
    assert (
        "Config `visits`, schema version 1.0.0, events: 1."
        in (built.path / "README.md").read_text()
    )


def test_the_card_is_one_that_the_hub_can_read(make):
    built = build_release(make(), "0.1.0")
    card = DatasetCard.load(built.path / "README.md")
    assert isinstance(card.data, DatasetCardData)
    assert card.data.language == ["en"]
    assert card.data.license == "other"
    assert card.data.size_categories == ["n<1K"]
    assert [config["config_name"] for config in card.data.configs] == CONFIGS
    assert [config.get("default") for config in card.data.configs] == [True, *[None] * 5]


def test_the_card_counts_what_the_files_hold(make):
    built = build_release(make(), "0.1.0")
    infos = header(built.path)["dataset_info"]
    for info in infos:
        files = [
            built.path / f"data/{info['config_name']}/{split['name']}-00000-of-00001.parquet"
            for split in info["splits"]
        ]
        rows = [pq.read_metadata(file).num_rows for file in files]
        assert [split["num_examples"] for split in info["splits"]] == rows
        assert info["download_size"] == sum(file.stat().st_size for file in files)

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow.parquet as pq
import pytest
import yaml
from datasets import DatasetInfo
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs, _NoDuplicateSafeLoader
from huggingface_hub import (
    CommitOperationAdd,
    DatasetCard,
    DatasetCardData,
    constants,
    metadata_load,
)

from builder.commands.ingest import ingest_files
from builder.commands.init import copy_starter
from builder.config import load_project
from builder.errors import DataError
from builder.merge.project import merge_project
from builder.release.build import build_release
from builder.release.card.hubcard import check_header
from builder.release.folder import files

CARD = """\
---
license: {license}
language: [en]
task_categories: [token-classification]
size_categories: ["n<1K"]
---
# A
"""


def test_a_card_of_ours_is_taken(make):
    built = build_release(make(), "0.1.0")
    assert "header" in [gate.name for gate in built.gates]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Return the shipped project's release."""
    root = tmp_path_factory.mktemp("starter")
    copy_starter(root, "schemas", "annotations", "builder.toml")
    project = load_project(root)
    ingest_files(project)
    merge_project(project)
    return build_release(project, "0.1.0", root / "releases").path


def test_the_shipped_card_passes_all_that_the_libraries_check_without_the_hub(shipped):
    text = (shipped / "README.md").read_text("utf-8")
    stated = metadata_load(shipped / "README.md")
    # As the Hub's library reads it, writes it again, and puts it into a card of its own.
    card = DatasetCard(text)
    assert str(card) == text
    assert card.data.to_dict() == stated
    assert DatasetCardData(**stated).to_dict() == stated
    template = DatasetCard.from_template(DatasetCardData(**stated), pretty_name="Starter")
    assert template.data.to_dict() == stated
    # As `datasets` reads it: no key twice, every column and size.
    assert yaml.load(text.split("---\n")[1], _NoDuplicateSafeLoader) == stated
    configs = MetadataConfigs.from_dataset_card_data(card.data)
    assert configs.get_default_config_name() == "documents"
    infos = DatasetInfosDict.from_dataset_card_data(card.data)
    assert list(configs) == list(infos) == [info["config_name"] for info in stated["dataset_info"]]
    again = DatasetCardData()
    infos.to_dataset_card_data(again)
    configs.to_dataset_card_data(again)
    for key in ("configs", "dataset_info"):
        assert sorted(again[key], key=json.dumps) == sorted(stated[key], key=json.dumps)
    for name, info in infos.items():
        assert DatasetInfo.from_dict(vars(info)) == info
        for given in configs[name]["data_files"]:
            rows = pq.read_metadata(shipped / given["path"]).num_rows
            assert info.splits[given["split"]].num_examples == rows


def test_every_file_has_a_path_that_the_hub_takes(shipped):
    for name in files(shipped):
        assert CommitOperationAdd(name, shipped / name).path_in_repo == name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{license}",
            "CC-BY 4.0",
            "'CC-BY 4.0' is no license that the Hub knows; did you mean 'cc-by-4.0'?",
        ),
        ("[en]", "[xx-yy]", "'xx-yy' is no language that the Hub knows"),
        ("n<1K", "few", "'few' is no size_categories that the Hub knows"),
        ("token-", "event-", "'event-classification' is no task_categories that the Hub knows"),
    ],
)
def test_what_the_hub_does_not_know_is_named(old, new, said):
    card = CARD.replace(old, new).replace("{license}", "cc-by-4.0")
    with pytest.raises(DataError) as error:
        check_header(card)
    assert said in str(error.value)


FULL = """\
---
license: cc-by-4.0
configs:
- config_name: documents
  default: true
  data_files:
  - split: train
    path: data/train.parquet
- config_name: meetings
  data_files:
  - split: train
    path: [data/a.parquet, data/b.parquet]
dataset_info:
- config_name: documents
  features:
  - name: doc_id
    dtype: string
  splits:
  - name: train
    num_bytes: 8
    num_examples: 1
- config_name: meetings
  features:
  - name: spans
    list:
    - name: start
      dtype: int64
  splits:
  - name: train
    num_bytes: 8
    num_examples: 1
---
# A
"""


def test_a_header_with_configs_is_taken():
    assert check_header(FULL).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\nlicense", "license", "README.md: has no header"),
        ("license: cc-by-4.0\n", "license: [\n", "README.md: has no header that the Hub's"),
        (FULL[4:-8], "- cc-by-4.0\n", "README.md: has no header that the Hub's"),
        ("- config_name: meetings\n  data", "- data", "Each config must include `config_name`"),
        ("split: train\n    path: data", "split: a-b\n    path: data", "Expected data_files"),
        ("path: data/train.parquet", "paths: data/train.parquet", "Expected data_files"),
        ("meetings\n  data", "meetings\n  default: true\n  data", "several default configs"),
        ("dtype: string", "dtype: text", "README.md, dataset_info: is not read by `datasets`"),
        ("dtype: string", "kind: string", "README.md, dataset_info: is not read by `datasets`"),
        (
            "config_name: meetings\n  feat",
            "config_name: talks\n  feat",
            "config 'talks': is in one",
        ),
        ("- name: train\n    num", "- name: test\n    num", "has files for other splits than"),
        ("- name: train\n    num_bytes: 8", "- name: a b", "has files for other splits than"),
    ],
)
def test_what_the_libraries_misread_is_named(old, new, said):
    assert old in FULL
    with pytest.raises(DataError) as error:
        check_header(FULL.replace(old, new, 1))
    assert said in str(error.value)


def test_a_release_with_a_licence_that_the_hub_does_not_know_is_not_made(make):
    project = make(settings='[project]\nlicense = "creative-commons"\n')
    with pytest.raises(DataError, match=r"builder.toml, project.license: 'creative-commons' is no"):
        build_release(project, "0.1.0")
    assert not (project.root / "releases").exists()


@pytest.fixture
def hub(monkeypatch):
    """Return what a server that validates cards was sent, and its answer, which can be changed."""
    told = {"status": 200, "said": "", "sent": []}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told["sent"].append((self.path, json.loads(body)))
            self.send_response(told["status"])
            self.end_headers()
            self.wfile.write(told["said"].encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield told
    server.shutdown()
    server.server_close()


def test_the_hubs_own_validation_is_asked_for_the_whole_card(make, hub):
    path = build_release(make(), "0.1.0").path / "README.md"
    card = DatasetCard.load(path)
    card.validate()
    ((where, sent),) = hub["sent"]
    assert where == "/api/validate-yaml"
    assert sent == {"repoType": "dataset", "content": path.read_text("utf-8")}
    hub.update(status=400, said="license is wrong")
    with pytest.raises(ValueError, match="license is wrong"):
        card.validate()

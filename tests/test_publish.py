"""`builder publish`: the real client against a Hub on the loopback address, and a file system."""

from __future__ import annotations

import json
import shutil

import pytest
from hub_server import TOKEN, running_hub
from huggingface_hub import constants
from typer.testing import CliRunner

from builder.commands import app
from builder.errors import AuthError, ChangedError, DataError, ServerError, UsageError
from builder.files import file_sha256
from builder.release.folder import files
from builder.release.publishing.publish import git_blob

REPO = "me/events"
# huggingface_hub 2.4 uploads large files by a call that its HTTP library has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture
def hub(monkeypatch):
    with running_hub() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        # Xet is another protocol, spoken by another server; large files go the older way here.
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        yield running


@pytest.fixture
def release(tmp_path):
    return make_release(tmp_path, "0.1.0", b"PAR1 rows")


def make_release(folder, version, data):
    """A folder as a release is, of which publishing needs the manifest alone."""
    root = folder / "releases" / version
    (root / "data").mkdir(parents=True)
    (root / "data" / "test.parquet").write_bytes(data)
    (root / "data" / "train.parquet").write_bytes(b"PAR1 more")
    (root / "README.md").write_text(f"---\nlicense: other\n---\n# {version}\n")
    listed = [{"path": name, "sha256": file_sha256(root / name)} for name in files(root)]
    manifest = {"name": "events", "version": version, "made": {}, "files": listed}
    (root / "manifest.json").write_text(json.dumps(manifest))
    return root


def run(folder, *words):
    return CliRunner().invoke(app, ["publish", *words, "-C", str(folder)])


@pytest.mark.usefixtures("release")
def test_a_dry_run_is_the_default_and_changes_nothing(hub, tmp_path):
    result = run(tmp_path, REPO)
    assert result.exit_code == 0
    assert "would be made:" in result.stderr
    assert "would be sent: data/test.parquet" in result.stderr
    assert "nothing was done" in result.stdout
    assert hub.writes == []
    assert hub.repos == {}


def test_a_release_is_one_private_commit_with_a_tag(hub, release, tmp_path):
    result = run(tmp_path, REPO, "--no-dry-run")
    assert result.exit_code == 0
    repo = hub.repos[REPO]
    assert repo.private
    assert len(repo.commits) == 2  # the Hub makes the first
    assert repo.tags == {"0.1.0": repo.commits[-1]}
    assert set(hub.tree(REPO, "0.1.0")) == {".gitattributes", *files(release)}


def test_what_was_published_comes_back_byte_by_byte(hub, release, tmp_path):
    run(tmp_path, REPO, "--no-dry-run")
    tree = hub.tree(REPO, "0.1.0")
    for name in files(release):
        assert tree[name] == (release / name).read_bytes()


@pytest.mark.usefixtures("release")
def test_publishing_again_does_nothing(hub, tmp_path):
    run(tmp_path, REPO, "--no-dry-run")
    writes = list(hub.writes)
    result = run(tmp_path, REPO, "--no-dry-run")
    assert "is at" in result.stdout
    assert hub.writes == writes


def test_the_next_version_replaces_the_files_and_keeps_the_tag_of_the_first(hub, release, tmp_path):
    run(tmp_path, REPO, "--no-dry-run")
    second = make_release(tmp_path, "0.2.0", b"PAR1 other")
    (second / "data" / "train.parquet").unlink()
    manifest = json.loads((second / "manifest.json").read_text())
    manifest["files"] = [f for f in manifest["files"] if f["path"] != "data/train.parquet"]
    (second / "manifest.json").write_text(json.dumps(manifest))
    puts = len(hub.puts)
    assert run(tmp_path, REPO, "--no-dry-run").exit_code == 0
    assert len(hub.puts) == puts + 1
    assert set(hub.tree(REPO, "main")) == {".gitattributes", *files(second)}
    assert hub.tree(REPO, "0.1.0")["data/test.parquet"] == b"PAR1 rows"
    result = run(tmp_path, REPO, "--release", str(release), "--no-dry-run")
    assert "is at" in result.stdout


@pytest.mark.parametrize("refused", ["PUT /objects", "POST .*/commit/", "POST .*/tag/"])
@pytest.mark.usefixtures("release")
def test_after_an_interruption_the_same_command_goes_on(hub, tmp_path, refused):
    hub.refuse[refused] = 400
    result = run(tmp_path, REPO, "--no-dry-run")
    assert isinstance(result.exception, ServerError)
    assert "run the same command again" in str(result.exception)
    sent, commits = len(hub.puts), len(hub.repos[REPO].commits)
    hub.refuse.clear()
    assert run(tmp_path, REPO, "--no-dry-run").exit_code == 0
    assert list(hub.repos[REPO].tags) == ["0.1.0"]
    assert len(hub.puts) == 2
    if refused != "PUT /objects":
        assert sent == 2
    assert len(hub.repos[REPO].commits) == 2
    assert commits == (2 if "tag" in refused else 1)


@pytest.mark.usefixtures("hub")
def test_a_version_that_is_there_with_other_content_is_never_changed(release, tmp_path):
    run(tmp_path, REPO, "--no-dry-run")
    shutil.rmtree(release)
    make_release(tmp_path, "0.1.0", b"PAR1 changed")
    result = run(tmp_path, REPO, "--no-dry-run")
    assert isinstance(result.exception, ChangedError)
    assert "data/test.parquet: is another file" in str(result.exception)
    assert "a version never changes" in str(result.exception)


@pytest.mark.usefixtures("hub")
def test_an_older_version_does_not_take_the_place_of_a_newer_one(release, tmp_path):
    newer = make_release(tmp_path, "0.2.0", b"PAR1 other")
    run(tmp_path, REPO, "--release", str(newer), "--no-dry-run")
    result = run(tmp_path, REPO, "--release", str(release), "--no-dry-run")
    assert isinstance(result.exception, UsageError)
    assert "has 0.2.0 already; 0.1.0 would take its place" in str(result.exception)


@pytest.mark.usefixtures("release")
def test_a_public_place_has_to_be_meant(hub, tmp_path):
    run(tmp_path, REPO, "--public", "--no-dry-run")
    assert not hub.repos[REPO].private
    result = run(tmp_path, REPO)
    assert isinstance(result.exception, UsageError)
    assert "is public; say --public" in str(result.exception)
    assert run(tmp_path, REPO, "--public").exit_code == 0


@pytest.mark.usefixtures("release")
def test_somebody_elses_commit_in_between_is_not_overwritten(hub, tmp_path):
    hub.refuse["POST .*/commit/"] = 412
    result = run(tmp_path, REPO, "--no-dry-run")
    assert isinstance(result.exception, ChangedError)
    assert result.exception.exit_code == 7


@pytest.mark.usefixtures("hub", "release")
def test_a_wrong_token_is_told_from_a_broken_server(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_wrongwrongwrongwrongwrong")
    result = run(tmp_path, REPO, "--no-dry-run")
    assert isinstance(result.exception, AuthError)
    assert "HF_TOKEN should hold" in str(result.exception)


@pytest.mark.usefixtures("release")
def test_a_hub_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    result = run(tmp_path, REPO)
    assert isinstance(result.exception, ServerError)
    assert "http://127.0.0.1:9/datasets/me/events" in str(result.exception)


def test_an_altered_release_is_not_published(hub, release, tmp_path):
    (release / "README.md").write_text("other")
    result = run(tmp_path, REPO, "--no-dry-run")
    assert isinstance(result.exception, DataError)
    assert "README.md: was altered" in str(result.exception)
    assert hub.writes == []


@pytest.mark.usefixtures("release")
@pytest.mark.usefixtures("release")
@pytest.mark.parametrize("place", ["events", "me/a--b", "me/events.git", f"me/{'e' * 99}"])
def test_what_is_neither_repository_nor_url_is_refused(tmp_path, place):
    result = run(tmp_path, place)
    assert isinstance(result.exception, UsageError)
    assert "give OWNER/NAME on the Hub, or a URL" in str(result.exception)


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_any_url_of_fsspec_holds_a_version_in_a_folder(release, tmp_path, scheme):
    import fsspec  # noqa: PLC0415 - only here

    url = f"{scheme}://{tmp_path}/store"
    assert "nothing was done" in run(tmp_path, url).stdout
    assert run(tmp_path, url, "--no-dry-run").exit_code == 0
    store, root = fsspec.core.url_to_fs(f"{url}/0.1.0")
    for name in files(release):
        assert store.cat_file(f"{root}/{name}") == (release / name).read_bytes()
    assert "complete" in run(tmp_path, url, "--no-dry-run").stdout
    # Cut in the middle: no manifest, one file half there.
    store.rm(f"{root}/manifest.json")
    store.pipe_file(f"{root}/data/test.parquet", b"PAR")
    result = run(tmp_path, url, "--no-dry-run", "--json")
    assert json.loads(result.stdout)["send"] == ["data/test.parquet", "manifest.json"]
    assert store.cat_file(f"{root}/data/test.parquet") == b"PAR1 rows"


@pytest.mark.usefixtures("release")
def test_a_store_with_another_release_of_this_version_is_left_alone(tmp_path):
    url = f"file://{tmp_path}/store"
    run(tmp_path, url, "--no-dry-run")
    path = tmp_path / "store" / "0.1.0" / "README.md"
    path.write_text("other")
    result = run(tmp_path, url, "--no-dry-run")
    assert isinstance(result.exception, ChangedError)
    assert path.read_text() == "other"


@pytest.mark.usefixtures("release")
def test_a_url_nobody_can_reach_is_a_usage_error(tmp_path):
    result = run(tmp_path, "nowhere://bucket/x")
    assert isinstance(result.exception, UsageError)
    assert "nowhere" in str(result.exception)


def test_a_blob_has_the_name_that_git_gives_it(tmp_path):
    (tmp_path / "a").write_bytes(b"hello\n")
    assert git_blob(tmp_path / "a") == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_texts_beyond_their_licence_are_not_handed_on_unless_it_is_said(hub, release, tmp_path):
    manifest = json.loads((release / "manifest.json").read_text())
    manifest["texts_told"] = {"for local use": 2}
    (release / "manifest.json").write_text(json.dumps(manifest))
    refused = run(tmp_path, REPO, "--no-dry-run")
    assert isinstance(refused.exception, DataError)
    assert "2 of its texts go beyond their licence, told so: for local use" in str(
        refused.exception
    )
    assert hub.writes == []
    assert run(tmp_path, REPO, "--pass-on-text").exit_code == 0

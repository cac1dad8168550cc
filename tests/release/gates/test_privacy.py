from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builder.errors import DataError
from builder.release.build import build_release
from builder.release.conditions import Conditions
from builder.release.gates.privacy import check_privacy, secrets

PERSON = {"email": "Jo.Ann@example.org", "first_name": "Jo Ann", "last_name": "Doe", "id": 7}
UUID = "65936350-9ef9-42e3-8c51-eb974df9a948"
TASK = {
    "id": 1,
    "data": {"doc_id": "d", "text": "Mail press@example.gov."},
    "annotations": [{"id": 5, "unique_id": UUID, "completed_by": PERSON, "result": []}],
    "drafts": [],
    "predictions": [],
}
PUBLIC = {"press@example.gov"}


@pytest.fixture(autouse=True)
def _no_token_of_the_developer(monkeypatch):
    for name in ("LABEL_STUDIO_API_KEY", "HF_TOKEN", "BUILDER_PSEUDONYM_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def check(make, tmp_path):
    project = make(tasks=(TASK,))
    folder = tmp_path / "release"
    folder.mkdir()

    def _check(said=None, **column):
        if said is not None:
            (folder / "README.md").write_text(f"# A\n{said}\n", "utf-8")
        if column:
            pq.write_table(pa.table(column), folder / "rows.parquet")
        gate = check_privacy(folder, secrets(project, PUBLIC), project)
        return [str(problem) for problem in gate.problems]

    return _check


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("by jo.ann@EXAMPLE.org", "an annotator's e-mail address (jo.…org)"),
        ("by somebody@example.com", "an e-mail address (som…com)"),
        ("thanks to Jo Ann Doe!", "an annotator's name (jo …doe)"),
        (f"as in {UUID}", "the server's id of an annotation (659…948)"),
        ("at http://studio.invalid:8080/projects/1", "the server's address (htt…080)"),
        ("hf_abcdefghijklmnopqrstuvwxyz", "what looks like a token (hf_…xyz)"),
        ("0123456789abcdef0123456789abcdef01234567", "what looks like a token (012…567)"),
    ],
)
def test_a_secret_is_found_in_text_with_its_line_and_not_repeated(check, said, kind):
    (problem,) = check(said)
    assert problem.startswith(f"README.md:2: holds {kind}")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "the office (press@example.gov) said",
        "SHA-256 4862c6667e921cb01c0f36daf83110c59a06414df134ab6eb26a3372d351954f",
        "Annabel Doe and Jo went",
        "@misc{events_0.1.0,",
    ],
)
def test_what_is_public_or_no_secret_is_passed(check, said):
    assert check(said) == []


def test_secrets_are_found_at_any_depth_with_their_row(check):
    nested = [[{"name": "a", "more": [None, "x"]}], [{"name": None, "more": [f"id {UUID}"]}], None]
    (problem,) = check(events=nested)
    assert problem.startswith("rows.parquet, row 2: holds the server's id of an annotation")


def test_rows_are_counted_over_batches(check):
    notes = ["fine"] * 2500
    notes[2300] = "mail me: a@b.org"
    (problem,) = check(note=notes)
    assert problem.startswith("rows.parquet, row 2301: holds an e-mail address")


def test_tokens_of_the_environment_are_secrets(check, monkeypatch):
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "open-sesame-1")
    (problem,) = check("say Open-Sesame-1")
    assert "the value of LABEL_STUDIO_API_KEY (ope…e-1)" in problem


def test_what_builder_toml_states_as_public_is_public(make, tmp_path):
    public = '["Jo Ann Doe", "jo.ann@example.org"]'
    rule = f'[gates.privacy]\npublic = {public}\nwhy = "She is the author."\n'
    project = make(settings=rule, tasks=(TASK,))
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "README.md").write_text("by Jo Ann Doe <jo.ann@example.org>")
    gate = check_privacy(folder, secrets(project, PUBLIC), project)
    assert gate.problems == ()
    assert gate.why == "She is the author."


def test_the_card_is_searched_too(make):
    settings = '[project]\nauthors = "Doe, Jo <jo@example.com>"\n'
    project = make(settings=settings)
    with pytest.raises(DataError, match=r"README\.md:\d+: holds an e-mail address"):
        build_release(project, "0.1.0")
    assert not (project.root / "releases").exists()
    allowed = Conditions(allow={"privacy": "The author wants to be reached."})
    assert build_release(project, "0.1.0", conditions=allowed).path.exists()

from __future__ import annotations

import pytest

from builder.config import load_project
from builder.errors import UsageError
from builder.release.rights import is_open, reason, redacted, text_form


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("public-domain", True),
        ("OGL-UK-3.0", True),
        ("CC-BY-3.0-AU", True),
        ("cc-by-sa-4.0", True),
        ("CC0-1.0", True),
        ("cc-by-nc-4.0", False),
        ("cc-by-nd-4.0", False),
        ("agency-copy", False),
        ("other", False),
        ("", False),
        (None, False),
    ],
)
def test_only_licences_that_let_everybody_pass_the_text_on_are_open(licence, expected):
    assert is_open(licence) is expected


def project(tmp_path, settings):
    (tmp_path / "builder.toml").write_text(settings)
    return load_project(tmp_path)


def test_without_a_word_the_licence_decides(tmp_path, sample):
    made = project(tmp_path, "")
    unknown = next(d for d in sample.documents if d.article.license is None)
    assert text_form(sample.lavrov, made) == "full"
    assert text_form(unknown, made) == "standoff"
    assert reason(unknown, made) == "no licence is stated"


def test_what_is_told_for_a_file_counts_before_what_is_told_for_the_release(tmp_path, sample):
    told = '[[articles]]\nmatch = "a.jsonl"\ntext = "full"\nlicense_note = "They said so."\n'
    made = project(tmp_path, '[release]\ntext = "standoff"\n' + told)
    assert text_form(sample.lavrov, made) == "full"
    assert reason(sample.lavrov, made) == "They said so."


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ('[release]\ntext = "ful"\n', "did you mean 'full'"),
        ('[release]\ntext = "full"\n', "say in release.text_why why"),
        ('[[articles]]\nmatch = "*"\ntext = "all"\n', "allowed: full, quotes, standoff"),
        ('[[articles]]\nmatch = "*"\ntext = "full"\n', "say in license_note why"),
    ],
)
def test_texts_are_not_given_away_by_a_slip_or_without_a_reason(tmp_path, settings, what):
    with pytest.raises(UsageError, match=what):
        project(tmp_path, settings)


def test_quotes_are_what_annotators_marked_and_no_passage():
    row = {
        "text": "Talks",
        "tokens": ["Talks"],
        "context": {"start": 0, "end": 5, "text": "Talks"},
        "Topic": [{"text": "Talks", "parts": [{"start": 0, "end": 5}]}],
    }
    quoted, bare = redacted(row, "quotes"), redacted(row, "standoff")
    assert quoted["text"] is quoted["tokens"] is quoted["context"]["text"] is None
    assert quoted["Topic"] == row["Topic"]
    assert bare["Topic"] == [{"text": None, "parts": [{"start": 0, "end": 5}]}]
    assert redacted(row, "full") == row

"""Which files are read: folders, globs, and what a saved dataset has beside its rows."""

import json

import datasets
import pytest

from builder.articles.search import find_files
from builder.errors import UsageError

ROWS = {"title": ["Talks end", "Talks begin"], "text": ["They met in Vienna.", "They will meet."]}


def found(folder):
    files, skipped = find_files([str(folder)], folder)
    return (
        [path.relative_to(folder).as_posix() for path in files],
        {each.file: each.reason for each in skipped},
    )


def test_of_a_saved_dataset_only_the_rows_are_read(tmp_path):
    rows = datasets.Dataset.from_dict(ROWS)
    datasets.DatasetDict(train=rows, test=rows).save_to_disk(tmp_path)
    (tmp_path / "train" / "cache-1f.arrow").write_bytes(b"ARROW1")
    files, skipped = found(tmp_path)
    assert files == [f"{split}/data-00000-of-00001.arrow" for split in ("test", "train")]
    assert skipped == {
        "dataset_dict.json": "dataset_metadata",
        "train/cache-1f.arrow": "dataset_cache",
        **{
            f"{split}/{name}.json": "dataset_metadata"
            for split in ("test", "train")
            for name in ("dataset_info", "state")
        },
    }


@pytest.mark.parametrize("state", ["", "[]", json.dumps({"_data_files": [{}]})])
def test_a_state_that_says_nothing_hides_no_rows(tmp_path, state):
    (tmp_path / "state.json").write_text(state)
    (tmp_path / "rows.arrow").write_bytes(b"ARROW1")
    assert found(tmp_path)[0] == ["rows.arrow"]


def test_hidden_files_and_readmes_are_passed_over_and_a_path_counts_once(tmp_path):
    for name in (".git/a.txt", "README.md", "a.txt", "b.txt", "c.docx"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert found(tmp_path) == (["a.txt", "b.txt"], {"c.docx": "unknown_format"})
    files, _ = find_files([str(tmp_path), str(tmp_path / "*.txt")], tmp_path)
    assert len(files) == 2
    with pytest.raises(UsageError, match=r"none\.\*: names no file"):
        find_files([str(tmp_path / "none.*")], tmp_path)

import json

import pytest

from builder.errors import DataError
from builder.labelstudio.task_file import open_tasks


def test_tasks_are_given_in_order_as_often_as_they_are_asked_for(tmp_path):
    rows = [{"data": {"text": f"🙂 {n}"}} for n in range(450)]
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(rows, ensure_ascii=False))
    tasks = open_tasks(path)
    assert len(tasks) == 450
    assert list(tasks) == list(tasks) == rows
    assert rows[3] in tasks


@pytest.mark.parametrize("content", ["", "{", '{"data": {}}', "[1, 2"])
def test_what_is_no_list_is_refused(tmp_path, content):
    path = tmp_path / "tasks.json"
    path.write_text(content)
    with pytest.raises(DataError, match="run `builder tasks` again"):
        open_tasks(path)


def test_a_file_that_is_not_there_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(DataError, match="run `builder tasks` first"):
        open_tasks(tmp_path / "tasks.json")

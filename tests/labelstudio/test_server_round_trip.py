"""Generated annotations through a real server: written, imported, pulled, read, equal."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from labelstudio.test_round_trip import TEXT, events, without_ids

from builder.document import document_id, text_sha256
from builder.guidelines import guidelines
from builder.labelstudio.config import label_config
from builder.labelstudio.decode import read_task
from builder.labelstudio.encode import result
from builder.labelstudio.pulling import pull
from builder.labelstudio.pushing import push
from builder.labelstudio.studio_project import Wanted
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")
NUMBER = 220
notes = st.sampled_from([None, "", "note 🙂\r\n日本"])


def generated():
    """Return texts with events, flags and a note, each text another."""
    found = {}

    @settings(
        max_examples=NUMBER,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(events(), st.booleans(), notes)
    def collect(made, discuss, note):
        flags = (["needs_discussion"] if discuss else []) + ([] if made else ["no_event"])
        found[f"{TEXT}\n\n{len(found)}"] = made, flags, note

    collect()
    return found


@pytest.mark.slow
def test_two_hundred_documents_come_back_from_the_server_as_they_were_written(studio):
    wanted = generated()
    assert len(wanted) >= 200
    tasks = [
        {
            "data": {"text": text, "doc_id": document_id(text), "text_sha256": text_sha256(text)},
            "annotations": [
                {
                    "result": result(made, text, SCHEMA, flags=flags, note=note),
                    "ground_truth": False,
                    "lead_time": 1.5,
                }
            ],
        }
        for text, (made, flags, note) in wanted.items()
    ]
    client = studio.client()
    settings_ = Wanted("Round trip", label_config(SCHEMA), guidelines(SCHEMA), 1)
    push(client, settings_, tasks, lambda *_: None)
    pulled = list(pull(client, "Round trip").tasks)
    assert len(pulled) == len(wanted)
    for task in pulled:
        made, flags, note = wanted[task["data"]["text"]]
        reading = read_task(task, SCHEMA, str)
        (annotation,) = reading.annotations
        assert without_ids(annotation.events) == without_ids(made)
        assert sorted(annotation.flags) == sorted(flags)
        assert annotation.note == (note or None)
        assert annotation.state == ("events" if made else "empty")
        assert {f.kind for f in reading.findings} <= {"cardinality"}
    print(f"{len(pulled)} documents, {sum(len(m) for m, _, _ in wanted.values())} events: equal")  # noqa: T201 - the number is asked for

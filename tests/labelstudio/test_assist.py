"""The ML backend, asked as Label Studio asks it."""

import contextlib
import json
import threading
from pathlib import Path

import pytest
import requests

from builder.labelstudio.assist import Assistant, make_server, register, unregister
from builder.labelstudio.config import label_config
from builder.labelstudio.decode import read_task
from builder.prelabel.rules import suggest, version
from builder.schema import load_schema

SCHEMA = load_schema(Path(__file__).parents[2] / "schemas")
REQUESTS = Path(__file__).parents[3] / "shared" / "samples" / "label-studio"


@contextlib.contextmanager
def backend():
    assistant = Assistant(SCHEMA, version(SCHEMA), lambda text: suggest(text, SCHEMA))
    with make_server(assistant) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_it_is_up_and_names_its_version():
    with backend() as url:
        assert requests.get(f"{url}/health", timeout=9).json()["status"] == "UP"
        set_up = requests.post(f"{url}/setup", json={"access_token": "secret"}, timeout=9)
        assert set_up.json() == {"model_version": version(SCHEMA)}
        assert requests.post(f"{url}/webhook", json={"action": "X"}, timeout=9).status_code == 200


def test_a_recorded_request_is_answered_task_by_task():
    path = REQUESTS / "http_predict.json"
    if not path.exists():
        pytest.skip("the samples of real servers are not beside this checkout")
    body = json.loads(path.read_text("utf-8"))["body"]
    with backend() as url:
        answer = requests.post(f"{url}/predict", json=body, timeout=9).json()
    (given,) = answer["results"]
    (task,) = body["tasks"]
    triggers = [
        task["data"]["text"][i["value"]["start"] : i["value"]["end"]] for i in given["result"]
    ]
    assert triggers == ["agreed", "met"]


def test_a_blind_task_and_one_without_a_text_get_nothing():
    tasks = [{"data": {"text": "Ulm agreed.", "blind": True}}, {"data": {}}, {}]
    with backend() as url:
        answer = requests.post(f"{url}/predict", json={"tasks": tasks}, timeout=9).json()
    assert [given["result"] for given in answer["results"]] == [[], [], []]


def test_nonsense_is_refused():
    with backend() as url:
        assert requests.post(f"{url}/predict", data=b"{", timeout=9).status_code == 400
        assert requests.post(f"{url}/train", json={}, timeout=9).status_code == 404


@pytest.mark.slow
def test_the_server_asks_it_and_keeps_what_it_says(studio):
    client = studio.client()
    project = client.sdk.projects.create(title="Assisted", label_config=label_config(SCHEMA))
    tasks = [{"data": {"text": "Ulm agreed with Kiel.", "doc_id": "d"}}]
    client.sdk.projects.import_tasks(id=project.id, request=tasks)
    with backend() as url:
        register(client, project.id, url)
        register(client, project.id, url)
        assert [known.url for known in client.sdk.ml.list(project=project.id)] == [url]
        (number,) = [t.id for t in client.sdk.tasks.list(project=project.id)]
        client.http.post(
            f"{client.url}/api/dm/actions?id=retrieve_tasks_predictions&project={project.id}",
            headers={"Authorization": f"Token {client.token}"},
            json={"selectedItems": {"all": False, "included": [number]}},
        ).raise_for_status()
        unregister(client, project.id)
    (prediction,) = client.sdk.predictions.list(task=number)
    assert prediction.model_version == version(SCHEMA)
    answer = {"id": 1, "completed_by": 1, "result": prediction.result}
    reading = read_task({"id": 1, "data": tasks[0]["data"], "annotations": [answer]}, SCHEMA, str)
    assert [event.type for event in reading.annotations[0].events] == ["Agreement"]

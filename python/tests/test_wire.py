"""The models are those of the schemas, and hold everything that a server says, unchanged."""

import json
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from pydantic import ValidationError
from support_ops_env import ObservationMetadata, ToolUseAction, ToolUseObservation, ToolUseState

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
SCHEMAS = PACKAGE.parent / "schemas"

# An episode with a mistake, a hit, a miss and an end.
ACTIONS = [
    {"action_type": "review_ticket"},
    {"action_type": "inspect_artifact", "artifact_id": "order"},
    {"action_type": "inspect_artifact", "artifact_id": "no such record"},
    {"action_type": "search_policy", "query": "damaged_items", "metadata": {"tag": 1}},
    {"action_type": "draft_reply", "message": "A replacement is on its way. ✓"},
    {"action_type": "submit_resolution", "resolution_code": "send_replacement"},
]


def test_the_models_are_generated():
    subprocess.run([sys.executable, str(PACKAGE / "generate.py"), "--check"], check=True)


@pytest.mark.parametrize(
    ("file", "model"), [("action", ToolUseAction), ("observation", ToolUseObservation), ("state", ToolUseState)]
)
def test_fields_are_those_of_the_schemas(file, model):
    schema = json.loads((SCHEMAS / f"{file}.schema.json").read_text())
    assert set(model.model_fields) == set(schema["properties"])
    # OpenEnv's own declaration of `metadata` lets it be left out.
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    assert required == set(schema["required"]) - {"metadata"}


def test_answers_round_trip(url):
    answers = [call(url, "/reset", {"task_id": "damaged-mug-replacement"})]
    session = answers[0]["metadata"]["session_id"]
    answers += [call(url, "/step", {"action": action, "session_id": session}) for action in ACTIONS]
    states = [call(url, f"/state?session_id={session}")]
    assert [answer["done"] for answer in answers] == [False] * 6 + [True]
    for answer in answers:
        told = {**answer["observation"], "reward": answer["reward"], "done": answer["done"]}
        model = ToolUseObservation.model_validate(told)
        assert dump(model) == told
        assert dump(model.details) == told["metadata"]
        nothing_beside(model.details)
    for state in states:
        model = ToolUseState.model_validate(state)
        assert dump(model) == state
        nothing_beside(model)
        assert [dump(entry.action) for entry in model.action_history] == [without_metadata(a) for a in ACTIONS]
    assert states[0]["score"] == answers[-1]["metadata"]["score"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"action_type": "fly"},
        {"action_type": "review_ticket", "tool": "x"},
        {"action_type": "inspect_artifact", "artifact_id": 7},
        {"action_type": None},
    ],
)
def test_what_the_server_refuses_is_no_action(url, wrong):
    with pytest.raises(ValidationError):
        ToolUseAction.model_validate(wrong)
    session = call(url, "/reset", {})["metadata"]["session_id"]
    with pytest.raises(urllib.error.HTTPError, match="422"):
        call(url, "/step", {"action": wrong, "session_id": session})


@pytest.mark.parametrize("change", [{"done": "yes"}, {"reward": 1.5}, {"remaining_steps": -1}, {"surprise": 1}])
def test_what_the_schema_refuses_is_no_observation(url, change):
    told = call(url, "/reset", {})["observation"]
    ToolUseObservation.model_validate(told)
    with pytest.raises(ValidationError):
        ToolUseObservation.model_validate({**told, **change})


def call(url, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)


def dump(model):
    return model.model_dump(mode="json", exclude_unset=True)


def nothing_beside(model):
    """No key came that the schema does not name, at any depth."""
    assert (model.model_extra or {}) == {}, type(model).__name__
    for value in model.__dict__.values():
        for one in value if isinstance(value, list) else [value]:
            if hasattr(one, "model_extra"):
                nothing_beside(one)


def without_metadata(action):
    return {key: value for key, value in action.items() if key != "metadata"}


def test_nothing_beside_notices():
    told = {"episode_id": "e", "task_id": "t", "seed": None, "pack_digest": "d", "new": 1}
    with pytest.raises(AssertionError):
        nothing_beside(ObservationMetadata.model_validate(told))

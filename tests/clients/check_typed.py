"""A typed client: pydantic models with exactly the documented fields, everything else forbidden."""

from typing import Any, Literal

from episodes import TASKS, WINNING, looking_actions
from openenv.core.client_types import StepResult
from openenv.core.env_client import EnvClient
from openenv.core.env_server.types import Action, Observation, State
from pydantic import BaseModel, ConfigDict
from suite import equal, raises

Difficulty = Literal["easy", "medium", "hard"]


class Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ToolUseAction(Action):
    model_config = ConfigDict(extra="forbid")

    action_type: Literal["review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution"]
    artifact_id: str | None = None
    query: str | None = None
    message: str | None = None
    resolution_code: str | None = None


class ToolUseObservation(Observation):
    model_config = ConfigDict(extra="forbid", strict=True)

    task_id: str
    difficulty: Difficulty
    objective: str
    customer_message: str
    workspace_summary: str
    available_actions: list[str]
    available_resolution_codes: list[str]
    collected_evidence: list[str]
    last_tool_result: str | None
    last_action_error: str | None
    remaining_steps: int
    current_score: float | None


class Part(Exact):
    criterion: Literal["resolution", "evidence", "reply", "efficiency"]
    weight: float
    value: float
    points: float
    reason: str


class ZeroedBy(Exact):
    kind: str
    id: str


class ScoreReport(Exact):
    score: float
    passed: bool
    zeroed_by: ZeroedBy | None
    parts: list[Part]


class HistoryEntry(Exact):
    step: int
    action: dict[str, Any]
    reward: float
    error: str | None


class ToolUseState(State):
    model_config = ConfigDict(extra="forbid", strict=True)

    episode_id: str | None
    step_count: int
    task_id: str | None
    difficulty: Difficulty | None
    max_steps: int | None
    current_score: float | None
    final_score: float | None
    drafted_reply: str | None
    resolution_code: str | None
    required_evidence: list[str] | None
    collected_evidence: list[str]
    action_history: list[HistoryEntry]
    done: bool
    seed: int | None
    score: ScoreReport | None


class ToolUseEnv(EnvClient[ToolUseAction, ToolUseObservation, ToolUseState]):
    def _step_payload(self, action):
        return action.model_dump()

    def _parse_result(self, payload):
        observation = ToolUseObservation(**payload["observation"], reward=payload.get("reward"), done=payload["done"])
        return StepResult(observation=observation, reward=payload.get("reward"), done=payload["done"])

    def _parse_state(self, payload):
        return ToolUseState(**payload)


def run_all(suite, url):
    for task_id in TASKS:
        suite.run(f"typed client wins {task_id}", win, url, task_id)
    suite.run("typed state before reset", idle_state, url)
    suite.run("typed client sees a mistake", mistake, url)


def win(url, task_id):
    with ToolUseEnv(base_url=url).sync() as env:
        first = env.reset(task_id=task_id).observation
        equal(first.reward, None, "reward at reset")
        state = env.state()
        remaining = first.remaining_steps
        for action in looking_actions(state.required_evidence):
            observation = env.step(ToolUseAction(**action)).observation
            remaining -= 1
            equal(observation.remaining_steps, remaining, "remaining_steps")
            equal(observation.last_action_error, None, "last_action_error")
        code, reply = WINNING[task_id]
        env.step(ToolUseAction(action_type="draft_reply", message=reply))
        last = env.step(ToolUseAction(action_type="submit_resolution", resolution_code=code))
        equal(last.reward, 1.0, "score")
        equal(last.done, True, "done")
        ScoreReport(**last.observation.metadata["score"])
        end = env.state()
        equal(end.final_score, 1.0, "final_score")
        equal(end.score.passed, True, "passed")
        equal(len(end.action_history), end.step_count, "history")


def idle_state(url):
    with ToolUseEnv(base_url=url).sync() as env:
        state = env.state()
        equal(state.step_count, 0, "step_count")
        equal(state.done, False, "done")


def mistake(url):
    with ToolUseEnv(base_url=url).sync() as env:
        raises(RuntimeError, ["VALIDATION_ERROR"], lambda: env.reset(task_id="no-such-task"))
        env.reset()
        observation = env.step(ToolUseAction(action_type="inspect_artifact")).observation
        equal(observation.last_action_error is None, False, "an error is told")

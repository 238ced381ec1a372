"""The models of the wire, twice: as stock OpenEnv validates them, and as this server does.

`ToolUseAction`, `ToolUseObservation` and `ToolUseState` are what a Python author would declare for this environment.
The `Our*` models add what upstream leaves open: the reset arguments of this environment and integers that are
integers. A golden's `ours` part comes from running them, so that it has the very texts pydantic writes.
"""

from typing import Annotated, Any, Literal

from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import Action, Observation, ResetRequest, State
from pydantic import Field, Strict, ValidationError

ACTION_TYPES = ("review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution")
SEED_MAX = 2**63 - 1
INDEX_MIN = -(2**63)


class ToolUseAction(Action):
    action_type: Literal["review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution"]
    artifact_id: str | None = None
    query: str | None = None
    message: str | None = None
    resolution_code: str | None = None


class ToolUseObservation(Observation):
    task_id: str = ""
    difficulty: str = "easy"
    objective: str = ""
    customer_message: str = ""
    workspace_summary: str = ""
    available_actions: list[str] = Field(default_factory=list)
    available_resolution_codes: list[str] = Field(default_factory=list)
    collected_evidence: list[str] = Field(default_factory=list)
    last_tool_result: str | None = None
    last_action_error: str | None = None
    remaining_steps: int = 0
    current_score: float | None = None


class ToolUseState(State):
    task_id: str | None = None
    difficulty: str | None = None
    max_steps: int | None = None
    current_score: float | None = None
    final_score: float | None = None
    drafted_reply: str | None = None
    resolution_code: str | None = None
    required_evidence: list[str] | None = None
    collected_evidence: list[str] = Field(default_factory=list)
    action_history: list[dict[str, Any]] = Field(default_factory=list)
    done: bool = False
    seed: int | None = None
    score: dict[str, Any] | None = None


class StubEnvironment(Environment):
    """Answers every well-shaped request; only its models matter here."""

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self):
        super().__init__()
        self._state = ToolUseState()

    def reset(self, seed=None, episode_id=None, **_):
        self._state = ToolUseState(episode_id=episode_id or "episode", seed=None)
        return ToolUseObservation()

    def step(self, action, timeout_s=None, **_):
        self._state.step_count += 1
        return ToolUseObservation(reward=0.0)

    @property
    def state(self):
        return self._state


class OurResetLax(ResetRequest):
    """Reset with this environment's arguments, integers still read as pydantic reads them by default."""

    seed: int | None = Field(default=None, ge=0, le=SEED_MAX)
    task_id: str | None = None
    split: str | None = None
    index: int | None = Field(default=None, ge=INDEX_MIN, le=SEED_MAX)
    difficulty: Literal["easy", "medium", "hard"] | None = None


class OurResetStrict(OurResetLax):
    """The same, and an integer is an integer."""

    seed: Annotated[int, Strict()] | None = Field(default=None, ge=0, le=SEED_MAX)
    index: Annotated[int, Strict()] | None = Field(default=None, ge=INDEX_MIN, le=SEED_MAX)


def our_reset_errors(data: Any) -> list | None:
    """What is wrong with these reset arguments by our rules; None when they are fine.

    The lax reading speaks first: where upstream already refuses a value, its words stand.
    """
    for model in (OurResetLax, OurResetStrict):
        try:
            model.model_validate(data)
        except ValidationError as error:
            return error.errors()
    return None

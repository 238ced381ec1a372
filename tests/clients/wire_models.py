"""The models of the wire, twice: as stock OpenEnv validates them, and as this server does.

`ToolUseAction`, `ToolUseObservation` and `ToolUseState` are what a Python author would declare for this environment.
The `Our*` models add what upstream leaves open: the reset arguments of this environment and integers that are
integers. A golden's `ours` part comes from running them, so that it has the very texts pydantic writes.
"""

from typing import Annotated, Any, Dict, List, Literal, Optional

from openenv.core.env_server.interfaces import Environment
from openenv.core.env_server.types import Action, Observation, ResetRequest, State
from pydantic import Field, Strict, ValidationError

ACTION_TYPES = ("review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution")
SEED_MAX = 2**63 - 1
INDEX_MIN = -(2**63)


class ToolUseAction(Action):
    action_type: Literal["review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution"]
    artifact_id: Optional[str] = None
    query: Optional[str] = None
    message: Optional[str] = None
    resolution_code: Optional[str] = None


class ToolUseObservation(Observation):
    task_id: str = ""
    difficulty: str = "easy"
    objective: str = ""
    customer_message: str = ""
    workspace_summary: str = ""
    available_actions: List[str] = Field(default_factory=list)
    available_resolution_codes: List[str] = Field(default_factory=list)
    collected_evidence: List[str] = Field(default_factory=list)
    last_tool_result: Optional[str] = None
    last_action_error: Optional[str] = None
    remaining_steps: int = 0
    current_score: Optional[float] = None


class ToolUseState(State):
    task_id: Optional[str] = None
    difficulty: Optional[str] = None
    max_steps: Optional[int] = None
    current_score: Optional[float] = None
    final_score: Optional[float] = None
    drafted_reply: Optional[str] = None
    resolution_code: Optional[str] = None
    required_evidence: Optional[List[str]] = None
    collected_evidence: List[str] = Field(default_factory=list)
    action_history: List[Dict[str, Any]] = Field(default_factory=list)
    done: bool = False
    seed: Optional[int] = None
    score: Optional[Dict[str, Any]] = None


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

    seed: Optional[int] = Field(default=None, ge=0, le=SEED_MAX)
    task_id: Optional[str] = None
    split: Optional[str] = None
    index: Optional[int] = Field(default=None, ge=INDEX_MIN, le=SEED_MAX)
    difficulty: Optional[Literal["easy", "medium", "hard"]] = None


class OurResetStrict(OurResetLax):
    """The same, and an integer is an integer."""

    seed: Optional[Annotated[int, Strict()]] = Field(default=None, ge=0, le=SEED_MAX)
    index: Optional[Annotated[int, Strict()]] = Field(default=None, ge=INDEX_MIN, le=SEED_MAX)


def our_reset_errors(data: Any) -> Optional[list]:
    """What is wrong with these reset arguments by our rules; None when they are fine.

    The lax reading speaks first: where upstream already refuses a value, its words stand.
    """
    for model in (OurResetLax, OurResetStrict):
        try:
            model.model_validate(data)
        except ValidationError as error:
            return error.errors()
    return None

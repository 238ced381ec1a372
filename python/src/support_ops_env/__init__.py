"""Typed client of Support Ops: customer-support tasks for AI agents, over OpenEnv.

from support_ops_env import SupportOpsEnv, ToolUseAction

with SupportOpsEnv(base_url="http://localhost:8000").sync() as env:
    result = env.reset(task_id="damaged-mug-replacement")
    result = env.step(ToolUseAction(action_type="review_ticket"))
"""

from .client import ResetOptions, SupportOpsEnv, SyncSupportOpsEnv, TaskSpec
from .wire import (
    ActionRecord,
    ActionType,
    Criterion,
    Difficulty,
    ObservationMetadata,
    ScorePart,
    ScoreReport,
    ToolUseAction,
    ToolUseObservation,
    ToolUseState,
    ZeroedBy,
    ZeroedKind,
)

__all__ = [
    "ActionRecord",
    "ActionType",
    "Criterion",
    "Difficulty",
    "ObservationMetadata",
    "ResetOptions",
    "ScorePart",
    "ScoreReport",
    "SupportOpsEnv",
    "SyncSupportOpsEnv",
    "TaskSpec",
    "ToolUseAction",
    "ToolUseObservation",
    "ToolUseState",
    "ZeroedBy",
    "ZeroedKind",
]

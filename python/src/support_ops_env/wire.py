"""What goes over the wire. Generated from `schemas/` by `python/generate.py`; do not edit."""

from __future__ import annotations

from typing import Literal, TypeAlias

from openenv.core.env_server.types import Action, Observation, State
from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ActionRecord",
    "ActionType",
    "Criterion",
    "Difficulty",
    "ObservationMetadata",
    "ScorePart",
    "ScoreReport",
    "ToolUseAction",
    "ToolUseObservation",
    "ToolUseState",
    "ZeroedBy",
    "ZeroedKind",
]


ActionType: TypeAlias = Literal[
    # Shows the whole ticket.
    "review_ticket",
    # Shows one internal record; needs `artifact_id`.
    "inspect_artifact",
    # Looks a policy up by id, title or alias; needs `query`.
    "search_policy",
    # Saves a draft reply to the customer; needs `message`. The last draft is the one that is graded.
    "draft_reply",
    # Ends the episode with an outcome; needs `resolution_code`.
    "submit_resolution",
]
"""The five things an agent can do; each names the one field of the action that it needs."""

Difficulty: TypeAlias = Literal[
    # One thing to find, one thing to do.
    "easy",
    # Records have to be compared.
    "medium",
    # The ticket misleads; the records decide.
    "hard",
]
"""How hard a task is, as its author labels it. The order is the order in which tasks are played."""

ZeroedKind: TypeAlias = Literal[
    # A resolution that the task lists as harmful was submitted.
    "harmful_resolution",
    # The graded reply holds a forbidden phrase whose effect is `gate`.
    "forbidden_phrase",
]
"""The two ways to zero an episode."""

Criterion: TypeAlias = Literal[
    # The submitted code, paid in proportion to the evidence behind it.
    "resolution",
    # The share of the required evidence that was collected.
    "evidence",
    # What the last draft conveys.
    "reply",
    # How few steps a right answer took.
    "efficiency",
]
"""What a score is made of."""


class ObservationMetadata(BaseModel):
    """Which episode an observation belongs to."""

    model_config = ConfigDict(extra="allow", strict=True)

    episode_id: str = Field(description="The episode's id: the one given to reset, or a random one.")
    task_id: str = Field(description="The task being played.")
    seed: int | None = Field(ge=0, description="The seed given to reset.")
    pack_digest: str = Field(
        description="SHA-256 over the pack's files: equal digests, seeds and actions give equal episodes.",
    )
    session_id: str | None = Field(default=None, description="The session's id; over HTTP only.")
    score: ScoreReport | None = Field(default=None, description="The whole score, once the episode has ended.")


class ScoreReport(BaseModel):
    """What an episode was worth and why."""

    model_config = ConfigDict(extra="allow", strict=True)

    score: float = Field(description="The episode's grade in [0, 1], rounded to 4 decimals.")
    passed: bool = Field(
        description=(
            "Whether the right resolution was submitted with all required evidence and a reply that meets "
            "everything."
        ),
    )
    zeroed_by: ZeroedBy | None = Field(
        description="What set the score to 0 whatever the parts say, if anything did.",
    )
    parts: list[ScorePart] = Field(
        description="The criteria in fixed order: resolution, evidence, reply, efficiency.",
    )


class ZeroedBy(BaseModel):
    """What zeroed an episode."""

    model_config = ConfigDict(extra="allow", strict=True)

    kind: ZeroedKind = Field(description="Whether a harmful resolution or a forbidden phrase did it.")
    id: str = Field(description="The resolution code, or the id of the forbidden entry.")


class ScorePart(BaseModel):
    """One criterion's share of the score."""

    model_config = ConfigDict(extra="allow", strict=True)

    criterion: Criterion = Field(description="Which criterion.")
    weight: float = Field(description="Its weight in [0, 1]; the weights of a task sum to 1.")
    value: float = Field(description="How well it was met, in [0, 1], rounded to 4 decimals.")
    points: float = Field(description="Weight times value, rounded to 4 decimals.")
    reason: str | None = Field(
        description="Why, in words a person can act on. Null where reasons would tell an agent the answer.",
    )


class ActionRecord(BaseModel):
    """One step as it went."""

    model_config = ConfigDict(extra="allow", strict=True)

    step: int = Field(ge=0, description="The step's number, from 1.")
    action: ToolUseAction = Field(description="The action as it was sent, fields that it did not set left out.")
    reward: float = Field(description="What it paid, in [0, 1].")
    error: str | None = Field(description="Why it was not carried out; null where it was.")


class ToolUseAction(Action):
    """One action as a client sends it.

    Only the field that the action type needs is read; the others are ignored.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    action_type: ActionType = Field(description="What to do.")
    artifact_id: str | None = Field(
        default=None,
        description=(
            "`inspect_artifact`: the record to show, one of the ids that `workspace_summary` ends with. At "
            "most 64 bytes."
        ),
    )
    query: str | None = Field(
        default=None,
        description="`search_policy`: a policy's id, title or alias, or words to look for. At most 512 bytes.",
    )
    message: str | None = Field(
        default=None,
        description="`draft_reply`: the reply to the customer. At most 16,384 bytes.",
    )
    resolution_code: str | None = Field(
        default=None,
        description="`submit_resolution`: one of `available_resolution_codes`.",
    )


class ToolUseObservation(Observation):
    """What the agent sees."""

    model_config = ConfigDict(extra="forbid", strict=True)

    task_id: str = Field(description="The task being played.")
    difficulty: Difficulty = Field(description="How hard its author says it is.")
    objective: str = Field(description="What the agent is asked to achieve.")
    customer_message: str = Field(description="The ticket's message, word for word.")
    workspace_summary: str = Field(description="What there is to look at; ends with the list of artifact ids.")
    available_actions: list[ActionType] = Field(
        min_length=5,
        max_length=5,
        description="The actions an agent may take: always the five.",
    )
    available_resolution_codes: list[str] = Field(
        description="The codes that `submit_resolution` accepts, in the pack's order.",
    )
    collected_evidence: list[str] = Field(
        description="What has been seen so far, in order of collection: `ticket`, `artifact:<id>`, `policy:<id>`.",
    )
    last_tool_result: str | None = Field(
        description="What the last action showed, as text; null where it showed nothing.",
    )
    last_action_error: str | None = Field(
        description="Why the last action was not carried out, and what would be valid; null where it was.",
    )
    remaining_steps: int = Field(ge=0, description="Steps left before the episode ends by itself.")
    current_score: float | None = Field(
        description="The score so far in [0, 1], at the end the final score; null where the task hides it.",
    )
    reward: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="What the step paid, in [0, 1]; null after a reset.",
    )
    done: bool = Field(default=False, description="Whether the episode has ended.")

    @property
    def details(self) -> ObservationMetadata:
        """`metadata`, typed: which episode of which pack this is, and at its end the whole score."""
        return ObservationMetadata.model_validate(self.metadata)


class ToolUseState(State):
    """What `state` answers. Before the first reset lists are empty and every other value is null, false or 0."""

    model_config = ConfigDict(extra="allow", strict=True)

    episode_id: str | None = Field(description="The episode's id.")
    step_count: int = Field(ge=0, description="Steps answered since reset; grows after the end too.")
    task_id: str | None = Field(description="The task being played.")
    difficulty: Difficulty | None = Field(description="How hard its author says it is.")
    max_steps: int | None = Field(ge=0, description="How many steps the episode may take.")
    current_score: float | None = Field(description="The score so far in [0, 1]; null where the task hides it.")
    final_score: float | None = Field(description="The episode's score in [0, 1]; null before its end.")
    drafted_reply: str | None = Field(description="The last draft: the reply that is graded.")
    resolution_code: str | None = Field(description="The code that was submitted.")
    required_evidence: list[str] | None = Field(
        description="What has to be seen for full marks; null before the end where the task hides it.",
    )
    collected_evidence: list[str] = Field(description="What has been seen so far, in order of collection.")
    action_history: list[ActionRecord] = Field(description="Every step of the episode, in order.")
    done: bool = Field(description="Whether the episode has ended.")
    seed: int | None = Field(ge=0, description="The seed given to reset.")
    score: ScoreReport | None = Field(description="The whole score; null before the end.")


ObservationMetadata.model_rebuild()
ScoreReport.model_rebuild()
ZeroedBy.model_rebuild()
ScorePart.model_rebuild()
ActionRecord.model_rebuild()
ToolUseAction.model_rebuild()
ToolUseObservation.model_rebuild()
ToolUseState.model_rebuild()

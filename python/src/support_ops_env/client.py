"""The client: OpenEnv's, with the types of this environment."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from collections.abc import Awaitable
from typing import Any, Literal, TypeAlias, TypedDict, cast
from urllib.parse import urlsplit

from openenv.core.client_types import StepResult
from openenv.core.env_client import EnvClient
from openenv.core.sync_client import SyncEnvClient
from pydantic import BaseModel, ConfigDict
from typing_extensions import Unpack

from .wire import Difficulty, ToolUseAction, ToolUseObservation, ToolUseState

Split: TypeAlias = Literal["train", "validation", "test"]
Result: TypeAlias = StepResult[ToolUseObservation]

# Room for the list of some packs of 10,000 tasks, the most a pack may have.
MAX_FETCH_BYTES = 64 << 20
FETCH_TIMEOUT_S = 30.0


class TaskSpec(BaseModel):
    """What is public of a task."""

    model_config = ConfigDict(extra="allow", strict=True)

    id: str
    title: str
    difficulty: Difficulty
    split: Split
    objective: str
    max_steps: int
    tags: list[str]


class ResetOptions(TypedDict, total=False):
    """What `reset` takes.

    `split` and `difficulty` narrow the tasks; then `task_id` picks one, else `index`, else `seed`.
    """

    task_id: str | None
    seed: int | None
    episode_id: str | None
    split: Split | None
    index: int | None
    difficulty: Difficulty | None


class SupportOpsEnv(EnvClient[ToolUseAction, ToolUseObservation, ToolUseState]):
    """A session on a server, at `base_url`.

    `await SupportOpsEnv.from_docker_image(image)` starts a container for it. Asynchronous; `sync()` gives the same
    without `await`.
    """

    def reset(self, **options: Unpack[ResetOptions]) -> Awaitable[Result]:  # type: ignore[override]
        """Begins an episode; without arguments, of the session's next task. See `ResetOptions`."""
        return cast("Awaitable[Result]", super().reset(**without_none(**options)))

    def step(self, action: ToolUseAction, **more: Any) -> Awaitable[Result]:
        """Takes a step. An action that is wrong for the game raises nothing: see `observation.last_action_error`."""
        return cast("Awaitable[Result]", super().step(action, **more))

    def state(self) -> Awaitable[ToolUseState]:
        """Everything the episode holds: the trainer's view, which an agent should not see."""
        return cast("Awaitable[ToolUseState]", super().state())

    async def list_tasks(self) -> list[TaskSpec]:
        """What the server has to play, in its fixed order."""
        return await asyncio.to_thread(self._fetch_tasks)

    async def fetch(self, path: str) -> Any:
        """What one of the server's other routes answers to GET, such as `/tasks` or `/metadata`."""
        return await asyncio.to_thread(self._fetch, path)

    @property
    def base_url(self) -> str | None:
        """Where the server is, over HTTP; `None` before its container is up."""
        return re.sub(r"^ws", "http", self._ws_url).removesuffix("/ws") if self._ws_url else None

    def sync(self) -> SyncSupportOpsEnv:
        """The same client without `await`."""
        wrapper = getattr(self, "_sync_client", None)
        if not isinstance(wrapper, SyncSupportOpsEnv):
            wrapper = SyncSupportOpsEnv(self)
            self._sync_client = wrapper
        return wrapper

    def _fetch_tasks(self) -> list[TaskSpec]:
        return [TaskSpec.model_validate(task) for task in self._fetch("/tasks")["tasks"]]

    def _fetch(self, path: str) -> Any:
        if self.base_url is None:
            raise RuntimeError("the container is not up yet: connect first")
        url = self.base_url + path
        request = urllib.request.Request(url, headers={"Accept": "application/json", **self._more_headers()})
        # A proxy cannot reach what listens on this machine alone.
        direct: dict[str, str] | None = {} if urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1") else None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler(direct))
        with opener.open(request, timeout=FETCH_TIMEOUT_S) as answer:
            body = answer.read(MAX_FETCH_BYTES + 1)
        if len(body) > MAX_FETCH_BYTES:
            raise RuntimeError(f"{url} answers with more than {MAX_FETCH_BYTES} bytes")
        return json.loads(body)

    def _more_headers(self) -> dict[str, str]:
        # OpenEnv before 0.10 has none.
        return getattr(self, "_headers", None) or {}

    def _step_payload(self, action: ToolUseAction) -> dict[str, Any]:
        payload = action.model_dump(mode="json", exclude_none=True)
        if not payload.get("metadata"):
            payload.pop("metadata", None)
        return payload

    def _parse_result(self, payload: dict[str, Any]) -> Result:
        reward, done = payload.get("reward"), payload.get("done", False)
        observation = ToolUseObservation.model_validate({**payload["observation"], "reward": reward, "done": done})
        return StepResult(observation=observation, reward=observation.reward, done=observation.done)

    def _parse_state(self, payload: dict[str, Any]) -> ToolUseState:
        return ToolUseState.model_validate(payload)


class SyncSupportOpsEnv(SyncEnvClient[ToolUseAction, ToolUseObservation, ToolUseState]):
    """`SupportOpsEnv` without `await`; a context manager that closes the session."""

    def reset(self, **options: Unpack[ResetOptions]) -> Result:  # type: ignore[override]
        """Begins an episode; without arguments, of the session's next task. See `ResetOptions`."""
        return super().reset(**without_none(**options))

    def list_tasks(self) -> list[TaskSpec]:
        """What the server has to play, in its fixed order."""
        return cast(SupportOpsEnv, self.async_client)._fetch_tasks()

    def __enter__(self) -> SyncSupportOpsEnv:
        """Connects."""
        super().__enter__()
        return self


def without_none(**values: Any) -> dict[str, Any]:
    """What was given: the server takes its own default for the rest."""
    return {name: value for name, value in values.items() if value is not None}

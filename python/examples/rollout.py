"""Many episodes at once against one server: a session for each, counted and timed.

    support-ops serve &
    python rollout.py --episodes 200 --sessions 16

The player is a stand-in: it looks at what is listed, then guesses. Put a policy in its place.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time

from support_ops_env import SupportOpsEnv, ToolUseAction, ToolUseObservation


class Guesser:
    """Reviews the ticket, inspects every record and submits a code by chance."""

    def __init__(self, seed: int) -> None:
        """Equal seeds play alike."""
        self.chance = random.Random(seed)
        self.to_see: list[str] | None = None

    def act(self, seen: ToolUseObservation) -> ToolUseAction:
        """The next action."""
        if self.to_see is None:
            self.to_see = seen.workspace_summary.rpartition("Artifacts: ")[2].split(", ")
            return ToolUseAction(action_type="review_ticket")
        if self.to_see and seen.remaining_steps > 1:
            return ToolUseAction(action_type="inspect_artifact", artifact_id=self.to_see.pop(0))
        code = self.chance.choice(seen.available_resolution_codes)
        return ToolUseAction(action_type="submit_resolution", resolution_code=code)


async def play(env: SupportOpsEnv, index: int) -> tuple[float, int]:
    """One episode: its score and how many steps it took."""
    # Seeds one after another meet every task in turn.
    result = await env.reset(seed=index)
    player, steps = Guesser(index), 0
    while not result.done:
        result = await env.step(player.act(result.observation))
        steps += 1
    return result.reward or 0.0, steps


async def play_some(url: str, indices: asyncio.Queue[int], played: list[tuple[float, int]]) -> None:
    """Plays in one session until no episode is left."""
    async with SupportOpsEnv(base_url=url) as env:
        while not indices.empty():
            played.append(await play(env, indices.get_nowait()))


async def main() -> None:
    """Plays them all and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--episodes", type=int, default=200)
    parser.add_argument("--sessions", type=int, default=16)
    arguments = parser.parse_args()

    indices: asyncio.Queue[int] = asyncio.Queue()
    for index in range(arguments.episodes):
        indices.put_nowait(index)
    played: list[tuple[float, int]] = []
    begun = time.monotonic()
    await asyncio.gather(*(play_some(arguments.url, indices, played) for _ in range(arguments.sessions)))
    took = time.monotonic() - begun
    steps = sum(count for _, count in played)
    mean = sum(score for score, _ in played) / max(1, len(played))
    print(f"{len(played)} episodes, {steps} steps, {steps / took:.0f} steps/s, mean score {mean:.3f}")


if __name__ == "__main__":
    asyncio.run(main())

"""Support Ops as an environment of `verifiers`: `load_environment()` gives one whose tools are the five actions.

    support-ops serve &
    python verifiers_env.py --model gpt-5-mini --api-base-url https://api.openai.com/v1 --api-key-var OPENAI_API_KEY
    python verifiers_env.py --stand-in      # a stand-in for a model's host, to see it run

Each rollout has a session of its own; its reward is the episode's score.
"""

import argparse
import http.server
import json
import threading
from typing import Any

import verifiers as vf
from datasets import Dataset
from support_ops_env import SupportOpsEnv, ToolUseAction

if not hasattr(vf, "StatefulToolEnv"):
    raise ImportError("later versions have no environments: pip install 'verifiers<0.4'")

# Annotations stay objects here: verifiers makes the tools' schemas of them.
SYSTEM_PROMPT = (
    "You are a customer-support agent. Review the ticket, inspect the records, search for the policy that applies, "
    "draft a reply to the customer, then submit one resolution code. Call one tool at a time."
)


async def review_ticket(state: dict[str, Any]) -> str:
    """Shows the whole ticket."""
    return await step(state, ToolUseAction(action_type="review_ticket"))


async def inspect_artifact(artifact_id: str, state: dict[str, Any]) -> str:
    """Shows one internal record.

    Args:
        artifact_id: One of the artifacts that are listed.
    """
    return await step(state, ToolUseAction(action_type="inspect_artifact", artifact_id=artifact_id))


async def search_policy(query: str, state: dict[str, Any]) -> str:
    """Looks up an operating rule.

    Args:
        query: A policy's id or title, or words to look for.
    """
    return await step(state, ToolUseAction(action_type="search_policy", query=query))


async def draft_reply(message: str, state: dict[str, Any]) -> str:
    """Saves the reply to the customer; the last one counts.

    Args:
        message: The reply.
    """
    return await step(state, ToolUseAction(action_type="draft_reply", message=message))


async def submit_resolution(resolution_code: str, state: dict[str, Any]) -> str:
    """Ends the case.

    Args:
        resolution_code: One of the resolution codes that are listed.
    """
    return await step(state, ToolUseAction(action_type="submit_resolution", resolution_code=resolution_code))


async def step(state: dict[str, Any], action: ToolUseAction) -> str:
    """Takes a step and says what a model should see of it."""
    if state["closed"]:
        return "The case is closed."
    result = await state["session"].step(action)
    seen = result.observation
    state["closed"] = result.done
    state["score"] = (result.reward if result.done else seen.current_score) or 0.0
    return seen.last_action_error or seen.last_tool_result or "Done."


async def score(state: dict[str, Any]) -> float:
    """The episode's score; what it is worth so far where a rollout leaves it unfinished."""
    return float(state.get("score", 0.0))


class SupportOps(vf.StatefulToolEnv):
    """Plays one episode a rollout, on a server."""

    def __init__(self, url: str, **more: Any) -> None:
        """`url` is where the server is."""
        super().__init__(tools=[], **more)
        self.url = url
        for tool in (review_ticket, inspect_artifact, search_policy, draft_reply, submit_resolution):
            self.add_tool(tool, args_to_skip=["state"])

    async def setup_state(self, state: Any) -> Any:
        """Opens a session and begins the row's task."""
        state["session"] = SupportOpsEnv(base_url=self.url)
        state["closed"], state["score"] = False, 0.0
        await state["session"].reset(task_id=state["info"]["task_id"])
        return state

    def update_tool_args(self, tool_name: str, tool_args: dict[str, Any], messages: Any, state: Any, **_: Any) -> Any:
        """Gives a tool the rollout that calls it."""
        return {**tool_args, "state": state}

    @vf.stop
    async def case_closed(self, state: Any) -> bool:
        """The rollout ends with the episode."""
        return bool(state["closed"])

    @vf.cleanup
    async def close_session(self, state: Any) -> None:
        """Leaves the server, whatever happened."""
        session = state.pop("session", None)
        if session is not None:
            await session.close()


def load_environment(url: str = "http://localhost:8000", **more: Any) -> vf.Environment:
    """The tasks of a server, as rows; the first observation of each is its prompt."""
    rows = []
    with SupportOpsEnv(base_url=url).sync() as env:
        for task in env.list_tasks():
            seen = env.reset(task_id=task.id).observation
            codes = ", ".join(seen.available_resolution_codes)
            told = [seen.objective, seen.workspace_summary, f"Resolution codes: {codes}", seen.customer_message]
            prompt = [{"role": "system", "content": SYSTEM_PROMPT}, {"role": "user", "content": "\n\n".join(told)}]
            rows.append({"prompt": prompt, "info": {"task_id": task.id}})
    # An environment ends by the episode's own limit of steps; the limit of turns is for models that call no tool.
    return SupportOps(url, dataset=Dataset.from_list(rows), rubric=vf.Rubric(funcs=[score]), max_turns=64, **more)


class StandIn(http.server.BaseHTTPRequestHandler):
    """A model's host that reviews the ticket, inspects every record and submits the first code."""

    def do_POST(self) -> None:
        """Answers one completion."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        turn = sum(message["role"] == "assistant" for message in asked["messages"])
        told = next(message["content"] for message in asked["messages"] if message["role"] == "user")
        listed = told.partition("Artifacts: ")[2].partition("\n")[0].split(", ")
        first_code = told.partition("Resolution codes: ")[2].partition(",")[0]
        moves = [("review_ticket", {}), *(("inspect_artifact", {"artifact_id": name}) for name in listed)]
        moves.append(("submit_resolution", {"resolution_code": first_code}))
        name, arguments = moves[min(turn, len(moves) - 1)]
        call = {
            "id": f"call_{turn}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        answer = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": asked["model"],
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


def main() -> None:
    """Evaluates a model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--model", default="stand-in")
    parser.add_argument("--api-base-url", default="https://router.huggingface.co/v1")
    parser.add_argument("--api-key-var", default="HF_TOKEN", help="the variable that holds the key")
    parser.add_argument("--rollouts", type=int, default=2, help="of each task")
    parser.add_argument("--stand-in", action="store_true", help="ask a stand-in for a model's host")
    arguments = parser.parse_args()

    if arguments.stand_in:
        host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
        threading.Thread(target=host.serve_forever, daemon=True).start()
        arguments.api_base_url = f"http://127.0.0.1:{host.server_port}/v1"
    client = vf.ClientConfig(api_base_url=arguments.api_base_url, api_key_var=arguments.api_key_var)
    env = load_environment(arguments.url)
    results = env.evaluate_sync(client, arguments.model, rollouts_per_example=arguments.rollouts)
    rewards = [output["reward"] for output in results["outputs"]]
    print(f"{len(rewards)} rollouts, mean reward {sum(rewards) / max(1, len(rewards)):.3f}")


if __name__ == "__main__":
    main()

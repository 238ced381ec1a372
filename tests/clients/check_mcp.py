"""`MCPToolClient` of 0.10: tools over `POST /mcp`, the episode over the WebSocket, one session behind both."""

from episodes import TASKS, winning_actions
from openenv.core.generic_client import GenericEnvClient
from openenv.core.mcp_client import MCPToolClient
from suite import equal, raises_async, true

TOOLS = ["list_tasks", "start_task", "review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution"]


def run_all(suite, url):
    suite.run("MCP client lists the tools", list_tools, url)
    for task_id in TASKS:
        suite.run(f"MCP client wins {task_id}", win, url, task_id)
    suite.run("MCP client and its WebSocket share the episode", shared_episode, url)
    suite.run("MCP client is told its mistakes", mistakes, url)


async def list_tools(url):
    async with MCPToolClient(base_url=url) as env:
        tools = await env.list_tools()
        equal(sorted(tool.name for tool in tools), sorted(TOOLS), "tools")
        for tool in tools:
            true(tool.description, f"{tool.name} has no description")
            equal(tool.input_schema["type"], "object", f"schema of {tool.name}")


async def required_evidence(url, task_id):
    """Read by a trainer's client, in a session of its own: the agent's view does not show it."""
    async with GenericEnvClient(base_url=url) as env:
        await env.reset(task_id=task_id)
        return (await env.state())["required_evidence"]


async def win(url, task_id):
    needed = await required_evidence(url, task_id)
    async with MCPToolClient(base_url=url) as env:
        listed = await env.call_tool("list_tasks")
        true(task_id in str(listed), "list_tasks names the task")
        started = await env.call_tool("start_task", task_id=task_id)
        equal(started["observation"]["task_id"], task_id, "task_id")
        for action in winning_actions(task_id, needed):
            name = action.pop("action_type")
            result = await env.call_tool(name, **action)
            equal(result["observation"]["last_action_error"], None, f"last_action_error after {name}")
        equal(result["done"], True, "done")
        equal(result["reward"], 1.0, "score")
        true("required_evidence" not in str(started), "an agent's view shows the required evidence")


async def shared_episode(url):
    async with MCPToolClient(base_url=url) as env:
        await env.reset(task_id=TASKS[0])
        result = await env.call_tool("review_ticket")
        equal(result["observation"]["collected_evidence"], ["ticket"], "evidence over MCP")
        state = await env.state()
        equal(state.step_count, 1, "step_count over the WebSocket")


async def mistakes(url):
    async with MCPToolClient(base_url=url) as env:
        before = await env.call_tool("review_ticket")
        true("start_task" in str(before) or "reset" in str(before), f"an action before start_task: {before}")
        await env.call_tool("start_task", task_id=TASKS[0])
        await raises_async(RuntimeError, ["dance"], env.call_tool("dance"))
        await raises_async(RuntimeError, [], env.call_tool("inspect_artifact", artifact_id=5))
        equal((await env.state()).step_count, 0, "step_count after refused calls")
        wrong = await env.call_tool("inspect_artifact", artifact_id="ordr")
        true("order" in str(wrong), f"a wrong id names the valid ones: {wrong}")
        equal((await env.state()).step_count, 1, "a wrong id counts")

"""`MCPToolClient` before 0.10: tools as the steps of a WebSocket, and its production mode over `POST /mcp`."""

from check_mcp import TOOLS
from episodes import TASKS, winning_actions
from openenv.core.generic_client import GenericEnvClient
from openenv.core.mcp_client import MCPToolClient
from suite import equal, raises_async, true


def run_all(suite, url):
    for production in (False, True):
        how = "in production mode" if production else "by steps"
        suite.run(f"MCP client lists the tools {how}", list_tools, url, production)
        for task_id in TASKS:
            suite.run(f"MCP client wins {task_id} {how}", win, url, task_id, production)
        suite.run(f"MCP client is told its mistakes {how}", mistakes, url, production)


def client_of(url, production):
    client = MCPToolClient(base_url=url)
    client.use_production_mode = production
    return client


async def list_tools(url, production):
    async with client_of(url, production) as env:
        tools = await env.list_tools()
        equal([tool.name for tool in tools], TOOLS, "tools")
        for tool in tools:
            true(tool.description, f"{tool.name} has no description")
            equal(tool.input_schema["type"], "object", f"schema of {tool.name}")


async def win(url, task_id, production):
    # Read by a trainer's client, in a session of its own: the agent's view does not show it.
    async with GenericEnvClient(base_url=url) as trainer:
        await trainer.reset(task_id=task_id)
        needed = (await trainer.state())["required_evidence"]
    async with client_of(url, production) as env:
        started = await env.call_tool("start_task", task_id=task_id)
        equal(started["observation"]["task_id"], task_id, "task_id")
        for action in winning_actions(task_id, needed):
            name = action.pop("action_type")
            result = await env.call_tool(name, **action)
            equal(result["observation"]["last_action_error"], None, f"last_action_error after {name}")
        equal((result["done"], result["reward"]), (True, 1.0), "done and the score")
        true("required_evidence" not in str(started), "an agent's view shows the required evidence")


async def mistakes(url, production):
    async with client_of(url, production) as env:
        await env.call_tool("start_task", task_id=TASKS[0])
        await raises_async(RuntimeError, ["dance"], env.call_tool("dance"))
        await raises_async(RuntimeError, ["artifact_id"], env.call_tool("inspect_artifact", artifact_id=5))
        wrong = await env.call_tool("inspect_artifact", artifact_id="ordr")
        true("order" in str(wrong), f"a wrong id names the valid ones: {wrong}")

"""`MCPToolClient` of every package: its tools over `POST /mcp`, which it calls production mode, and as steps of its WebSocket.

That of 0.10 is in production mode unless told otherwise, and its WebSocket joins the session of its calls. Those before
go by steps unless told otherwise, and in production mode their WebSocket keeps to a session of its own.
"""

from episodes import TASKS, winning_actions
from openenv.core.env_server.mcp_types import CallToolAction, CallToolObservation
from openenv.core.generic_client import GenericEnvClient
from openenv.core.mcp_client import MCPToolClient
from suite import equal, raises_async, true

TOOLS = ["list_tasks", "start_task", "review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution"]


def run_all(suite, url, newest):
    suite.run("MCP client begins in its mode", begins, url, newest)
    for production in (True, False):
        how = "in production mode" if production else "by steps"
        suite.run(f"MCP client lists the tools {how}", list_tools, url, production)
        for task_id in TASKS:
            suite.run(f"MCP client wins {task_id} {how}", win, url, task_id, production)
        suite.run(f"MCP client is told its mistakes {how}", mistakes, url, production)
        if newest or not production:
            suite.run(f"MCP client shares its WebSocket's episode {how}", shared_episode, url, production)
    for task_id in TASKS:
        suite.run(f"MCP client wins {task_id} and sees what steps pay", win_by_actions, url, task_id)


def client_of(url, production):
    client = MCPToolClient(base_url=url)
    client.use_production_mode = production
    return client


async def begins(url, newest):
    client = MCPToolClient(base_url=url)
    equal(client.use_production_mode, newest, "production mode")
    async with client as env:
        equal([tool.name for tool in await env.list_tools()], TOOLS, "tools")


async def list_tools(url, production):
    async with client_of(url, production) as env:
        tools = await env.list_tools()
        equal([tool.name for tool in tools], TOOLS, "tools")
        for tool in tools:
            true(tool.description, f"{tool.name} has no description")
            equal(tool.input_schema["type"], "object", f"schema of {tool.name}")


async def required_evidence(url, task_id):
    """Read by a trainer's client, in a session of its own: the agent's view does not show it."""
    async with GenericEnvClient(base_url=url) as env:
        await env.reset(task_id=task_id)
        return (await env.state())["required_evidence"]


async def win(url, task_id, production, trainers_url=None):
    needed = await required_evidence(trainers_url or url, task_id)
    async with client_of(url, production) as env:
        listed = await env.call_tool("list_tasks")
        true(task_id in str(listed), "list_tasks names the task")
        started = await env.call_tool("start_task", task_id=task_id)
        equal(started["observation"]["task_id"], task_id, "task_id")
        for action in winning_actions(task_id, needed):
            name = action.pop("action_type")
            result = await env.call_tool(name, **action)
            equal(result["observation"]["last_action_error"], None, f"last_action_error after {name}")
        equal((result["done"], result["reward"]), (True, 1.0), "done and the score")
        true("required_evidence" not in str(started), "an agent's view shows the required evidence")


async def win_by_actions(url, task_id):
    """`call_tool` keeps the tool's result alone; a step's own result has the reward and the end beside it."""
    needed = await required_evidence(url, task_id)
    async with client_of(url, production=False) as env:
        begun = await env.reset(task_id=task_id)
        equal((begun.done, begun.reward), (False, None), "done and the reward after the reset")
        ends, rewards = [], []
        for action in winning_actions(task_id, needed):
            name = action.pop("action_type")
            result = await env.step(CallToolAction(tool_name=name, arguments=action))
            true(isinstance(result.observation, CallToolObservation), f"{name} gives a {type(result.observation)}")
            equal((result.observation.tool_name, result.observation.error), (name, None), "tool and error")
            ends.append(result.done)
            rewards.append(result.reward)
        equal(ends, [False] * (len(ends) - 1) + [True], "done after each step")
        true(all(isinstance(reward, float) and 0.0 <= reward <= 1.0 for reward in rewards), f"rewards {rewards}")
        equal(rewards[-1], 1.0, "the last reward")
        equal((await env.state()).step_count, len(rewards), "step_count")


async def shared_episode(url, production):
    async with client_of(url, production) as env:
        await env.reset(task_id=TASKS[0])
        result = await env.call_tool("review_ticket")
        equal(result["observation"]["collected_evidence"], ["ticket"], "evidence")
        equal((await env.state()).step_count, 1, "step_count over the WebSocket")
        await raises_async(RuntimeError, ["dance"], env.call_tool("dance"))
        await raises_async(RuntimeError, ["artifact_id"], env.call_tool("inspect_artifact", artifact_id=5))
        equal((await env.state()).step_count, 1, "step_count after refused calls")
        await env.call_tool("inspect_artifact", artifact_id="ordr")
        equal((await env.state()).step_count, 2, "a wrong id counts")


async def mistakes(url, production):
    async with client_of(url, production) as env:
        early = env.call_tool("review_ticket")
        if production:
            before = await early
            true("start_task" in str(before), f"an action before start_task: {before}")
        else:
            await raises_async(RuntimeError, ["start_task"], early)
        await env.call_tool("start_task", task_id=TASKS[0])
        await raises_async(RuntimeError, ["dance"], env.call_tool("dance"))
        await raises_async(RuntimeError, ["artifact_id"], env.call_tool("inspect_artifact", artifact_id=5))
        wrong = await env.call_tool("inspect_artifact", artifact_id="ordr")
        true("order" in str(wrong), f"a wrong id names the valid ones: {wrong}")

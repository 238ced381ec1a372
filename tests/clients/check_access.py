"""Servers that are not set up for training on one's own machine: one in production mode, and one behind a token."""

import check_mcp
import check_server
from episodes import TASKS, WINNING
from openenv.core.generic_client import GenericEnvClient
from openenv.core.mcp_client import MCPToolClient
from suite import equal, raises_async


def run_production(suite, url, trainers_url):
    """`url` is a server in production mode; how its tasks are won is read off another, at `trainers_url`."""
    check_server.run_validate_url(suite, url)
    suite.run("MCP client wins on a server in production mode", check_mcp.win, url, TASKS[0], True, trainers_url)
    suite.run("a server in production mode hides what is expected", hidden, url)


async def hidden(url):
    async with GenericEnvClient(base_url=url) as env:
        await env.reset(task_id=TASKS[0])
        ended = await env.step({"action_type": "submit_resolution", "resolution_code": WINNING[TASKS[0]][0]})
        equal(ended.done, True, "done")
        state = await env.state()
        equal((state["required_evidence"], state["score"]), (None, None), "required evidence and the score's parts")


def run_token(suite, url, token):
    """`url` is a server behind this token; of the packages only 0.10 can send it."""
    suite.run("the server's token lets clients in", let_in, url, token)
    suite.run("another token does not", kept_out, url)


async def let_in(url, token):
    headers = {"Authorization": f"Bearer {token}"}
    async with GenericEnvClient(base_url=url, headers=headers) as env:
        await env.reset(task_id=TASKS[0])
        seen = await env.step({"action_type": "review_ticket"})
        equal(seen.observation["collected_evidence"], ["ticket"], "evidence")
    async with MCPToolClient(base_url=url, headers=headers) as env:
        equal([tool.name for tool in await env.list_tools()], check_mcp.TOOLS, "tools")
        started = await env.call_tool("start_task", task_id=TASKS[0])
        equal(started["observation"]["task_id"], TASKS[0], "task_id")


async def kept_out(url):
    for headers in (None, {"Authorization": "Bearer wrong"}):
        env = GenericEnvClient(base_url=url, headers=headers)
        await raises_async(Exception, ["401"], env.connect())

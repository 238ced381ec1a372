"""Clients of standard MCP, `mcp` and `fastmcp`, against `/mcp` over HTTP and `support-ops mcp` over stdio.

    target/clients/<name>/bin/python tests/clients/check_mcp_sdk.py URL NAME BINARY [--token-url URL --token TOKEN]

NAME is the virtual environment's: mcp-1, mcp-2, fastmcp-3 or fastmcp-4. At `--token-url` is a server that asks for a token.
Needs no OpenEnv package.
"""

import contextlib
import json
import pathlib
import sys
import urllib.request

from episodes import TASKS, WINNING, winning_actions
from suite import Suite, equal, raises_async, true

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ["list_tasks", "start_task", "review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution"]
SECRET = ("required_evidence", "expected_resolution", '"reason": "')


def main():
    url, name, binary, *guarded = sys.argv[1:]
    kind, major = name.split("-")
    suite = Suite(f"[{name}]")
    targets = {"http": lambda: connect_http(kind, major, url), "stdio": lambda: connect_stdio(kind, major, binary)}
    for transport, connect in targets.items():
        suite.run(f"{transport}: lists the tools", list_tools, connect)
        for task_id in TASKS:
            suite.run(f"{transport}: wins {task_id}", win, connect, url, task_id)
        suite.run(f"{transport}: is told its mistakes", mistakes, connect)
        suite.run(f"{transport}: two clients at once keep apart", apart, connect)
    if guarded:
        _, token_url, _, token = guarded
        suite.run("http: the server's token lets in, another does not", behind_a_token, kind, major, token_url, token)
    suite.run("http: a session is left behind by nobody", nothing_left, targets["http"], url)
    if kind == "mcp":
        suite.run("http: the session is that of HTTP and is ended by the client", one_id_space, url, major)
    suite.finish()


class Client:
    """What the checks need, over either package: `list()`, `call(name, arguments)` and the version that was agreed on."""

    def __init__(self, list_, call, error):
        self.list = list_
        self.raw_call = call
        self.error = error
        self.handle = None

    async def call(self, name, arguments=None):
        """A tool's result as `(structured, is_error, text)`. A client without a session of its own passes the handle on."""
        arguments = dict(arguments or {})
        if self.handle and name != "list_tasks":
            arguments["session_id"] = self.handle
        structured, is_error, text = await self.raw_call(name, arguments)
        if structured:
            equal(json.loads(text), structured, "the text of a result")
            self.handle = structured.get("session_id", self.handle)
        for secret in SECRET:
            true(secret not in text, f"{name} shows {secret}")
        return structured, is_error, text


@contextlib.asynccontextmanager
async def connect_http(kind, major, url, headers=None):
    if kind == "fastmcp":
        from fastmcp.client.transports import StreamableHttpTransport

        async with fastmcp_client(StreamableHttpTransport(f"{url}/mcp", headers=headers)) as client:
            yield client
        return
    if major == "1":
        from mcp import ClientSession
        from mcp.client.streamable_http import streamablehttp_client

        async with streamablehttp_client(f"{url}/mcp", headers=headers) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            yield session_client(session)
        return
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        async with mcp2_client(streamable_http_client(f"{url}/mcp", http_client=http) if headers else f"{url}/mcp") as client:
            yield client


@contextlib.asynccontextmanager
async def connect_stdio(kind, major, binary):
    arguments = ["mcp", "--tasks", str(ROOT / "tasks")]
    if kind == "fastmcp":
        from fastmcp.client.transports import StdioTransport

        async with fastmcp_client(StdioTransport(command=binary, args=arguments, keep_alive=False)) as client:
            yield client
        return
    from mcp import StdioServerParameters
    from mcp.client.stdio import stdio_client

    parameters = StdioServerParameters(command=binary, args=arguments)
    if major == "1":
        from mcp import ClientSession

        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            yield session_client(session)
        return
    async with mcp2_client(stdio_client(parameters)) as client:
        yield client


def result_of(result):
    structured = getattr(result, "structured_content", None) or getattr(result, "structuredContent", None)
    is_error = next(getattr(result, name) for name in ("is_error", "isError") if hasattr(result, name))
    return structured, is_error, "".join(block.text for block in result.content)


def session_client(session):
    from mcp.shared.exceptions import McpError

    async def list_():
        return (await session.list_tools()).tools

    async def call(name, arguments):
        return result_of(await session.call_tool(name, arguments))

    return Client(list_, call, McpError)


@contextlib.asynccontextmanager
async def mcp2_client(server):
    from mcp import Client as Mcp2Client
    from mcp import MCPError

    async with Mcp2Client(server) as client:

        async def list_():
            return (await client.list_tools()).tools

        async def call(name, arguments):
            return result_of(await client.call_tool(name, arguments))

        yield Client(list_, call, MCPError)


@contextlib.asynccontextmanager
async def fastmcp_client(target):
    from fastmcp import Client as FastClient

    try:
        from mcp import McpError as error
    except ImportError:
        from mcp import MCPError as error

    async with FastClient(target) as client:

        async def call(name, arguments):
            return result_of(await client.call_tool(name, arguments, raise_on_error=False))

        yield Client(client.list_tools, call, error)


async def list_tools(connect):
    async with connect() as client:
        tools = await client.list()
        equal([tool.name for tool in tools], TOOLS, "tools")
        for tool in tools:
            schema = getattr(tool, "input_schema", None) or tool.inputSchema
            true(tool.description, f"{tool.name} has no description")
            equal(schema["type"], "object", f"schema of {tool.name}")
            output = getattr(tool, "output_schema", None) or tool.outputSchema
            equal(output["type"], "object", f"output schema of {tool.name}")
            true(tool.annotations is not None, f"{tool.name} has no annotations")


def required_evidence(url, task_id):
    """Read by a trainer's request, in a session of its own: the agent's view does not show it."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    body = json.dumps({"task_id": task_id}).encode()
    headers = {"Content-Type": "application/json"}
    with direct.open(urllib.request.Request(f"{url}/reset", body, headers), timeout=10) as reply:
        session = reply.headers["X-Session-ID"]
    with direct.open(f"{url}/state?session_id={session}", timeout=10) as reply:
        return json.load(reply)["required_evidence"]


async def win(connect, url, task_id):
    needed = required_evidence(url, task_id)
    async with connect() as client:
        listed, _, _ = await client.call("list_tasks")
        true(task_id in [task["id"] for task in listed["tasks"]], "list_tasks names the task")
        started, is_error, _ = await client.call("start_task", {"task_id": task_id})
        equal((is_error, started["observation"]["task_id"]), (False, task_id), "the task")
        for action in winning_actions(task_id, needed):
            name = action.pop("action_type")
            result, is_error, _ = await client.call(name, action)
            equal((is_error, result["observation"]["last_action_error"]), (False, None), f"after {name}")
        equal((result["done"], result["reward"]), (True, 1.0), "done and the score")


async def mistakes(connect):
    async with connect() as client:
        await raises_async(client.error, ["dance"], client.raw_call("dance", {}))
        if not await takes_handles(client):
            early, is_error, text = await client.call("review_ticket")
            equal((early, is_error), (None, True), "an action before start_task")
            true("start_task" in text, f"it says what to do: {text}")
        await client.call("start_task", {"task_id": TASKS[0]})
        await raises_async(client.error, ["artifact_id"], client.call("inspect_artifact"))
        wrong, is_error, text = await client.call("inspect_artifact", {"artifact_id": "ordr"})
        equal(is_error, True, "isError of a wrong id")
        true("order" in text, f"a wrong id names the valid ones: {text}")
        unknown, is_error, text = await client.call("start_task", {"task_id": "no-such"})
        equal((unknown, is_error), (None, True), "an unknown task")


async def takes_handles(client):
    tools = {tool.name: tool for tool in await client.list()}
    schema = getattr(tools["review_ticket"], "input_schema", None) or tools["review_ticket"].inputSchema
    return "session_id" in schema["properties"]


async def apart(connect):
    async with connect() as one, connect() as other:
        await one.call("start_task", {"task_id": TASKS[0]})
        await other.call("start_task", {"task_id": TASKS[1]})
        seen, _, _ = await one.call("review_ticket")
        equal(seen["observation"]["task_id"], TASKS[0], "the first client's task")
        seen, _, _ = await other.call("review_ticket")
        equal(seen["observation"]["task_id"], TASKS[1], "the second client's task")
        equal(seen["observation"]["collected_evidence"], ["ticket"], "its evidence")


async def behind_a_token(kind, major, url, token):
    async with connect_http(kind, major, url, {"Authorization": f"Bearer {token}"}) as client:
        equal([tool.name for tool in await client.list()], TOOLS, "tools")
        started, is_error, _ = await client.call("start_task", {"task_id": TASKS[0]})
        equal((is_error, started["observation"]["task_id"]), (False, TASKS[0]), "the task")
    for headers in (None, {"Authorization": "Bearer wrong"}):
        try:
            async with connect_http(kind, major, url, headers) as client:
                await client.list()
        except TimeoutError:
            raise
        except Exception:
            # Each package has its own words for a 401.
            continue
        raise AssertionError(f"let in with {headers}")


def sessions_of(url):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{url}/metrics", timeout=10) as reply:
        lines = reply.read().decode().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("support_ops_sessions ")))


async def nothing_left(connect, url):
    before = sessions_of(url)
    async with connect() as client:
        await client.list()
        equal(sessions_of(url), before, "sessions after a client has connected")
        handles = await takes_handles(client)
        await client.call("start_task")
        equal(sessions_of(url), before + 1, "sessions after a task was started")
    if not handles:
        equal(sessions_of(url), before, "sessions after the client has gone")


async def one_id_space(url, major):
    """The id in `Mcp-Session-Id` opens the same session over plain HTTP, until the client ends it."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def post(body, **headers):
        headers = {"Content-Type": "application/json", **headers}
        return direct.open(urllib.request.Request(f"{url}/mcp", json.dumps(body).encode(), headers), timeout=10)

    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": major, "version": "1"}}
    with post({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}) as reply:
        session = reply.headers["Mcp-Session-Id"]
    named = {"Mcp-Session-Id": session, "MCP-Protocol-Version": "2025-06-18"}
    start = {"name": "start_task", "arguments": {"task_id": TASKS[0]}}
    post({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": start}, **named).close()
    with direct.open(f"{url}/state?session_id={session}", timeout=10) as reply:
        equal(json.load(reply)["task_id"], TASKS[0], "the task over plain HTTP")
    code, reply_text = WINNING[TASKS[0]]
    true(code and reply_text, "the table of wins")
    request = urllib.request.Request(f"{url}/mcp", headers=named, method="DELETE")
    direct.open(request, timeout=10).close()
    try:
        direct.open(f"{url}/state?session_id={session}", timeout=10).close()
    except urllib.error.HTTPError as error:
        equal(error.code, 404, "the ended session")
    else:
        raise AssertionError("the session is still there")


if __name__ == "__main__":
    main()

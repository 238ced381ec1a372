"""The WebSocket below the clients: order, limits, attaching to a session, refusals before the handshake."""

import asyncio
import json
import urllib.parse

from check_http import call
from episodes import TASKS
from suite import equal, true
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

MIB = 1024 * 1024
REVIEW = {"type": "step", "data": {"action_type": "review_ticket"}}


def run_all(suite, url):
    server = urllib.parse.urlsplit(url).netloc
    suite.run("socket: frames sent ahead are answered in order", pipelined, server)
    suite.run("socket: a message past 1 MiB closes with 1009", too_big, server)
    suite.run("socket: a message of nearly 1 MiB is a mistake of the game", nearly_too_big, server)
    suite.run("socket: fragments and pings", fragments_and_pings, server)
    suite.run("socket: one attachment per session", one_attachment, server)
    suite.run("socket: a session outlives its socket", detach_and_attach, server)
    suite.run("socket: closing a session that is attached", close_while_attached, server)
    suite.run("socket: a foreign Origin gets no handshake", foreign_origin, server)


def open_socket(server, path="/ws", **options):
    return connect(f"ws://{server}{path}", proxy=None, **options)


async def ask(socket, frame):
    await socket.send(json.dumps(frame))
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


async def pipelined(server):
    async with open_socket(server) as socket:
        await socket.send('{"type": "reset"}')
        for number in range(50):
            await socket.send(json.dumps({"type": "step", "data": {"action_type": "inspect_artifact", "artifact_id": f"no-{number}"}}))
            await socket.send('{"type": "dance"}')
        answers = [json.loads(await asyncio.wait_for(socket.recv(), 10)) for _ in range(101)]
    kinds = [answer["type"] for answer in answers]
    equal(kinds, ["observation"] + ["observation", "error"] * 50, "types of the answers")
    remaining = [answer["data"]["observation"]["remaining_steps"] for answer in answers if answer["type"] == "observation"]
    equal(remaining, [max(0, remaining[0] - number) for number in range(51)], "remaining_steps of the answers")


async def too_big(server):
    async with open_socket(server) as socket:
        await socket.send("x" * (MIB + 1))
        try:
            await asyncio.wait_for(socket.recv(), 10)
        except ConnectionClosed as closed:
            equal(closed.rcvd.code, 1009, "close code")
            return
    raise AssertionError("the socket stayed open")


async def nearly_too_big(server):
    async with open_socket(server) as socket:
        await ask(socket, {"type": "reset"})
        draft = {"type": "step", "data": {"action_type": "draft_reply", "message": "x" * (MIB - 200)}}
        answer = await ask(socket, draft)
        true(answer["data"]["observation"]["last_action_error"], "no last_action_error for a message far too long")
        true(len(json.dumps(answer)) < 65536, "the answer echoes the message")


async def fragments_and_pings(server):
    async with open_socket(server) as socket:
        await socket.send(['{"type":', ' "re', 'set"}'])
        equal(json.loads(await asyncio.wait_for(socket.recv(), 10))["type"], "observation", "answer to a fragmented frame")
        await asyncio.wait_for(await socket.ping(b"payload"), 10)


def http_session(server):
    status, headers, _ = call(server, "POST", "/reset", {"task_id": TASKS[0]}, {"Cookie": "support_ops_session=none"})
    equal(status, 200, "status of /reset")
    return headers["X-Session-ID"]


async def one_attachment(server):
    path = f"/ws?session_id={http_session(server)}"
    async with open_socket(server, path) as first, open_socket(server, path) as second:
        equal((await ask(first, {"type": "state"}))["type"], "state", "the first attachment")
        refusal = json.loads(await asyncio.wait_for(second.recv(), 10))
        equal(refusal["data"]["code"], "SESSION_ERROR", "code")
        true("already has an attached WebSocket" in refusal["data"]["message"], refusal["data"]["message"])
        equal((await ask(first, {"type": "state"}))["type"], "state", "the first goes on")


async def detach_and_attach(server):
    path = f"/ws?session_id={http_session(server)}"
    async with open_socket(server, path) as socket:
        await ask(socket, REVIEW)
        await socket.send('{"type": "close"}')
    for _ in range(50):
        async with open_socket(server, path) as socket:
            answer = await ask(socket, {"type": "state"})
            if answer["type"] == "state":
                equal(answer["data"]["collected_evidence"], ["ticket"], "evidence after attaching again")
                return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the session cannot be attached again: {answer}")


async def close_while_attached(server):
    session = http_session(server)
    request = {"jsonrpc": "2.0", "id": 1, "method": "openenv/session/close", "params": {"session_id": session}}
    async with open_socket(server, f"/ws?session_id={session}") as socket:
        await ask(socket, {"type": "state"})
        _, _, body = call(server, "POST", "/mcp", request)
        equal(body["result"], {"session_id": session, "closed": False, "closing": True}, "result while attached")
        equal((await ask(socket, {"type": "state"}))["type"], "state", "the socket goes on")
    for _ in range(50):
        status, _, _ = call(server, "GET", "/state", None, {"X-Session-ID": session})
        if status == 404:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the session was not freed on detaching")


async def foreign_origin(server):
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example"):
        try:
            async with open_socket(server, origin=origin):
                raise AssertionError(f"Origin {origin} got a handshake")
        except InvalidStatus as refusal:
            equal(refusal.response.status_code, 403, f"status for Origin {origin}")
    async with open_socket(server, origin=f"http://{server}") as socket:
        equal((await ask(socket, {"type": "state"}))["type"], "state", "its own Origin")

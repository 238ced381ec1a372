"""Records how a stock OpenEnv server answers what clients get wrong, into tests/data/wire/*.json.

Run it with the Python of a venv that has openenv 0.10.0 (tests/clients/setup.sh makes one):

    target/clients/0.10.0/bin/python tests/clients/make_wire_goldens.py

Each case holds the request and upstream's answer. `compare` says how much of the answer is ours to repeat:

- `exact`: the status (or frame) and the whole body;
- `status`: only the status, or the frame's `type`; the body is the environment's own;
- `code`: the error's type or code and, for JSON-RPC, its id; the wording is free.

The message of a WebSocket error has to begin with the one recorded: only message and code reach a Python user, so ours
may say more.
An `allow` header has to name at least the methods recorded. A `status` may be a list: any of them.

Where this server answers otherwise on purpose, `ours` holds its answer, with its own `compare`, and `why` the reason.
`before` is a request to make first, on the same server.
"""

import asyncio
import base64
import http.client
import importlib.metadata
import json
import pathlib
import re
import socket
import sys
import threading
import time

import uvicorn
import wire_cases
import wire_models
import wire_ours
from openenv.core.env_server.http_server import create_fastapi_app
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

OUT = pathlib.Path(__file__).resolve().parents[1] / "data" / "wire"
ENV_NAME = "support_ops_env"
PACKAGES = ("openenv", "fastapi", "starlette", "pydantic", "pydantic_core", "uvicorn", "websockets")
RESET = {"method": "POST", "path": "/reset", "headers": {"content-type": "application/json"}, "body": "{}"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(max_envs):
    """Starts a stock server in a thread; returns its port and the server, which `should_exit` ends."""
    app = create_fastapi_app(
        wire_models.StubEnvironment,
        wire_models.ToolUseAction,
        wire_models.ToolUseObservation,
        state_cls=wire_models.ToolUseState,
        max_concurrent_envs=max_envs,
        env_name=ENV_NAME,
    )
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
    threading.Thread(target=server.run, daemon=True).start()
    for _ in range(200):
        if server.started:
            return port, server
        time.sleep(0.05)
    sys.exit("the stock server did not start")


def exchange(port, request):
    """One HTTP request on its own connection; the parts of the answer that are contract."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = wire_ours.request_bytes(request)
    connection.putrequest(request["method"], request["path"], skip_accept_encoding=True)
    for name, value in request["headers"].items():
        connection.putheader(name, value)
    if request["method"] not in ("GET", "HEAD", "OPTIONS") or body:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    raw = answer.read().decode("utf-8", "replace")
    connection.close()
    try:
        body = json.loads(raw)
    except ValueError:
        body = raw
    headers = {name: answer.headers[name] for name in ("content-type", "allow") if answer.headers[name]}
    return {"status": answer.status, "headers": headers, "body": body}


def http_request(method, path, body=None, headers=None):
    request = {"method": method, "path": path, "headers": dict(headers or {})}
    if isinstance(body, str):
        body = body.encode()
    if body is not None:
        try:
            request["body"] = body.decode()
        except UnicodeDecodeError:
            request["body_base64"] = base64.b64encode(body).decode()
    return request


JSON_TYPE = {"content-type": "application/json"}


def http_requests():
    """Every HTTP case without its answer: `(name, request, before)`."""
    for name, text in wire_cases.reset_cases():
        yield f"reset/{name}", http_request("POST", "/reset", text, JSON_TYPE), None
    for name, text in wire_cases.action_cases():
        body = '{"action": ' + text + "}"
        yield f"step/{name}", http_request("POST", "/step", body, JSON_TYPE), RESET
    for name, text in wire_cases.step_envelope_cases():
        yield f"step-envelope/{name}", http_request("POST", "/step", text, JSON_TYPE), RESET
    for path in ("reset", "step"):
        for name, body, headers in wire_cases.body_cases():
            yield f"{path}-body/{name}", http_request("POST", f"/{path}", body, headers), RESET if path == "step" else None
    for name, method, path in wire_cases.route_cases():
        yield f"route/{name}", http_request(method, path), None
    for name, method, path, body in wire_cases.task_api_cases():
        headers = JSON_TYPE if body is not None else None
        yield f"tasks/{name}", http_request(method, path.replace("{env}", ENV_NAME), body, headers), None
    for name, text in wire_cases.rpc_cases():
        yield f"mcp/{name}", http_request("POST", "/mcp", text, JSON_TYPE), None


def record_http(port):
    cases = []
    for name, request, before in http_requests():
        response = exchange(port, request)
        case = {"name": name, "request": request}
        if before:
            case["before"] = before
        case["response"] = response
        case["compare"] = wire_ours.compare_http(name, response)
        ours, why = wire_ours.over_http(name, request, response)
        if ours:
            case["ours"], case["why"] = ours, why
        cases.append(case)
    return cases


def frame_in(frame):
    if isinstance(frame, bytes):
        return {"binary_base64": base64.b64encode(frame).decode()}
    return {"text": frame}


async def converse(port, frames, path="/ws"):
    """Sends each frame and takes one answer to it; then finds out whether the socket is still of use."""
    out, closed = [], None
    async with connect(f"ws://127.0.0.1:{port}{path}", proxy=None) as socket_:
        try:
            for frame in frames:
                await socket_.send(frame)
                out.append(json.loads(await asyncio.wait_for(socket_.recv(), 20)))
            await socket_.send('{"type": "state"}')
            await asyncio.wait_for(socket_.recv(), 20)
        except ConnectionClosed as ended:
            received = ended.rcvd
            closed = {"code": received.code if received else None, "reason": received.reason if received else None}
    return out, closed


def ws_conversations():
    """Every WebSocket case without its answer: `(name, frames)`."""
    for name, text in wire_cases.reset_cases():
        yield f"reset/{name}", ['{"type": "reset", "data": ' + text + "}"]
    for name, text in wire_cases.action_cases():
        yield f"step/{name}", ['{"type": "reset"}', '{"type": "step", "data": ' + text + "}"]
    for name, frames in wire_cases.frame_cases():
        yield f"frame/{name}", frames
    for name, text in wire_cases.rpc_cases():
        if text.startswith("{") and len(text) > 1:
            yield f"mcp/{name}", ['{"type": "mcp", "data": ' + text + "}"]


def record_ws(port):
    cases = []
    for name, frames in ws_conversations():
        out, closed = asyncio.run(converse(port, frames))
        case = {"name": name, "frames_in": [frame_in(frame) for frame in frames], "frames_out": out, "closed": closed}
        case["compare"] = [wire_ours.compare_frame(frame) for frame in out]
        ours, why = wire_ours.over_ws(name, frames, out)
        if ours:
            case["ours"], case["why"] = ours, why
        cases.append(case)
    return cases


async def record_capacity(port):
    """A second client at a server that has room for one, and a client with a session id nobody knows."""
    cases = []
    async with connect(f"ws://127.0.0.1:{port}/ws", proxy=None) as first:
        await first.send('{"type": "state"}')
        await first.recv()
        async with connect(f"ws://127.0.0.1:{port}/ws", proxy=None) as second:
            cases.append(await record_refusal("capacity/second-client-of-one", "/ws", second))
        async with connect(f"ws://127.0.0.1:{port}/mcp", proxy=None) as second:
            cases.append(await record_refusal("capacity/mcp-socket", "/mcp", second))
    async with connect(f"ws://127.0.0.1:{port}/ws?session_id=nope", proxy=None) as lost:
        cases.append(await record_refusal("session/unknown-id", "/ws?session_id=nope", lost))
    return cases


async def record_refusal(name, path, socket_):
    out = [json.loads(await asyncio.wait_for(socket_.recv(), 20))]
    closed = None
    try:
        await asyncio.wait_for(socket_.recv(), 20)
    except ConnectionClosed as ended:
        closed = {"code": ended.rcvd.code, "reason": ended.rcvd.reason}
    return {"name": name, "path": path, "frames_in": [], "frames_out": out, "closed": closed, "compare": ["exact"]}


UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def write(path, cases):
    """One case a line, so that a change of one shows as one; random ids are blanked."""
    made_with = {package: importlib.metadata.version(package) for package in PACKAGES}
    made_with["python"] = ".".join(map(str, sys.version_info[:3]))
    lines = ",\n".join(UUID.sub("<uuid>", json.dumps(case)) for case in cases)
    path.write_text(
        f'{{"made_with": {json.dumps(made_with)},\n"made_by": "tests/clients/make_wire_goldens.py",\n"cases": [\n{lines}\n]}}\n'
    )
    differ = sum("ours" in case for case in cases)
    print(f"{path.name}: {len(cases)} cases, {differ} answered otherwise by this server")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    port, server = serve(max_envs=64)
    write(OUT / "http.json", record_http(port))
    ws = record_ws(port)
    small_port, small = serve(max_envs=1)
    ws += asyncio.run(record_capacity(small_port))
    write(OUT / "ws.json", ws)
    server.should_exit = small.should_exit = True


if __name__ == "__main__":
    main()

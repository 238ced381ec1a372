"""Replays the wire goldens against a server and compares: byte for byte where that is ours, by code elsewhere."""

import asyncio
import base64
import http.client
import json
import pathlib
import urllib.parse

from suite import true
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

GOLDENS = pathlib.Path(__file__).resolve().parents[1] / "data" / "wire"


def run_all(suite, url, task_api=False):
    """With `task_api`, the goldens of the Task API; else all others."""
    server = urllib.parse.urlsplit(url).netloc
    for case in json.loads((GOLDENS / "http.json").read_text())["cases"]:
        if case["name"].startswith("tasks/") == task_api:
            suite.run(f"http golden {case['name']}", check_http, server, case)
    if task_api:
        return
    for case in json.loads((GOLDENS / "ws.json").read_text())["cases"]:
        if "path" not in case or case["name"].startswith("session/"):
            suite.run(f"ws golden {case['name']}", check_ws, server, case)


def check_http(server, case):
    session = None
    if "before" in case:
        session = exchange(server, case["before"])[1]["X-Session-ID"]
    expected = case.get("ours", case["response"])
    status, headers, body = exchange(server, case["request"], session)
    statuses = expected["status"] if isinstance(expected["status"], list) else [expected["status"]]
    true(status in statuses, f"status {status} instead of {statuses}: {short(body)}")
    compare = expected.get("compare", case["compare"])
    if compare == "exact":
        compare_json(body, expected["body"])
    elif compare == "code":
        compare_code(body, expected["body"])
    elif "result" in expected.get("body", {}):
        true("result" in body, f"no result: {short(body)}")
    for name in ("content-type", "allow"):
        wanted = expected.get("headers", {}).get(name)
        if wanted and compare != "status":
            given = headers[name] or ""
            true(field_names(wanted) <= field_names(given), f"header {name}: {given!r} instead of {wanted!r}")


def field_names(value):
    """The members of a header that is a list."""
    return {member.strip().lower() for member in value.split(",")}


def exchange(server, request, session=None):
    connection = http.client.HTTPConnection(server, timeout=20)
    raw = base64.b64decode(request["body_base64"]) if "body_base64" in request else request.get("body", "").encode()
    connection.putrequest(request["method"], request["path"], skip_accept_encoding=True)
    for name, value in request["headers"].items():
        connection.putheader(name, value)
    if session:
        connection.putheader("X-Session-ID", session)
    if request["method"] not in ("GET", "HEAD", "OPTIONS") or raw:
        connection.putheader("content-length", str(len(raw)))
    try:
        connection.endheaders(raw)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    finally:
        connection.close()
    try:
        body = json.loads(text)
    except ValueError:
        body = text
    return answer.status, answer.headers, body


def check_ws(server, case):
    expected = case.get("ours", case)
    out, closed = asyncio.run(converse(server, case.get("path", "/ws"), case["frames_in"], len(expected["frames_out"])))
    true(len(out) == len(expected["frames_out"]), f"{len(out)} frames instead of {len(expected['frames_out'])}: {short(out)}")
    for given, wanted, compare in zip(out, expected["frames_out"], expected["compare"]):
        true(given["type"] == wanted["type"], f"a frame {short(given)} instead of {short(wanted)}")
        if compare == "exact":
            compare_json(same_start(given, wanted), wanted)
        elif compare == "code" and given["type"] == "mcp":
            compare_code(given["data"], wanted["data"])
        elif given["type"] == "mcp":
            true("result" in given["data"], f"no result: {short(given)}")
        elif compare == "code":
            true(given["data"]["code"] == wanted["data"]["code"], f"{short(given)} instead of {wanted['data']['code']}")
    true(bool(closed) == bool(expected["closed"]), f"closed: {closed} instead of {expected['closed']}")
    if expected["closed"]:
        true(closed["code"] == expected["closed"]["code"], f"closed: {closed} instead of {expected['closed']}")


async def converse(server, path, frames, answers):
    """Sends the frames, takes an answer to each, then asks for the state to learn whether the socket is open."""
    out = []
    async with connect(f"ws://{server}{path}", proxy=None) as socket:
        try:
            for frame in frames:
                await socket.send(base64.b64decode(frame["binary_base64"]) if "binary_base64" in frame else frame["text"])
                out.append(json.loads(await asyncio.wait_for(socket.recv(), 10)))
            if not frames:
                out.append(json.loads(await asyncio.wait_for(socket.recv(), 10)))
            await socket.send('{"type": "state"}')
            await asyncio.wait_for(socket.recv(), 10)
        except ConnectionClosed as ended:
            return out, {"code": ended.rcvd.code if ended.rcvd else None}
    return out, None


def same_start(given, wanted):
    """The frame with its error's message cut to upstream's where it begins with that: only message and code reach a
    Python user, so ours may say more."""
    message, start = given["data"].get("message", ""), wanted["data"].get("message", "")
    if given["type"] != "error" or not start or not message.startswith(start):
        return given
    return {**given, "data": {**given["data"], "message": start}}


def compare_json(given, wanted):
    """Equal values, types included; the order of an object's keys is free."""
    true(canonical(given) == canonical(wanted), f"\n       got {short(given)}\n      want {short(wanted)}")


def canonical(value):
    return json.dumps(value, sort_keys=True)


def compare_code(given, wanted):
    """Types of the errors for FastAPI's shape; code and id for JSON-RPC."""
    if "detail" in wanted:
        true(isinstance(given, dict) and isinstance(given.get("detail"), list), f"no list of errors: {short(given)}")
        kinds = [error["type"] for error in given["detail"]]
        true(kinds == [error["type"] for error in wanted["detail"]], f"errors {kinds}: {short(given)}")
        for error in given["detail"]:
            true({"type", "loc", "msg", "input"} <= set(error), f"a bare error: {error}")
    else:
        true("error" in given, f"no error: {short(given)}")
        true(given["error"]["code"] == wanted["error"]["code"], f"{short(given)} instead of code {wanted['error']['code']}")
        true(given["id"] == wanted["id"] and type(given["id"]) is type(wanted["id"]), f"id {given['id']!r} instead of {wanted['id']!r}")


def short(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) < 600 else text[:600] + "…"

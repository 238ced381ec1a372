"""Episodes over plain HTTP: sessions by header, body, query and cookie, and what a stranger is told."""

import http.client
import json
import time
import urllib.parse

from episodes import OBSERVATION_FIELDS, TASKS, winning_actions
from suite import equal, true


def run_all(suite, url):
    server = urllib.parse.urlsplit(url).netloc
    for carrier in ("header", "body", "query", "cookie"):
        suite.run(f"HTTP episode won, session by {carrier}", win, server, carrier)
    suite.run("two curl lines just work", newcomer, server)
    suite.run("HTTP sessions are apart", apart, server)
    suite.run("an unknown session is 404", unknown_session, server)
    suite.run("a session of HTTP opens on the WebSocket", same_session_everywhere, url, server)
    suite.run("a foreign Origin is refused", foreign_origin, server)
    suite.run("the routes of the contract answer", routes, server)
    suite.run("bodies past 1 MiB are refused", too_large, server)
    suite.run("agent-facing routes keep their secrets", no_secrets, server)


def run_capacity(suite, url):
    """`url` is a server that has room for two sessions."""
    suite.run("HTTP and MCP at capacity", at_capacity, urllib.parse.urlsplit(url).netloc)


def at_capacity(server):
    """Takes what room there is, is refused on both transports, and gives the room back."""
    create = {"jsonrpc": "2.0", "id": 1, "method": "openenv/session/create"}
    sessions = []
    for _ in range(20):
        answer = call(server, "POST", "/mcp", create)[2]
        if "result" in answer and len(sessions) == 2:
            raise AssertionError("a third session at a server for two")
        if "result" in answer:
            sessions.append(answer["result"]["session_id"])
        elif len(sessions) == 2:
            break
        else:
            time.sleep(0.2)  # sockets of the check before are still going
    try:
        equal(len(sessions), 2, "sessions begun")
        equal(answer["error"]["code"], -32000, "code over MCP")
        equal(answer["error"]["data"], {"active_sessions": 2, "max_sessions": 2}, "data over MCP")
        status, headers, body = call(server, "POST", "/reset", {})
        equal(status, 503, f"status over HTTP ({body})")
        true(int(headers["Retry-After"]) > 0, "Retry-After is no number of seconds")
        true("detail" in body, f"no typed error: {body}")
    finally:
        for session in sessions:
            close = {"jsonrpc": "2.0", "id": 2, "method": "openenv/session/close", "params": {"session_id": session}}
            equal(call(server, "POST", "/mcp", close)[2]["result"], {"session_id": session, "closed": True}, "closing")


def call(server, method, path, body=None, headers=None):
    """One request; `(status, headers, parsed body)`."""
    connection = http.client.HTTPConnection(server, timeout=20)
    try:
        sent = dict(headers or {})
        if body is not None:
            sent.setdefault("content-type", "application/json")
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        raw = answer.read().decode()
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.status, answer.headers, json.loads(raw) if is_json and raw else raw
    finally:
        connection.close()


class HttpEpisode:
    """A session that carries its id in the chosen way."""

    def __init__(self, server, carrier):
        self.server, self.carrier, self.session, self.cookie = server, carrier, None, None

    def send(self, method, path, body=None):
        headers = {}
        if self.session and self.carrier == "header":
            headers["X-Session-ID"] = self.session
        if self.session and self.carrier == "cookie":
            headers["Cookie"] = self.cookie
        if self.session and self.carrier == "body" and method == "POST":
            body = {**body, "session_id": self.session}
        elif self.session and self.carrier in ("query", "body"):
            path += f"?session_id={self.session}"
        return call(self.server, method, path, body, headers)

    def reset(self, **arguments):
        status, headers, body = self.send("POST", "/reset", arguments)
        equal(status, 200, f"status of /reset ({body})")
        equal(sorted(body), ["done", "metadata", "observation", "reward"], "envelope")
        equal(sorted(body["observation"]), sorted(OBSERVATION_FIELDS), "observation")
        self.session = body["metadata"]["session_id"]
        equal(body["observation"]["metadata"]["session_id"], self.session, "both copies of the id")
        equal(headers["X-Session-ID"], self.session, "X-Session-ID")
        cookie = headers["Set-Cookie"]
        if cookie:
            for part in ("support_ops_session=", "HttpOnly", "SameSite=Lax"):
                true(part in cookie, f"no {part} in {cookie}")
            self.cookie = cookie.split(";")[0]
        return body

    def step(self, action):
        status, _, body = self.send("POST", "/step", {"action": action})
        equal(status, 200, f"status of /step ({body})")
        equal(sorted(body), ["done", "metadata", "observation", "reward"], "envelope")
        return body

    def state(self):
        status, _, body = self.send("GET", "/state")
        equal(status, 200, f"status of /state ({body})")
        return body


def win(server, carrier):
    for task_id in TASKS:
        episode = HttpEpisode(server, carrier)
        episode.reset(task_id=task_id)
        first_id = episode.session
        for action in winning_actions(task_id, episode.state()["required_evidence"]):
            body = episode.step(action)
        equal(body["reward"], 1.0, "score")
        equal(body["done"], True, "done")
        episode.reset(task_id=task_id)
        equal(episode.session, first_id, "the session is reused")


def newcomer(server):
    status, _, body = call(server, "POST", "/reset", "{}")
    equal(status, 200, "status of /reset")
    status, _, body = call(server, "POST", "/step", {"action": {"action_type": "review_ticket"}})
    equal(status, 200, f"status of /step ({body})")
    equal(body["observation"]["collected_evidence"], ["ticket"], "evidence")
    status, _, body = call(server, "GET", "/state")
    equal(body["step_count"], 1, "step_count")


def apart(server):
    one, other = HttpEpisode(server, "header"), HttpEpisode(server, "header")
    one.reset(task_id=TASKS[0])
    other.reset(task_id=TASKS[1])
    true(one.session != other.session, "two sessions have one id")
    one.step({"action_type": "review_ticket"})
    equal(other.state()["step_count"], 0, "the other's step_count")
    equal(one.state()["step_count"], 1, "its own step_count")


def unknown_session(server):
    known = {"X-Session-ID": "no-such-session"}
    for method, path, body in (
        ("POST", "/reset", {}),
        ("POST", "/step", {"action": {"action_type": "review_ticket"}}),
        ("GET", "/state", None),
    ):
        status, _, answer = call(server, method, path, body, known)
        equal(status, 404, f"{path} with an unknown id ({answer})")
        true("detail" in answer, f"no detail in {answer}")
    status, _, answer = call(server, "POST", "/step", {"action": {"action_type": "nope"}}, known)
    equal(status, 422, "a badly shaped request comes before its session")
    status, _, _ = call(server, "POST", "/reset", {}, {"Cookie": "support_ops_session=stale"})
    equal(status, 200, "a stale cookie counts as none")


def same_session_everywhere(url, server):
    import asyncio

    from websockets.asyncio.client import connect

    episode = HttpEpisode(server, "header")
    episode.reset(task_id=TASKS[0])

    async def over_socket():
        async with connect(f"ws://{server}/ws?session_id={episode.session}", proxy=None) as socket:
            await socket.send(json.dumps({"type": "step", "data": {"action_type": "review_ticket"}}))
            json.loads(await asyncio.wait_for(socket.recv(), 10))

    asyncio.run(over_socket())
    equal(episode.state()["step_count"], 1, "step_count over HTTP")
    _, _, body = call(
        server,
        "POST",
        "/mcp",
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "review_ticket", "arguments": {}, "session_id": episode.session},
        },
    )
    true("result" in body, f"tools/call in a session of HTTP: {body}")
    equal(episode.state()["step_count"], 2, "step_count after MCP")


def foreign_origin(server):
    for path, method in (("/health", "GET"), ("/reset", "POST"), ("/mcp", "POST"), ("/ws", "GET")):
        status, _, _ = call(server, method, path, {} if method == "POST" else None, {"Origin": "https://evil.example"})
        equal(status, 403, f"{method} {path} with a foreign Origin")
    status, _, _ = call(server, "GET", "/health", None, {"Host": "evil.example"})
    equal(status, 403, "a foreign Host on loopback")
    status, _, _ = call(server, "GET", "/health", None, {"Origin": f"http://{server}"})
    equal(status, 200, "its own Origin")


def routes(server):
    for path in (
        "/health",
        "/metadata",
        "/schema",
        "/state",
        "/openapi.json",
        "/tasks",
        "/metrics",
        "/ready",
        "/docs",
        "/",
    ):
        status, _, _ = call(server, "GET", path)
        true(status in (200, 307) or path == "/state" and status == 404, f"GET {path}: {status}")
    schema = call(server, "GET", "/schema", None, {"Accept-Encoding": "identity"})[2]
    titles = [schema[part].get("title") for part in ("action", "observation", "state")]
    equal(titles, ["ToolUseAction", "ToolUseObservation", "ToolUseState"], "titles of the schemas")
    true("reset_observation" in schema, "no reset_observation in /schema")
    equal(call(server, "GET", "/health")[2], {"status": "healthy"}, "/health")


def too_large(server):
    body = b'{"a": "' + b"x" * (1024 * 1024) + b'"}'
    try:
        status, _, _ = call(server, "POST", "/reset", body)
    except (BrokenPipeError, ConnectionResetError):
        return  # refused while the client was still sending
    equal(status, 413, "a body past 1 MiB")


def no_secrets(server):
    tasks = call(server, "GET", "/tasks")[2]
    text = json.dumps(tasks)
    for word in ("required_evidence", "expected", "keywords", "oracle", "harmful"):
        true(word not in text, f"/tasks shows {word}")

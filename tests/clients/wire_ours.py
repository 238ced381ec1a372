"""Where this server answers otherwise than stock OpenEnv, what it answers, and why.

`over_http` and `over_ws` take a recorded exchange and return `(ours, why)`, or `(None, None)` where upstream's answer
is ours as well.
"""

import base64
import copy
import json
import re

import wire_models

ECHO_LIMIT = 200
JSON_TYPE = {"content-type": "application/json"}

WHY_NUMBERS = "JSON has no NaN, no infinity and no number past the range of a double: such text is not JSON here."
WHY_SURROGATE = "A lone surrogate is not Unicode text and cannot be kept: such text is not JSON here."
WHY_STRICT = "Integers are strict, and a seed is 0 to 2^63-1."
WHY_ALIKE = "Validation is the same on every transport."
WHY_OWN = "task_id, split, index and difficulty are arguments of this environment's reset."
WHY_CUT = "An echoed input string is cut at 200 characters."
WHY_TYPED = "Every error is typed; nothing a client sends is a server error or a plain-text answer."
WHY_UTF8 = "JSON on the wire is UTF-8."
WHY_OPEN = "A frame that is JSON but no object, or binary, gets an error frame and the socket stays open."
WHY_METHODS = "HEAD and OPTIONS are answered as a good web server would."
WHY_TOOLS = "This environment has MCP tools."
WHY_TOOL_STEPS = "Tools can be listed and called as steps, as an environment with MCP tools has it."
WHY_PYTHON = "The offending type is named as JSON, not as Python would print it, and not at any length."
WHY_RESET_FIRST = "A step before any reset is an error that says to call reset."


def request_bytes(request):
    if "body_base64" in request:
        return base64.b64decode(request["body_base64"])
    return request.get("body", "").encode()


def compare_http(name, response):
    """How much of upstream's answer is ours to repeat."""
    if name.startswith("mcp/"):
        return "code" if "error" in response["body"] else "status"
    if name != "route/health" and response["status"] < 400 or response["status"] == 501:
        return "status"
    return "exact"


def compare_frame(frame):
    if frame["type"] == "mcp":
        return "code" if "error" in frame["data"] else "status"
    return "exact" if frame["type"] == "error" else "status"


def over_http(name, request, response):
    group = name.split("/")[0]
    if group == "route":
        return our_route(name, request)
    text = request_bytes(request).decode("utf-8", "replace")
    if group == "mcp":
        return our_rpc(name, text)
    if name in ("step/list-tools", "step/call-tool"):
        return {"status": 200, "compare": "status"}, WHY_TOOL_STEPS
    if group == "tasks":
        if response["status"] == 422:
            return None, None
        return our_index(text)
    if group == "reset" and text.strip():
        return not_json(text) if reason_unreadable(text) else our_reset(text, response)
    if reason_unreadable(text) and "json" in request["headers"].get("content-type", ""):
        return not_json(text)
    if name.endswith("/utf-16"):
        return refused("json_invalid"), WHY_UTF8
    if response["status"] == 400:
        return {"status": [400, 422], "compare": "status"}, WHY_TYPED
    if response["status"] >= 500:
        return refused("model_attributes_type"), WHY_TYPED
    return shortened(response)


def reason_unreadable(text):
    """Why this text, which Python reads as JSON, is none for us; None otherwise."""
    if re.search(r"(?<![\w\"])(-?Infinity|NaN|1e400)\b", text):
        return WHY_NUMBERS
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return WHY_SURROGATE
    except (ValueError, RecursionError):
        return None
    return None


def not_json(text):
    return refused("json_invalid"), reason_unreadable(text)


def refused(kind):
    """A 422 with one error of this type about the body; its wording is free."""
    return {"status": 422, "compare": "code", "headers": dict(JSON_TYPE), "body": {"detail": [{"type": kind, "loc": ["body"]}]}}


def our_reset(text, response):
    """Reset arguments that pass upstream, or pass it in part, and not here."""
    errors = wire_models.our_reset_errors(json.loads(text))
    if not errors:
        return None, None
    detail = [{key: (["body", *value] if key == "loc" else value) for key, value in error.items() if key != "url"} for error in errors]
    body = {"detail": echo_cut(json.loads(json.dumps(detail)))}
    if body == response["body"]:
        return None, None
    own = any(key in text for key in ("task_id", "split", "index", "difficulty"))
    why = WHY_OWN if own else WHY_CUT if response["status"] == 422 else WHY_STRICT
    return {"status": 422, "compare": "exact", "headers": dict(JSON_TYPE), "body": body}, why


def our_index(text):
    """A task's index that upstream reads as an integer and is none."""
    value = json.loads(text or "{}").get("index")
    if not isinstance(value, (str, bool)):
        return None, None
    error = {"type": "int_type", "loc": ["body", "index"], "msg": "Input should be a valid integer", "input": value}
    return {"status": 422, "compare": "exact", "headers": dict(JSON_TYPE), "body": {"detail": [error]}}, WHY_STRICT


def shortened(response):
    body = response["body"]
    if not isinstance(body, dict) or not isinstance(body.get("detail"), list):
        return None, None
    cut = {"detail": echo_cut(body["detail"])}
    return (None, None) if cut == body else ({**response, "compare": "exact", "body": cut}, WHY_CUT)


def echo_cut(errors):
    """The errors with every string under an `input` cut to what is echoed."""
    errors = copy.deepcopy(errors)
    for error in errors:
        error["input"] = cut(error.get("input"))
    return errors


def cut(value):
    if isinstance(value, str):
        return value[:ECHO_LIMIT]
    if isinstance(value, list):
        return [cut(item) for item in value]
    if isinstance(value, dict):
        return {key: cut(item) for key, item in value.items()}
    return value


def our_route(name, request):
    if request["method"] == "HEAD" and request["path"] == "/health":
        return {"status": 200, "compare": "status"}, WHY_METHODS
    if request["method"] == "OPTIONS" and name != "route/options-unknown":
        return {"status": [200, 204], "compare": "status"}, WHY_METHODS
    if name == "route/get-ws-without-upgrade":
        return {"status": [400, 404, 426], "compare": "status"}, "A plain GET is told to upgrade, or that nothing is there."
    if name == "route/delete-mcp":
        return {"status": 400, "compare": "status"}, "MCP's clients end their sessions so; without a session's name it is a bad request."
    if name == "route/trailing-slash":
        return {"status": [200, 307, 308, 404], "compare": "status"}, "Whether a trailing slash is forgiven is free."
    return None, None


def our_rpc(name, text):
    """The JSON-RPC answers of an environment that has tools; for the `mcp` frame too."""

    def answer(compare, **more):
        return {"status": 200, "compare": compare, "body": {"jsonrpc": "2.0", **more}}

    case = name.split("/")[1]
    if case == "list-tools":
        return answer("status", id=1, result={"tools": None}), WHY_TOOLS
    if case in ("call-unknown-tool", "call-unknown-session", "list-unknown-session"):
        return answer("code", id=1, error={"code": -32602}), WHY_TOOLS
    if reason_unreadable(text):
        return answer("code", id=None, error={"code": -32700}), reason_unreadable(text)
    if case in ("id-true", "id-whole-float"):
        return answer("code", id=None, error={"code": -32600}), WHY_STRICT
    return None, None


def over_ws(name, frames, out):
    """As `over_http`, for the last frame of a conversation."""
    last, group = frames[-1], name.split("/")[0]
    before = out[: len(frames) - 1]

    def instead(frame, compare, why):
        said = [compare_frame(frame) for frame in before]
        return {"frames_out": [*before, frame], "closed": None, "compare": [*said, compare]}, why

    if isinstance(last, bytes):
        return instead(error_frame("INVALID_JSON"), "code", WHY_OPEN)
    if reason_unreadable(last):
        return instead(error_frame("INVALID_JSON"), "code", reason_unreadable(last))
    if group == "mcp":
        ours, why = our_rpc(name, last)
        if name == "mcp/list-unknown-session":
            ours, why = our_rpc("mcp/list-tools", last)  # a socket's calls are in its own session, whatever they name
        if ours:
            return instead({"type": "mcp", "data": ours["body"]}, ours["compare"], why)
    try:
        value = json.loads(last)
    except RecursionError:
        return instead(error_frame("INVALID_JSON"), "code", WHY_TYPED)
    except ValueError:
        return None, None
    if not isinstance(value, dict):
        return instead(error_frame("VALIDATION_ERROR"), "code", WHY_OPEN)
    if name in ("step/list-tools", "step/call-tool"):
        return instead({"type": "observation", "data": {}}, "status", WHY_TOOL_STEPS)
    if name == "frame/step-before-reset":
        return instead(error_frame("EXECUTION_ERROR"), "code", WHY_RESET_FIRST)
    kind = value.get("type", "")
    if kind is None or isinstance(kind, (bool, list, dict)) or isinstance(kind, str) and len(kind) > ECHO_LIMIT:
        return instead(error_frame("UNKNOWN_TYPE"), "code", WHY_PYTHON)
    errors = wire_models.our_reset_errors(value.get("data", {})) if group == "reset" else None
    if not errors and out and out[-1]["type"] == "error":
        errors = out[-1]["data"].get("errors")
    if errors:
        errors = json.loads(json.dumps(echo_cut(errors)))
        frame = error_frame("VALIDATION_ERROR", message="Invalid message", errors=errors)
        if frame["data"] != out[-1]["data"]:
            return instead(frame, "exact", WHY_ALIKE if group == "reset" else WHY_CUT)
    return None, None


def error_frame(code, **more):
    return {"type": "error", "data": {"code": code, **more}}

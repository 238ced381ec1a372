"""The requests that the wire goldens record: what clients get wrong, by accident or on purpose."""

import json

LONG = "x" * 256


def reset_cases():
    """`(name, body text)` for the arguments of a reset; sent over HTTP as they are, over WebSocket as `data`."""
    values = {
        "empty-object": "{}",
        "seed-null": '{"seed": null}',
        "seed-zero": '{"seed": 0}',
        "seed-largest": '{"seed": 9223372036854775807}',
        "seed-too-large": '{"seed": 9223372036854775808}',
        "seed-past-u64": '{"seed": 18446744073709551616}',
        "seed-negative": '{"seed": -5}',
        "seed-digits-as-string": '{"seed": "7"}',
        "seed-word": '{"seed": "abc"}',
        "seed-empty-string": '{"seed": ""}',
        "seed-fraction": '{"seed": 1.5}',
        "seed-fraction-as-string": '{"seed": "1.5"}',
        "seed-whole-float": '{"seed": 7.0}',
        "seed-exponent": '{"seed": 1e2}',
        "seed-true": '{"seed": true}',
        "seed-list": '{"seed": [7]}',
        "seed-object": '{"seed": {"a": 1}}',
        "seed-nan": '{"seed": NaN}',
        "seed-infinity": '{"seed": Infinity}',
        "seed-minus-infinity": '{"seed": -Infinity}',
        "seed-1e400": '{"seed": 1e400}',
        "seed-repeated-last-good": '{"seed": "abc", "seed": 7}',
        "seed-repeated-last-bad": '{"seed": 7, "seed": -1}',
        "episode-id-null": '{"episode_id": null}',
        "episode-id-255": json.dumps({"episode_id": "x" * 255}),
        "episode-id-255-wide": json.dumps({"episode_id": "é" * 255}, ensure_ascii=False),
        "episode-id-256": json.dumps({"episode_id": LONG}),
        "episode-id-number": '{"episode_id": 5}',
        "episode-id-true": '{"episode_id": true}',
        "episode-id-list": '{"episode_id": []}',
        "episode-id-object": '{"episode_id": {}}',
        "episode-id-lone-surrogate": '{"episode_id": "\\ud800"}',
        "extra-key-unknown": '{"render": true, "colour": {"deep": [1, 2]}}',
        "extra-key-nan": '{"render": NaN}',
        "extra-key-lone-surrogate": '{"render": "\\udfff"}',
        "task-id-null": '{"task_id": null, "split": null, "index": null, "difficulty": null}',
        "task-id-number": '{"task_id": 5}',
        "task-id-list": '{"task_id": ["a"]}',
        "split-number": '{"split": 1}',
        "index-digits-as-string": '{"index": "1"}',
        "index-word": '{"index": "first"}',
        "index-fraction": '{"index": 0.5}',
        "index-whole-float": '{"index": 1.0}',
        "index-true": '{"index": true}',
        "index-list": '{"index": []}',
        "difficulty-unknown": '{"difficulty": "extreme"}',
        "difficulty-number": '{"difficulty": 3}',
        "several-errors": json.dumps({"episode_id": LONG, "seed": -1}),
        "several-errors-with-ours": '{"difficulty": "extreme", "index": "x", "split": 2, "task_id": 1, "episode_id": 9, "seed": -1}',
        "nested-50": '{"extra": ' + "[" * 50 + "]" * 50 + "}",
    }
    return values.items()


def action_cases():
    """`(name, action text)`: bodies of a step, wrapped for HTTP, bare on the WebSocket."""
    values = {
        "review": '{"action_type": "review_ticket"}',
        "all-nulls-and-metadata": '{"action_type": "review_ticket", "artifact_id": null, "query": null, "message": null, "resolution_code": null, "metadata": {}}',
        "metadata-filled": '{"action_type": "review_ticket", "metadata": {"model": "m", "n": [1, 2.5, null]}}',
        "field-not-needed": '{"action_type": "review_ticket", "message": "hello"}',
        "needed-field-missing": '{"action_type": "inspect_artifact"}',
        "empty-object": "{}",
        "type-missing": '{"artifact_id": "order"}',
        "type-null": '{"action_type": null}',
        "type-unknown": '{"action_type": "refund_everything"}',
        "type-upper-case": '{"action_type": "REVIEW_TICKET"}',
        "type-blanks": '{"action_type": " review_ticket "}',
        "type-empty": '{"action_type": ""}',
        "type-number": '{"action_type": 1}',
        "type-true": '{"action_type": true}',
        "type-float": '{"action_type": 1.5}',
        "type-list": '{"action_type": ["review_ticket"]}',
        "type-object": '{"action_type": {"a": 1}}',
        "type-long": json.dumps({"action_type": "y" * 300}),
        "type-lone-surrogate": '{"action_type": "\\ud83d"}',
        "type-nan": '{"action_type": NaN}',
        "type-repeated-last-good": '{"action_type": "nope", "action_type": "review_ticket"}',
        "type-repeated-last-bad": '{"action_type": "review_ticket", "action_type": "nope"}',
        "metadata-null": '{"action_type": "review_ticket", "metadata": null}',
        "metadata-list": '{"action_type": "review_ticket", "metadata": []}',
        "metadata-string": '{"action_type": "review_ticket", "metadata": "a"}',
        "metadata-number": '{"action_type": "review_ticket", "metadata": 3}',
        "metadata-nan-inside": '{"action_type": "review_ticket", "metadata": {"loss": NaN}}',
        "metadata-1e400-inside": '{"action_type": "review_ticket", "metadata": {"loss": 1e400}}',
        "metadata-nested-50": '{"action_type": "review_ticket", "metadata": {"a": ' + "[" * 50 + "]" * 50 + "}}",
        "unknown-key": '{"action_type": "review_ticket", "colour": "red"}',
        "unknown-key-null": '{"action_type": "review_ticket", "colour": null}',
        "unknown-key-near-miss": '{"action_type": "inspect_artifact", "artifactid": "order"}',
        "unknown-keys-keep-their-order": '{"zebra": 1, "action_type": "review_ticket", "apple": [2], "mango": {"x": null}}',
        "wrapped-on-websocket-bare-on-http": '{"action": {"action_type": "review_ticket"}}',
        "several-errors": '{"colour": "red", "resolution_code": 5, "action_type": "nope", "query": [], "metadata": 1, "artifact_id": false, "message": {}}',
        "list-tools": '{"type": "list_tools"}',
        "call-tool": '{"type": "call_tool", "tool_name": "list_tasks", "arguments": {}}',
        "message-lone-surrogate": '{"action_type": "draft_reply", "message": "a \\ud800 b"}',
        "message-escaped-pair": '{"action_type": "draft_reply", "message": "\\ud83d\\ude00"}',
        "message-nul": '{"action_type": "draft_reply", "message": "\\u0000"}',
    }
    for field in ("artifact_id", "query", "message", "resolution_code"):
        action = {
            "artifact_id": "inspect_artifact",
            "query": "search_policy",
            "message": "draft_reply",
            "resolution_code": "submit_resolution",
        }[field]
        for kind, text in {
            "number": "5",
            "float": "1.5",
            "true": "true",
            "list": '["a"]',
            "object": '{"a": "b"}',
        }.items():
            values[f"{field}-{kind}"] = f'{{"action_type": "{action}", "{field}": {text}}}'
    return values.items()


ACTION = '{"action_type": "review_ticket"}'


def step_envelope_cases():
    """`(name, body text)` for `POST /step` around a good action."""
    values = {
        "action-missing": "{}",
        "action-null": '{"action": null}',
        "action-string": '{"action": "review_ticket"}',
        "action-list": '{"action": []}',
        "action-number": '{"action": 1}',
        "action-true": '{"action": true}',
        "action-repeated-last-good": f'{{"action": null, "action": {ACTION}}}',
        "timeout-null": f'{{"action": {ACTION}, "timeout_s": null}}',
        "timeout-5": f'{{"action": {ACTION}, "timeout_s": 5}}',
        "timeout-number-as-string": f'{{"action": {ACTION}, "timeout_s": "5.5"}}',
        "timeout-true": f'{{"action": {ACTION}, "timeout_s": true}}',
        "timeout-zero": f'{{"action": {ACTION}, "timeout_s": 0}}',
        "timeout-zero-float": f'{{"action": {ACTION}, "timeout_s": 0.0}}',
        "timeout-negative": f'{{"action": {ACTION}, "timeout_s": -1}}',
        "timeout-false": f'{{"action": {ACTION}, "timeout_s": false}}',
        "timeout-word": f'{{"action": {ACTION}, "timeout_s": "x"}}',
        "timeout-list": f'{{"action": {ACTION}, "timeout_s": []}}',
        "timeout-object": f'{{"action": {ACTION}, "timeout_s": {{}}}}',
        "timeout-nan": f'{{"action": {ACTION}, "timeout_s": NaN}}',
        "timeout-infinity": f'{{"action": {ACTION}, "timeout_s": Infinity}}',
        "timeout-1e400": f'{{"action": {ACTION}, "timeout_s": 1e400}}',
        "request-id-null": f'{{"action": {ACTION}, "request_id": null}}',
        "request-id-255": json.dumps({"action": json.loads(ACTION), "request_id": "r" * 255}),
        "request-id-256": json.dumps({"action": json.loads(ACTION), "request_id": "r" * 256}),
        "request-id-number": f'{{"action": {ACTION}, "request_id": 1}}',
        "extra-keys": f'{{"action": {ACTION}, "render": true, "verbose": null}}',
        "several-errors": '{"request_id": 1, "timeout_s": "x", "action": 5}',
        "envelope-errors-hide-action-errors": '{"timeout_s": 0, "action": {"action_type": "nope"}}',
        "action-missing-extras-kept-in-input": '{"render": true}',
        "websocket-shape": ACTION,
    }
    return values.items()


def body_cases():
    """`(name, body bytes, headers)`: bodies that are no good JSON object, for `/reset` and `/step` alike."""
    json_type = {"content-type": "application/json"}
    yield "empty", b"", json_type
    yield "empty-without-content-type", b"", {}
    yield "blanks", b"  \n ", json_type
    yield "null", b"null", json_type
    yield "array", b"[]", json_type
    yield "array-of-objects", b'[{"seed": 1}]', json_type
    yield "string", b'"hello"', json_type
    yield "number", b"5", json_type
    yield "float", b"1.5", json_type
    yield "true", b"true", json_type
    yield "nan", b"NaN", json_type
    yield "1e400", b"1e400", json_type
    yield "word", b"hello", json_type
    yield "open-brace", b"{", json_type
    yield "open-string", b'{"seed', json_type
    yield "open-value", b'{"seed":', json_type
    yield "open-list", b'{"a": [1, 2', json_type
    yield "no-colon", b'{"seed" 1}', json_type
    yield "no-comma", b'{"seed": 1 "episode_id": "a"}', json_type
    yield "trailing-comma", b'{"seed": 1,}', json_type
    yield "trailing-comma-in-list", b'{"a": [1,]}', json_type
    yield "single-quotes", b"{'seed': 1}", json_type
    yield "bare-key", b"{seed: 1}", json_type
    yield "comment", b'{"seed": 1} // one', json_type
    yield "two-values", b"{} {}", json_type
    yield "leading-zero", b'{"seed": 01}', json_type
    yield "plus-sign", b'{"seed": +1}', json_type
    yield "bare-dot", b'{"seed": 1.}', json_type
    yield "bad-escape", b'{"a": "\\x41"}', json_type
    yield "bad-unicode-escape", b'{"a": "\\u12"}', json_type
    yield "raw-control-character", b'{"a": "\n"}', json_type
    yield "error-on-third-line", b'{\n  "seed": 1,\n  oops\n}', json_type
    yield "error-after-wide-characters", '{"é😀": oops}'.encode(), json_type
    yield "byte-order-mark", b"\xef\xbb\xbf{}", json_type
    yield "not-utf-8", b'{"a": "\xff\xfe"}', json_type
    yield "utf-16", '{"seed": 1}'.encode("utf-16"), json_type
    yield "nul-byte", b"\x00", json_type
    yield "deep-array-2000", b"[" * 2000 + b"]" * 2000, json_type
    yield "deep-object-2000", b'{"a":' * 2000 + b"1" + b"}" * 2000, json_type
    yield "digits-5000", b'{"seed": ' + b"7" * 5000 + b"}", json_type
    yield "content-type-text", b'{"seed": 1}', {"content-type": "text/plain"}
    yield "content-type-text-not-json", b"hello", {"content-type": "text/plain"}
    yield "content-type-text-long", b"z" * 300, {"content-type": "text/plain"}
    yield "content-type-form", b"seed=1", {"content-type": "application/x-www-form-urlencoded"}
    yield "content-type-multipart", b"--a--", {"content-type": "multipart/form-data; boundary=a"}
    yield "content-type-octets", b"\xff\xfe", {"content-type": "application/octet-stream"}
    yield "content-type-missing", b'{"seed": 1}', {}
    yield "content-type-garbage", b'{"seed": 1}', {"content-type": "garbage"}
    yield "content-type-upper-case", b'{"seed": 1}', {"content-type": "Application/JSON"}
    yield "content-type-charset", b'{"seed": 1}', {"content-type": "application/json; charset=utf-8"}
    yield "content-type-suffix-json", b'{"seed": 1}', {"content-type": "application/vnd.api+json"}
    yield "content-type-json-seq", b'{"seed": 1}', {"content-type": "application/json-seq"}


def route_cases():
    """`(name, method, path)`: routes and methods that are not there."""
    yield "unknown-route", "GET", "/nope"
    yield "unknown-route-post", "POST", "/nope"
    yield "unknown-route-nested", "GET", "/reset/now"
    yield "get-reset", "GET", "/reset"
    yield "get-step", "GET", "/step"
    yield "put-reset", "PUT", "/reset"
    yield "delete-step", "DELETE", "/step"
    yield "post-state", "POST", "/state"
    yield "post-health", "POST", "/health"
    yield "post-schema", "POST", "/schema"
    yield "post-metadata", "POST", "/metadata"
    yield "delete-mcp", "DELETE", "/mcp"
    yield "get-mcp", "GET", "/mcp"
    yield "get-ws-without-upgrade", "GET", "/ws"
    yield "head-health", "HEAD", "/health"
    yield "head-reset", "HEAD", "/reset"
    yield "options-reset", "OPTIONS", "/reset"
    yield "options-health", "OPTIONS", "/health"
    yield "options-unknown", "OPTIONS", "/nope"
    yield "trailing-slash", "GET", "/health/"
    yield "double-slash", "GET", "//health"
    yield "health", "GET", "/health"
    yield "health-with-query", "GET", "/health?x=1"
    yield "state", "GET", "/state"
    yield "metadata", "GET", "/metadata"


def task_api_cases():
    """`(name, method, path, body or None)`; `{env}` stands for the environment's name."""
    yield "list-environments", "GET", "/list_environments", None
    yield "splits-unknown-env", "GET", "/nope/splits", None
    yield "tasks-unknown-env", "POST", "/nope/tasks", '{"split": "test"}'
    yield "tasks-missing-split", "POST", "/{env}/tasks", "{}"
    yield "tasks-no-body", "POST", "/{env}/tasks", ""
    yield "tasks-split-null", "POST", "/{env}/tasks", '{"split": null}'
    yield "tasks-split-number", "POST", "/{env}/tasks", '{"split": 1}'
    yield "tasks-extra-key", "POST", "/{env}/tasks", '{"split": "test", "limit": 2}'
    yield "tasks-several-errors", "POST", "/{env}/tasks", '{"limit": 2, "split": []}'
    yield "num-tasks-missing-split", "POST", "/{env}/num_tasks", "{}"
    yield "task-missing-both", "POST", "/{env}/task", "{}"
    yield "task-index-word", "POST", "/{env}/task", '{"split": "test", "index": "x"}'
    yield "task-index-digits-as-string", "POST", "/{env}/task", '{"split": "test", "index": "1"}'
    yield "task-index-true", "POST", "/{env}/task", '{"split": "test", "index": true}'
    yield "task-index-fraction", "POST", "/{env}/task", '{"split": "test", "index": 0.5}'
    yield "task-index-null", "POST", "/{env}/task", '{"split": "test", "index": null}'
    yield "task-range-wrong-bounds", "POST", "/{env}/task_range", '{"split": "test", "start": "a", "stop": []}'
    yield "task-malformed", "POST", "/{env}/task", "{"
    yield "task-array", "POST", "/{env}/task", "[]"


def rpc_cases():
    """`(name, text)`: JSON-RPC for `POST /mcp`, and for the `mcp` frame where it is an object."""
    ok = '"jsonrpc": "2.0"'
    values = {
        "empty": "",
        "blanks": " ",
        "word": "hello",
        "open-brace": "{",
        "null": "null",
        "true": "true",
        "number": "5",
        "string": '"a"',
        "array": "[]",
        "batch": f'[{{{ok}, "id": 1, "method": "tools/list"}}]',
        "empty-object": "{}",
        "jsonrpc-missing": '{"method": "tools/list", "id": 1}',
        "jsonrpc-1.0": '{"jsonrpc": "1.0", "method": "tools/list", "id": 1}',
        "jsonrpc-number": '{"jsonrpc": 2.0, "method": "tools/list", "id": 1}',
        "jsonrpc-null": '{"jsonrpc": null, "method": "tools/list", "id": 1}',
        "method-missing": f'{{{ok}, "id": 1}}',
        "method-null": f'{{{ok}, "id": 1, "method": null}}',
        "method-number": f'{{{ok}, "id": 1, "method": 5}}',
        "method-empty": f'{{{ok}, "id": 1, "method": ""}}',
        "method-unknown": f'{{{ok}, "id": 1, "method": "tools/dance"}}',
        "method-reserved": f'{{{ok}, "id": "a", "method": "reset"}}',
        "params-null": f'{{{ok}, "id": 1, "method": "tools/list", "params": null}}',
        "params-array": f'{{{ok}, "id": 1, "method": "tools/list", "params": []}}',
        "params-string": f'{{{ok}, "id": 1, "method": "tools/list", "params": "a"}}',
        "extra-key": f'{{{ok}, "id": 1, "method": "tools/list", "extra": 1}}',
        "id-null": f'{{{ok}, "id": null, "method": "nope"}}',
        "id-missing": f'{{{ok}, "method": "nope"}}',
        "id-string": f'{{{ok}, "id": "seven", "method": "nope"}}',
        "id-zero": f'{{{ok}, "id": 0, "method": "nope"}}',
        "id-negative": f'{{{ok}, "id": -3, "method": "nope"}}',
        "id-large": f'{{{ok}, "id": 9007199254740993, "method": "nope"}}',
        "id-float": f'{{{ok}, "id": 1.5, "method": "nope"}}',
        "id-whole-float": f'{{{ok}, "id": 2.0, "method": "nope"}}',
        "id-true": f'{{{ok}, "id": true, "method": "nope"}}',
        "id-list": f'{{{ok}, "id": [], "method": "nope"}}',
        "id-object": f'{{{ok}, "id": {{}}, "method": "nope"}}',
        "several-errors": '{"jsonrpc": "1", "method": 5, "params": [], "id": {}, "extra": 1}',
        "nan-in-params": f'{{{ok}, "id": 1, "method": "nope", "params": {{"x": NaN}}}}',
        "repeated-key": f'{{{ok}, "id": 1, "method": "one", "method": "two"}}',
        "lone-surrogate": f'{{{ok}, "id": 1, "method": "\\ud800"}}',
        "deep-2000": f'{{{ok}, "id": 1, "method": "nope", "params": {{"x": ' + "[" * 2000 + "]" * 2000 + "}}",
        "call-without-name": f'{{{ok}, "id": 1, "method": "tools/call", "params": {{}}}}',
        "call-name-null": f'{{{ok}, "id": 1, "method": "tools/call", "params": {{"name": null}}}}',
        "call-name-empty": f'{{{ok}, "id": 1, "method": "tools/call", "params": {{"name": ""}}}}',
        "call-unknown-session": f'{{{ok}, "id": 1, "method": "tools/call", "params": {{"name": "x", "session_id": "nope"}}}}',
        "list-unknown-session": f'{{{ok}, "id": 1, "method": "tools/list", "params": {{"session_id": "nope"}}}}',
        "close-without-session": f'{{{ok}, "id": 1, "method": "openenv/session/close"}}',
        "close-session-null": f'{{{ok}, "id": 1, "method": "openenv/session/close", "params": {{"session_id": null}}}}',
        "close-session-empty": f'{{{ok}, "id": 1, "method": "openenv/session/close", "params": {{"session_id": ""}}}}',
        "close-unknown-session": f'{{{ok}, "id": 1, "method": "openenv/session/close", "params": {{"session_id": "nope"}}}}',
        "create-session": f'{{{ok}, "id": 1, "method": "openenv/session/create"}}',
        "list-tools": f'{{{ok}, "id": 1, "method": "tools/list"}}',
        "call-unknown-tool": f'{{{ok}, "id": 1, "method": "tools/call", "params": {{"name": "dance"}}}}',
    }
    return values.items()


def frame_cases():
    """`(name, [frames])`: WebSocket frames; `bytes` go out as binary frames."""
    yield "word", ["hello"]
    yield "empty-text", [""]
    yield "blanks", ["  "]
    yield "open-brace", ["{"]
    yield "open-string", ['{"type": "re']
    yield "trailing-comma", ['{"type": "state",}']
    yield "two-values", ['{"type": "state"} {"type": "state"}']
    yield "error-on-second-line", ['{"type": "state",\n oops}']
    yield "error-after-wide-characters", ['{"é😀": oops}']
    yield "byte-order-mark", ['\ufeff{"type": "state"}']
    yield "raw-control-character", ['{"type": "a\tb"}']
    yield "array", ["[]"]
    yield "array-of-frames", ['[{"type": "state"}]']
    yield "null", ["null"]
    yield "true", ["true"]
    yield "number", ["5"]
    yield "string", ['"state"']
    yield "nan", ["NaN"]
    yield "binary-json", [b'{"type": "state"}']
    yield "binary-empty", [b""]
    yield "binary-octets", [b"\xff\x00"]
    yield "deep-array-2000", ["[" * 2000 + "]" * 2000]
    yield "deep-object-2000", ['{"type": "reset", "data": ' + '{"a":' * 2000 + "1" + "}" * 2000 + "}"]
    yield "empty-object", ["{}"]
    yield "type-null", ['{"type": null}']
    yield "type-number", ['{"type": 5}']
    yield "type-true", ['{"type": true}']
    yield "type-float", ['{"type": 1.5}']
    yield "type-list", ['{"type": ["a", 1, null]}']
    yield "type-object", ['{"type": {"a": "b"}}']
    yield "type-empty", ['{"type": ""}']
    yield "type-unknown", ['{"type": "dance"}']
    yield "type-upper-case", ['{"type": "RESET"}']
    yield "type-unknown-long", [json.dumps({"type": "t" * 300})]
    yield "type-quotes", ['{"type": "a\\"b\'c"}']
    yield "type-unknown-with-data", ['{"type": "observation", "data": {}}']
    yield "type-lone-surrogate", ['{"type": "\\ud800"}']
    yield "type-repeated", ['{"type": "dance", "type": "state"}']
    yield "reset-without-data", ['{"type": "reset"}']
    yield "reset-data-null", ['{"type": "reset", "data": null}']
    yield "reset-data-list", ['{"type": "reset", "data": []}']
    yield "reset-data-string", ['{"type": "reset", "data": "a"}']
    yield "reset-data-number", ['{"type": "reset", "data": 5}']
    yield "reset-data-true", ['{"type": "reset", "data": true}']
    yield "reset-extra-key", ['{"type": "reset", "seed": 7}']
    yield "reset-several-errors", ['{"zoo": 1, "type": "reset", "data": 5, "id": 1}']
    yield "step-before-reset", ['{"type": "step", "data": {"action_type": "review_ticket"}}']
    yield "step-without-data", ['{"type": "step"}']
    yield "step-data-null", ['{"type": "step", "data": null}']
    yield "step-data-list", ['{"type": "step", "data": []}']
    yield "step-data-string", ['{"type": "step", "data": "review_ticket"}']
    yield "step-data-number", ['{"type": "step", "data": 1}']
    yield "step-extra-key", ['{"type": "step", "data": {"action_type": "review_ticket"}, "timeout_s": 5}']
    yield "step-action-key", ['{"type": "step", "action": {"action_type": "review_ticket"}}']
    yield "step-envelope-error-hides-action-error", ['{"type": "step", "data": {"action_type": "nope"}, "id": 3}']
    yield "state", ['{"type": "state"}']
    yield "state-data", ['{"type": "state", "data": {}}']
    yield "state-data-null", ['{"type": "state", "data": null}']
    yield "state-two-extra-keys", ['{"b": 1, "type": "state", "a": [2]}']
    yield "close", ['{"type": "close"}']
    yield "close-extra-key", ['{"type": "close", "data": {}}']
    yield "close-after-reset", ['{"type": "reset"}', '{"type": "close"}']
    yield "mcp-without-data", ['{"type": "mcp"}']
    yield "mcp-data-null", ['{"type": "mcp", "data": null}']
    yield "mcp-data-list", ['{"type": "mcp", "data": []}']
    yield "mcp-data-string", ['{"type": "mcp", "data": "a"}']
    yield "mcp-extra-key", ['{"type": "mcp", "data": {"jsonrpc": "2.0", "id": 1, "method": "nope"}, "id": 1}']
    yield (
        "mcp-own-session-closed",
        ['{"type": "mcp", "data": {"jsonrpc": "2.0", "id": 1, "method": "openenv/session/close", "params": {"session_id": "nope"}}}'],
    )
    yield (
        "errors-then-a-good-frame",
        ["hello", '{"type": "dance"}', '{"type": "step", "data": {}}', '{"type": "reset"}', '{"type": "state"}'],
    )

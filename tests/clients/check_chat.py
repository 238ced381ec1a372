"""Whether what is asked of models is what the `openai` package's own types allow.

    python check_chat.py path/to/support-ops

Plays the shipped tasks by a host of this script's, which answers with one call or one text, now and then with several
calls at once, and checks every request. Needs the packages `openai` and `pydantic`.
"""

import itertools
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming, CompletionCreateParamsStreaming
from pydantic import ConfigDict, TypeAdapter, with_config

ACTIONS = [
    ("review_ticket", {}),
    ("inspect_artifact", {"artifact_id": "order"}),
    ("search_policy", {"query": "refunds"}),
    ("draft_reply", {"message": "We look into it.\nThank you."}),
    ("submit_resolution", {"resolution_code": "request_more_information"}),
]


class Host(BaseHTTPRequestHandler):
    """Answers chats and keeps what it was asked."""

    asked: list[dict] = []
    numbers = itertools.count()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Host.asked.append(body)
        number = next(Host.numbers)
        picked = [ACTIONS[(number + more) % len(ACTIONS)] for more in range(3 if number % 7 == 0 else 1)]
        message = {"role": "assistant", "content": json.dumps({"action_type": picked[0][0], **picked[0][1]})}
        if "tools" in body:
            calls = [
                {"id": f"call_{at}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
                for at, (name, arguments) in enumerate(picked)
            ]
            message = {"role": "assistant", "content": None, "tool_calls": calls}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None:
        pass


def main(binary: str) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env = {**os.environ, "API_BASE_URL": f"http://127.0.0.1:{server.server_port}/v1", "API_KEY": "a-key"}
    for more in (["--mode", "tools"], ["--mode", "json", "--temperature", "0.5"], ["--stream", "--max-tokens", "99"]):
        subprocess.run([binary, "inference", "--tasks", "tasks", *more], env=env, check=True, stdout=subprocess.DEVNULL)
    for body in Host.asked:
        kind = CompletionCreateParamsStreaming if body.get("stream") else CompletionCreateParamsNonStreaming
        with_config(ConfigDict(extra="forbid"))(kind)
        read = TypeAdapter(kind).validate_python(body)
        # Lists are checked as they are read.
        list(read.get("tools") or [])
        for message in read["messages"]:
            list(message.get("tool_calls") or [])
    print(f"{len(Host.asked)} requests are as the openai package's types say")


if __name__ == "__main__":
    main(sys.argv[1])

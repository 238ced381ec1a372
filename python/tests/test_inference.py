"""`inference.py`: its lines, read by a parser made from their description, with models and hosts of all kinds."""

import contextlib
import http.server
import importlib.util
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TASKS = ["damaged-mug-replacement", "duplicate-charge-refund", "account-takeover-fraud"]

START = re.compile(r"\[START\] task=(?P<task>\S+) env=(?P<env>\S+) model=(?P<model>\S+)")
STEP = re.compile(
    r"\[STEP\] step=(?P<step>[1-9]\d*) action=(?P<action>\S+) reward=(?P<reward>[01]\.\d\d) "
    r"done=(?P<done>true|false) error=(?P<error>\S+(?: \S+)*)"
)
END = re.compile(
    r"\[END\] success=(?P<success>true|false) steps=(?P<steps>\d+) score=(?P<score>[01]\.\d{3}) "
    r"rewards=(?P<rewards>(?:[01]\.\d\d(?:,[01]\.\d\d)*)?)"
)


def parse(text):
    """Episodes of a log: `[(start, steps, end)]`. Refuses every line that is not just as it should be."""
    assert text.endswith("\n") or not text
    episodes = []
    open_episode = None
    for line in text.split("\n")[:-1]:
        start, step, end = (form.fullmatch(line) for form in (START, STEP, END))
        if start:
            assert open_episode is None, "an episode begins before the last has ended"
            open_episode = (start.groupdict(), [])
        elif step:
            assert open_episode is not None, "a step outside of an episode"
            open_episode[1].append(step.groupdict())
            assert int(step["step"]) == len(open_episode[1])
        else:
            assert end, f"no line of the format: {line!r}"
            assert open_episode is not None, "an end without a beginning"
            begun, steps = open_episode
            assert int(end["steps"]) == len(steps)
            assert end["rewards"] == ",".join(step["reward"] for step in steps)
            assert all(step["done"] == "false" for step in steps[:-1])
            episodes.append((begun, steps, end.groupdict()))
            open_episode = None
    assert open_episode is None, "an episode without an end"
    return episodes


UNSET = re.compile("KEY|TOKEN|MODEL|IMAGE|BASE_URL|OPEN_INTERVAL")


def environment_of(**more):
    return {name: value for name, value in os.environ.items() if not UNSET.search(name)} | more


def infer(url, *arguments, **environment):
    """Runs the file in this process, since loading OpenEnv takes seconds: `(exit code, stdout, stderr)`."""
    spec = importlib.util.spec_from_file_location("__inference__", ROOT / "inference.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if UNSET.search(name):
                patch.delenv(name)
        for name, value in {"NO_PROXY": "127.0.0.1", "ENV_BASE_URL": url, **environment}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["inference.py", *arguments])
        out, err = io.TextIOWrapper(io.BytesIO()), io.StringIO()
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(out):
            before = signal.getsignal(signal.SIGTERM)
            try:
                spec.loader.exec_module(module)
                code = module.main()
            finally:
                signal.signal(signal.SIGTERM, before)
    return code, out.buffer.getvalue().decode(), err.getvalue()


def test_as_a_program(url):
    program = subprocess.run(
        [sys.executable, str(ROOT / "inference.py")],
        capture_output=True,
        env=environment_of(NO_PROXY="127.0.0.1", ENV_BASE_URL=url),
        timeout=120,
    )
    assert (program.returncode, program.stdout.decode(), program.stderr.decode()) == infer(url)


def test_the_scripted_policy(url):
    code, out, err = infer(url)
    why = "there is no key in HF_TOKEN or API_KEY: the scripted policy plays"
    assert (code, err) == (0, f"{why}; a host that wants no key takes any, such as API_KEY=EMPTY\n")
    episodes = parse(out)
    assert [start["task"] for start, _, _ in episodes] == TASKS
    for start, steps, end in episodes:
        assert (start["env"], start["model"]) == ("support_ops_env", "scripted")
        assert steps[-1]["done"] == "true"
        assert [step["error"] for step in steps] == ["null"] * len(steps)
        assert float(end["score"]) == float(steps[-1]["reward"])
        # It answers neutrally, so it never passes; it looks and decides, so it is worth something.
        assert end["success"] == "false"
        assert 0.3 < float(end["score"]) < 1
    assert infer(url)[1] == out


def test_one_task(url):
    code, out, _ = infer(url, "--task", TASKS[1])
    assert code == 0
    assert [start["task"] for start, _, _ in parse(out)] == [TASKS[1]]
    code, out, err = infer(url, "--task", "nothing")
    assert (code, out) == (2, "")
    assert TASKS[0] in err


@pytest.mark.parametrize(("arguments", "environment"), [(["--open-interval"], {}), ([], {"OPEN_INTERVAL": "1"})])
def test_the_open_interval(url, arguments, environment):
    code, out, _ = infer(url, *arguments, **environment)
    assert code == 0
    for _, steps, end in parse(out):
        for printed in [end["score"], *(step["reward"] for step in steps)]:
            assert 0.01 <= float(printed) <= 0.99
        assert any(step["reward"] == "0.01" for step in steps)


def test_the_native_command_prints_the_same(url, binary):
    helped = subprocess.run([binary, "inference", "--help"], capture_output=True)
    if helped.returncode != 0:
        pytest.skip("this binary has no `inference`")
    for arguments in ([], ["--open-interval"]):
        ours = infer(url, *arguments)[1]
        command = [binary, "inference", *arguments]
        for more in ({}, {"ENV_BASE_URL": url}):
            theirs = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment_of(**more), timeout=120)
            assert theirs.stdout.decode() == ours, more


def test_no_server():
    code, out, err = infer("http://127.0.0.1:9")
    assert (code, out) == (2, "")
    assert "nothing could be played" in err


def test_a_server_that_fails_on_the_way():
    with serving(OnlyTasks) as address:
        code, out, err = infer(address)
    assert code == 2
    assert parse(out) == [
        (
            {"task": "a_task", "env": "odd_env_[END]", "model": "scripted"},
            [],
            {"success": "false", "steps": "0", "score": "0.000", "rewards": ""},
        )
    ]
    assert "a task" in err


class OnlyTasks(http.server.BaseHTTPRequestHandler):
    """A server that lists a task with an odd name and can do no more."""

    def do_GET(self):
        known = self.path == "/tasks"
        body = json.dumps({"tasks": [{"id": "a\ntask"}], "env_name": "odd env\u2028[END]"}).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body) if known else 0))
        self.end_headers()
        self.wfile.write(body if known else b"")

    def log_message(self, *_):
        pass


# What a model does: it takes the first record to be the one that counts, and always sends another.
MOVES = [
    ("review_ticket", {}),
    ("inspect_artifact", {"artifact_id": "order"}),
    ("inspect_artifact", {"artifact_id": "a\nb"}),
    ("search_policy", {"query": "damaged items"}),
    ("draft_reply", {"message": "We are sorry.\n\nA replacement is on its way at no extra cost."}),
    ("submit_resolution", {"resolution_code": "send_replacement"}),
]


def as_tool(name, arguments):
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def as_json(name, arguments):
    action = json.dumps({"action_type": name, **arguments})
    return {"role": "assistant", "content": f"I think {{so}}:\n```json\n{action}\n```"}


def nonsense(*_):
    return {"role": "assistant", "content": "I would rather talk about {tea}. {"}


class Host(http.server.BaseHTTPRequestHandler):
    """A stand-in for a host of models: the key says how it behaves."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = self.headers["Authorization"].removeprefix("Bearer ")
        self.server.asked.append(asked)
        if kind == "refused!":
            return self.answer(401, {"error": {"message": f"no such key: {kind}"}})
        if kind == "no-tools" and "tools" in asked:
            return self.answer(400, {"error": {"message": "tools are not supported"}})
        moves = sum(message["role"] == "assistant" for message in asked["messages"])
        form = {"tools": as_tool, "nonsense": nonsense}.get(kind, as_json)
        message = form(*MOVES[min(moves, len(MOVES) - 1)])
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = {"id": "1", "object": "chat.completion", "created": 0, "model": "stand-in", "choices": [choice]}
        return self.answer(200, {**body, "choices": [] if kind == "empty" else [choice]})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class serving:
    """An HTTP server on loopback while the block runs; its address, and `asked` on the handler's server."""

    def __init__(self, handler):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.asked = []

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize("kind", ["tools", "json", "no-tools"])
def test_a_model(url, kind):
    host = serving(Host)
    with host as address:
        code, out, err = infer(
            url, "--task", TASKS[0], API_BASE_URL=address, MODEL_NAME="acme/model 1", API_KEY=kind, HF_TOKEN="wrong"
        )
    [(start, steps, end)] = parse(out)
    assert (code, start["model"]) == (0, "acme/model_1")
    assert [step["action"].partition("(")[0] for step in steps] == [name for name, _ in MOVES]
    assert steps[2]["action"] == "inspect_artifact(a_b)"
    assert "order" in steps[2]["error"]
    assert steps[5]["done"] == "true"
    assert float(end["score"]) > 0.9
    assert host.server.asked[0]["model"] == "acme/model 1"
    assert ("asking without" in err) == (kind == "no-tools")
    # Every record that was shown came back to the model.
    assert "PPG-20931" in json.dumps(host.server.asked[-1]["messages"])


@pytest.mark.parametrize(
    ("kind", "says"), [("nonsense", "4 answers in a row"), ("empty", "no choices"), ("refused!", "no such key: [key]")]
)
def test_a_model_that_gives_no_action(url, kind, says):
    host = serving(Host)
    with host as address:
        code, out, err = infer(url, API_BASE_URL=address, OPENAI_API_KEY=kind)
    episodes = parse(out)
    assert code == 2
    assert [start["task"] for start, _, _ in episodes] == TASKS
    for start, steps, end in episodes:
        assert start["model"] == "Qwen/Qwen2.5-72B-Instruct"
        [step] = steps
        assert (step["action"], step["done"]) == ("-", "false")
        assert says in step["error"]
        assert (end["success"], end["score"]) == ("false", "0.000")
    assert err.count(says) == len(TASKS)
    assert len(host.server.asked) == len(TASKS) * (4 if kind == "nonsense" else 1)


def test_the_scripted_policy_needs_no_openai(url):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "openai", None)
        assert infer(url)[0] == 0
        code, out, err = infer(url, API_KEY="a-long-key")
    assert (code, out) == (2, "")
    assert "openai" in err


def test_a_short_key_is_for_hosts_on_this_machine(url):
    code, out, err = infer(url, API_BASE_URL="http://10.0.0.1:9/v1", API_KEY="EMPTY")
    assert (code, out) == (2, "")
    assert "fewer than 8" in err


@pytest.mark.parametrize(
    "wrong",
    [
        "hello\n",
        "[START] task=a env=b model=c\n",
        "[START] task=a env=b model=c d\n",
        "[START] task=a env=b model=c\n[END] success=true steps=1 score=1.000 rewards=\n",
        "[START] task=a env=b model=c\n[END] success=True steps=0 score=1.000 rewards=\n",
        "[START] task=a env=b model=c\n[STEP] step=2 action=a reward=0.00 done=false error=null\n"
        "[END] success=true steps=1 score=1.000 rewards=0.00\n",
        "[END] success=true steps=0 score=1.000 rewards=\n",
    ],
)
def test_the_parser_refuses(wrong):
    with pytest.raises(AssertionError):
        parse(wrong)

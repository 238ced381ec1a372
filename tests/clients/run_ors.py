"""Runs the checks of one client of the Open Reward Standard against a server that is up.

    target/clients/<package>/bin/python tests/clients/run_ors.py URL PACKAGE --token-url URL --token TOKEN

PACKAGE is `ors-sdk` or `openreward`; at `--token-url` is a server that asks for a token.
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import urllib.parse

from episodes import TASKS, winning_actions
from suite import Suite, equal, raises, true

os.environ["OPENREWARD_DISABLE_UPDATE_CHECK"] = "1"

ENV = "support_ops_env"
TOOLS = ["review_ticket", "inspect_artifact", "search_policy", "draft_reply", "submit_resolution"]
SPEC_KEYS = {"id", "title", "difficulty", "split", "objective", "max_steps", "tags"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("package")
    parser.add_argument("--token-url")
    parser.add_argument("--token")
    arguments = parser.parse_args()
    suite = Suite(f"[{arguments.package}]")
    connect = {"ors-sdk": ors_sdk, "openreward": openreward}[arguments.package]
    # `openreward` names environments by a variant; without one it asks at bare paths and follows the redirect.
    variants = {"ors-sdk": [""], "openreward": ["", ENV, ENV.upper()]}[arguments.package]
    for variant in variants:
        label = f" ({variant})" if variant else ""

        def opened():
            return connect(arguments.url, variant)

        suite.run(f"splits and tasks{label}", lists, opened)
        suite.run(f"tools, for every provider{label}", tools, opened)
        for task_id in TASKS:
            suite.run(f"{task_id} is won{label}", win, opened, arguments.url, task_id)
    suite.run("by split and index", win_by_place, opened, arguments.url)
    suite.run("mistakes are told", mistakes, opened)
    suite.run("bad choices are refused", bad_choices, opened)
    suite.run("a deleted session is gone", deleted, opened, arguments.url)
    suite.run("a long answer with blanks arrives whole", long_answer, opened)
    suite.run("32 sessions at once win", win_many, arguments, limit_s=120)
    if arguments.package == "openreward":
        suite.run("messages, version, no group scoring", newer_routes, opened)
    if arguments.token_url:
        suite.run("the server's token is the client's key", with_key, connect, arguments)
    suite.finish()


@contextlib.contextmanager
def ors_sdk(url, _variant, api_key=None):
    from ors.client import ORS

    with ORS(base_url=url, api_key=api_key) as client:
        yield client.environment(ENV)


@contextlib.contextmanager
def openreward(url, variant, api_key=None):
    from openreward.api.environments.client import EnvironmentsAPI

    with EnvironmentsAPI(url, api_key or "") as environments:
        yield environments.get("support-ops", variant=variant or None)


def lists(opened):
    with opened() as env:
        equal(env.list_splits(), ["test"], "splits")
        tasks = env.list_tasks("test")
        equal([task.task_spec["id"] for task in tasks], list(TASKS), "ids")
        for task in tasks:
            equal(set(task.task_spec), SPEC_KEYS, "keys of a spec")
            equal(task.environment_name.lower(), ENV, "environment_name")
        equal(env.num_tasks("test"), 3, "num_tasks")
        equal(env.get_task("test", -1).task_spec, tasks[2].task_spec, "the last task")
        equal([task.task_spec for task in env.get_task_range("test", -2)], [task.task_spec for task in tasks[1:]], "a range")
        equal(env.get_task_range("test", 2, 1), [], "an empty range")


def tools(opened):
    with opened() as env:
        equal([tool.name for tool in env.list_tools()], TOOLS, "tools")
        for provider in ("openai", "anthropic", "google", "openrouter"):
            equal(len(env.list_tools(format=provider)), 5, provider)
        with env.session(split="test", index=0) as session:
            equal([tool.name for tool in session.list_tools()], TOOLS, "the session's tools")


def win(opened, url, task_id):
    needed = required_evidence(url, task_id)
    with opened() as env:
        task = next(task for task in env.list_tasks("test") if task.task_spec["id"] == task_id)
        # The newer client wants to know where a secret may go.
        secrets = {"KEY": ("hunter2", ["example.com"])} if hasattr(env, "variant") else {"KEY": "hunter2"}
        with env.session(task=task, secrets=secrets) as session:
            check_prompt(session.get_prompt(), task.task_spec)
            play(session, task_id, needed)


def win_by_place(opened, url):
    with opened() as env, env.session(split="test", index=-1) as session:
        play(session, TASKS[-1], required_evidence(url, TASKS[-1]))


def check_prompt(prompt, spec):
    equal(len(prompt), 1, "blocks of the prompt")
    for part in (spec["objective"], f"there are {spec['max_steps']}", "Artifacts: ", "- "):
        true(part in prompt[0].text, f"the prompt should say {part!r}: {prompt[0].text}")


def play(session, task_id, needed):
    seen = []
    for action in winning_actions(task_id, needed):
        output = session.call_tool(action.pop("action_type"), action)
        check_output(output)
        seen.append(output)
    check_won(seen)


def check_output(output):
    equal([block.type for block in output.blocks], ["text"], "blocks")
    true(not output.blocks[0].text.startswith("Error"), output.blocks[0].text)
    true(isinstance(output.reward, float) and 0.0 <= output.reward <= 1.0, f"reward {output.reward!r}")


def check_won(seen):
    equal([output.finished for output in seen], [False] * (len(seen) - 1) + [True], "finished")
    equal(seen[-1].reward, 1.0, "the last reward")
    true("Score: 1.0, passed" in seen[-1].blocks[0].text, seen[-1].blocks[0].text)


def mistakes(opened):
    with opened() as env, env.session(split="test", index=0) as session:
        wrong = session.call_tool("inspect_artifact", {"artifact_id": "ordr"})
        true(wrong.blocks[0].text.startswith("Error: unknown artifact `ordr`"), wrong.blocks[0].text)
        equal((wrong.reward, wrong.finished), (0.0, False), "a wrong id is a step")
        raises(Exception, ["'fly' is not a valid tool"], lambda: session.call_tool("fly"))
        raises(Exception, ["Tool input validation error", "artifact_id"], lambda: session.call_tool("inspect_artifact"))
        left = session.call_tool("review_ticket").blocks[0].text
        true("Steps left: 6." in left, f"only two steps were taken: {left[-200:]}")


def bad_choices(opened):
    with opened() as env:
        raises(Exception, ["400", "Invalid split"], lambda: env.list_tasks("train"))
        raises(Exception, ["400", "Invalid task index"], lambda: env.get_task("test", 3))
        raises(Exception, ["400", "Invalid task index"], lambda: env.session(split="test", index=3).__enter__())


def deleted(opened, url):
    with opened() as env, env.session(split="test", index=0) as session:
        sid = session.sid
        equal(send(url, "POST", "/ping", session=sid)[0], 200, "before")
        equal(send(url, "POST", "/delete", session=sid), (200, {"sid": sid}), "deleting")
        raises(Exception, ["Session deleted"], session.get_prompt)
    equal(send(url, "POST", "/ping", session=sid)[0], 410, "after")


def long_answer(opened):
    """Clients drop the blanks that a piece begins with; none may get lost."""
    with opened() as env, env.session(split="test", index=0) as session:
        for blank in (" ", "\u00a0", "\u3000"):
            # A code of 8,000 blanks is blank, one that ends in a letter is unknown and repeated in the error.
            name = "x" + blank * 63
            error = raises(Exception, ["Tool input validation error"], lambda: session.call_tool("review_ticket", {name + str(at): 1 for at in range(16)}))
            true(str(error).count(name) >= 3, f"the names were changed: {error}")


async def win_many(arguments):
    needed = required_evidence(arguments.url, TASKS[0])
    # The client itself is held on to: it closes its connections when nobody does.
    client, env = async_client(arguments)

    async def one():
        seen = []
        async with env.session(split="test", index=0) as session:
            for action in winning_actions(TASKS[0], needed):
                seen.append(await session.call_tool(action.pop("action_type"), action))
        check_won(seen)

    await asyncio.gather(*(one() for _ in range(32)))
    await env.client.close()
    del client


def async_client(arguments):
    if arguments.package == "ors-sdk":
        from ors.client import AsyncORS

        client = AsyncORS(base_url=arguments.url)
        return client, client.environment(ENV)
    from openreward.api.environments.client import AsyncEnvironmentsAPI

    client = AsyncEnvironmentsAPI(arguments.url, "")
    return client, client.get("support-ops")


def newer_routes(opened):
    from openreward.api.errors import ScoreGroupUnsupported

    with opened() as env, env.session(split="test", index=0) as session:
        true(session.version()["version"], "version")
        messages = session.get_messages()
        equal([message.role for message in messages], ["user"], "roles")
        equal([block.text for block in messages[0].blocks], [block.text for block in session.get_prompt()], "messages")
        equal(session.supports_score_group(), False, "supports_score_group")
        raises(ScoreGroupUnsupported, [], lambda: session.score_group([messages]))
        true(session.terminal_tool() is None, "no terminal tool")


def with_key(connect, arguments):
    with connect(arguments.token_url, "", arguments.token) as env:
        equal(env.num_tasks("test"), 3, "num_tasks")
        with env.session(split="test", index=0) as session:
            equal(session.call_tool("review_ticket").reward, 0.05, "reward")
    with connect(arguments.token_url, "", "wrong") as env:
        raises(Exception, ["its token"], lambda: env.num_tasks("test"))


def required_evidence(url, task_id):
    """Read by a trainer, in a session of its own: ORS does not show it."""
    episode = send(url, "POST", "/reset", {"task_id": task_id})[1]
    session = episode["metadata"]["session_id"]
    return send(url, "GET", f"/state?session_id={session}")[1]["required_evidence"]


def send(url, method, path, body=None, session=None):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=20)
    headers = {"Content-Type": "application/json", **({"X-Session-ID": session} if session else {})}
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


if __name__ == "__main__":
    main()

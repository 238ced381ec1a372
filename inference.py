"""Plays every task of a Support Ops server and prints a line for each start, step and end.

    [START] task=<task> env=<benchmark> model=<model>
    [STEP] step=<n> action=<action> reward=<0.00> done=<true|false> error=<message|null>
    [END] success=<true|false> steps=<n> score=<0.000> rewards=<r1,r2,...>

These lines go to stdout and nothing else does. With a key a model plays, asked through the OpenAI client; without one a
scripted policy does, which knows no task: it reads what it is shown and follows fixed rules. It never plays for a model
whose calls fail: a last line says with `action=-` what the error was, and the episode ends there.

    HF_TOKEN, OPENAI_API_KEY, API_KEY   the key: HF_TOKEN at huggingface.co and OPENAI_API_KEY at openai.com before
                                        API_KEY, elsewhere the first of API_KEY, OPENAI_API_KEY and HF_TOKEN
    API_BASE_URL                        the model's host, https://router.huggingface.co/v1 if not set
    MODEL_NAME                          the model, Qwen/Qwen2.5-72B-Instruct if not set
    LOCAL_IMAGE_NAME, IMAGE_NAME        an image to start the server from
    ENV_BASE_URL                        else a server that runs, http://localhost:8000 if not set
    OPEN_INTERVAL                       1 to print rewards and scores inside of (0, 1), as --open-interval does

Needs the package `openenv`, and with a key `openai`. Exits with 0 when every task was played to its end, else with 2.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import ipaddress
import json
import math
import os
import pathlib
import re
import signal
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

if importlib.util.find_spec("support_ops_env") is None:
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "python" / "src"))

from support_ops_env import SupportOpsEnv, ToolUseAction, ToolUseObservation

API_BASE_URL = os.getenv("API_BASE_URL") or "https://router.huggingface.co/v1"
MODEL_NAME = os.getenv("MODEL_NAME") or "Qwen/Qwen2.5-72B-Instruct"
IMAGE_NAME = os.getenv("LOCAL_IMAGE_NAME") or os.getenv("IMAGE_NAME")
ENV_BASE_URL = os.getenv("ENV_BASE_URL") or "http://localhost:8000"

# Whose hosts a key is for; `API_KEY` is for any.
KEYS = {"API_KEY": None, "OPENAI_API_KEY": "openai.com", "HF_TOKEN": "huggingface.co"}


def key_names(base_url: str) -> list[str]:
    """Where a host's key may be: its own first, and never that of another company which has hosts of its own here."""
    host = urlsplit(base_url).hostname or ""
    own = [name for name, owner in KEYS.items() if owner and (host == owner or host.endswith("." + owner))]
    return [*own, "API_KEY"] if own else list(KEYS)


def key_for(base_url: str, variables: Mapping[str, str]) -> str | None:
    """The key to show to a host."""
    keys = (variables.get(name, "").strip() for name in key_names(base_url))
    return next((key for key in keys if key), None)


API_KEY = key_for(API_BASE_URL, os.environ)
# A shorter word is no key: it is not looked for in texts, and only hosts on this machine are shown it.
MIN_KEY = 8

# No task takes more: the server's own limit of `max_steps`.
MAX_STEPS = 1000
# The whole run may take 20 minutes: after so long no model is asked any more.
MODEL_BUDGET_S = 15 * 60
# Hosts that limit calls by the minute answer in the next one: the client's pauses come to over a minute.
QUESTION_BUDGET_S = 180
CALL_TIMEOUT_S = 60
CALL_RETRIES = 14
MAX_ANSWER_TOKENS = 1024
# How often in a row a model is told what is wrong with its answer.
MAX_REMINDERS = 3

# The field that each action needs.
NEEDS = {
    "review_ticket": None,
    "inspect_artifact": "artifact_id",
    "search_policy": "query",
    "draft_reply": "message",
    "submit_resolution": "resolution_code",
}

# ---- The lines ----

# Blanks, control characters and characters that nobody sees, lone halves of pairs included.
BLANK = re.compile(
    "[\u0000-\u0020\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    "\U000e0000-\U000e0fff\ud800-\udfff]+"
)
MAX_VALUE_CHARACTERS = 200
MAX_ERROR_CHARACTERS = 500


def render_word(text: str) -> str:
    """A text without blanks, cut where it is long: one word of a line."""
    return cut(squeeze(text, "_"), MAX_VALUE_CHARACTERS)


def render_action(action: ToolUseAction) -> str:
    """Such as `inspect_artifact(order)`."""
    field = NEEDS[action.action_type]
    value = getattr(action, field) if field else None
    return action.action_type if value is None else f"{action.action_type}({render_word(value)})"


def render_error(error: str | None) -> str:
    """The error in one line, cut where it is long, or `null`."""
    return cut(squeeze(error or "", " "), MAX_ERROR_CHARACTERS) or "null"


def cut(text: str, most: int) -> str:
    """A text's beginning."""
    return text if len(text) <= most else text[:most] + "..."


def squeeze(text: str, blank: str) -> str:
    """Blanks at the ends dropped, every other run of them as one `blank`."""
    return blank.join(part for part in BLANK.split(text) if part)


def render_flag(flag: bool) -> str:
    """`true` or `false`."""
    return "true" if flag else "false"


def clamped(value: float | None, open_interval: bool) -> float:
    """A number that may be printed; the open interval is that of what is printed, so its ends are two decimals in."""
    number = float(value) if value is not None and math.isfinite(value) else 0.0
    low, high = (0.01, 0.99) if open_interval else (0.0, 1.0)
    return min(max(number, low), high) + 0.0


# ---- The scripted policy ----

REPLY = (
    "Thank you for writing to us. We have read your message and looked into the records of your case. "
    "A member of our team is taking care of it and will write to you with the next steps."
)
MAX_QUERY_BYTES = 200
MAX_ARTIFACT_ID_BYTES = 64
CANDIDATE = re.compile(r"- ([a-z0-9]+(?:[-_][a-z0-9]+)*): ")
ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class ScriptedPolicy:
    """Reviews the ticket, inspects the records, looks the objective up, answers neutrally, submits what fits best."""

    def __init__(self, first: ToolUseObservation) -> None:
        """`first` answers the reset."""
        self.first = first
        self.policy_text = ""
        self.plan = self.play()
        next(self.plan)

    def act(self, seen: ToolUseObservation) -> ToolUseAction | None:
        """The next action; `None` gives up."""
        return self.plan.send(seen)

    def play(self) -> Generator[ToolUseAction | None, ToolUseObservation, None]:
        """Yields an action for each observation that is sent in."""
        seen = yield None
        if seen.remaining_steps > 2:
            seen = yield ToolUseAction(action_type="review_ticket")
        for artifact_id in listed_artifacts(self.first.workspace_summary):
            if seen.remaining_steps > 4:
                seen = yield ToolUseAction(action_type="inspect_artifact", artifact_id=artifact_id)
        query = query_of(self.first.objective)
        if seen.remaining_steps > 2 and query:
            seen = yield ToolUseAction(action_type="search_policy", query=query)
            candidate = first_candidate(seen.last_tool_result or "")
            if any(key.startswith("policy:") for key in seen.collected_evidence):
                self.policy_text = seen.last_tool_result or ""
            elif seen.remaining_steps > 2 and candidate:
                seen = yield ToolUseAction(action_type="search_policy", query=candidate)
                self.policy_text = seen.last_tool_result or ""
        if seen.remaining_steps > 1:
            seen = yield ToolUseAction(action_type="draft_reply", message=REPLY)
        code = best_code(self.first, self.policy_text)
        if code is not None:
            yield ToolUseAction(action_type="submit_resolution", resolution_code=code)
        while True:
            yield None


def listed_artifacts(summary: str) -> list[str]:
    """The ids that `workspace_summary` ends with."""
    _, mark, listed = summary.rpartition("Artifacts: ")
    ids = [part.strip(" \t\n\r\f\v") for part in listed.split(",")] if mark else []
    return [one for one in ids if one and len(one.encode(errors="replace")) <= MAX_ARTIFACT_ID_BYTES]


def words_of(text: str) -> list[str]:
    """Lower-case words of four letters or more."""
    return [word for word in re.findall("[a-z0-9]+", text.translate(ASCII_LOWER)) if len(word) >= 4]


def stems_of(text: str) -> set[str]:
    """Beginnings of words, under which `refund` and `refunded` are one."""
    return {word[:5] for word in words_of(text)}


def query_of(objective: str) -> str:
    """The objective's words, each once, as many as fit."""
    query = ""
    for word in dict.fromkeys(words_of(objective)):
        longer = f"{query} {word}" if query else word
        if len(longer) > MAX_QUERY_BYTES:
            break
        query = longer
    return query


def first_candidate(result: str) -> str | None:
    """The first id in a list of policies."""
    for line in result.split("\n"):
        match = CANDIDATE.match(line)
        if match:
            return match[1]
    return None


def best_code(first: ToolUseObservation, policy_text: str) -> str | None:
    """The code whose words occur most in the objective, the policy and the message; the first of equals."""
    sources = [(3, stems_of(first.objective)), (2, stems_of(policy_text)), (1, stems_of(first.customer_message))]
    best: tuple[int, int, str] | None = None
    for code in first.available_resolution_codes:
        stems = stems_of(code)
        points = sum(weight for weight, found in sources for stem in stems if stem in found)
        share = max(1, len(stems))
        if best is None or points * best[1] > best[0] * share:
            best = (points, share, code)
    return best and best[2]


# ---- The model ----

SYSTEM_PROMPT = """\
You are a customer-support agent. You work on one ticket with five actions, one action a turn:
- review_ticket: shows the whole ticket.
- inspect_artifact(artifact_id): shows one internal record; the ids stand at the end of the workspace summary.
- search_policy(query): looks up an operating rule. A near miss lists ids; search one of those to read it.
- draft_reply(message): saves your reply to the customer; the last one counts.
- submit_resolution(resolution_code): ends the case with one of the available codes.
Read the ticket, the records that matter and the rule that applies before you decide. The records are facts; what the
customer says may be mistaken or untrue. Say in the reply what was decided and what happens next. Steps are limited.
Answer with one tool call, or else with one JSON object and nothing beside it, such as
{"action_type": "inspect_artifact", "artifact_id": "order"}"""
DESCRIPTIONS = {
    "artifact_id": "An id from the end of the workspace summary.",
    "query": "A policy's id or title, or words to look for.",
    "message": "The reply to the customer.",
    "resolution_code": "One of the available resolution codes.",
}


def tool_of(action_type: str, field: str | None) -> dict[str, Any]:
    """An action as a tool that a model may call."""
    properties = {field: {"type": "string", "description": DESCRIPTIONS[field]}} if field else {}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": action_type, "parameters": parameters}}


TOOLS = [tool_of(action_type, field) for action_type, field in NEEDS.items()]


class NoActionError(Exception):
    """A model has given no action, and will not."""


class ModelPolicy:
    """Asks a model what to do next."""

    uses_tools = True
    # A host that has failed a question is asked the next one once, until it answers.
    retries = CALL_RETRIES
    begun = time.monotonic()

    def __init__(self, client: Any) -> None:
        """`client` is one of OpenAI's."""
        self.client = client
        self.messages: list[dict[str, Any]] = [{"role": "system", "content": SYSTEM_PROMPT}]
        self.call_id: str | None = None

    async def act(self, seen: ToolUseObservation) -> ToolUseAction | None:
        """The next action."""
        shown = {"role": "user", "content": render_seen(seen)}
        if self.call_id is not None:
            shown = {"role": "tool", "tool_call_id": self.call_id, "content": render_seen(seen)}
        self.messages.append(shown)
        for _ in range(MAX_REMINDERS + 1):
            try:
                action = await self.ask()
            except Exception as error:  # Whatever a host does, its episode ends in good order.
                raise NoActionError(hide(f"{type(error).__name__}: {error}")) from error
            if action is not None:
                return action
            self.messages.append({"role": "user", "content": "Your answer holds no action. Give one."})
        raise NoActionError(f"the model's answers hold no action ({MAX_REMINDERS + 1} answers in a row)")

    async def ask(self) -> ToolUseAction | None:
        """Asks, and reads the answer; `None` where it holds no action."""
        from openai import BadRequestError, NotFoundError, UnprocessableEntityError

        try:
            answer = await self.complete()
        except (BadRequestError, NotFoundError, UnprocessableEntityError) as error:
            if not ModelPolicy.uses_tools:
                raise
            log(f"the model's host may not take tools, asking without: {error}")
            ModelPolicy.uses_tools = False
            self.messages = [without_tools(message) for message in self.messages]
            answer = await self.complete()
        if not answer.choices:
            raise ValueError("the answer has no choices; is API_BASE_URL the address of an OpenAI-compatible host?")
        message = answer.choices[0].message
        for call in message.tool_calls or []:
            function = getattr(call, "function", None)
            action = function and action_of(function.name, function.arguments)
            if action:
                self.call_id = call.id
                asked = {"name": function.name, "arguments": function.arguments}
                called = {"id": call.id, "type": "function", "function": asked}
                self.messages.append({"role": "assistant", "content": message.content, "tool_calls": [called]})
                return action
        self.call_id = None
        self.messages.append({"role": "assistant", "content": message.content or "(no answer)"})
        return read_action(message.content or "")

    async def complete(self) -> Any:
        """One answer of the model, asked again where that may help."""
        left = MODEL_BUDGET_S - (time.monotonic() - ModelPolicy.begun)
        if left <= 0:
            raise TimeoutError(f"the model has had its {MODEL_BUDGET_S // 60} minutes")
        tools = {"tools": TOOLS, "tool_choice": "auto"} if ModelPolicy.uses_tools else {}
        client = self.client.with_options(max_retries=ModelPolicy.retries)
        asked = client.chat.completions.create(
            model=MODEL_NAME, messages=self.messages, temperature=0.0, max_tokens=MAX_ANSWER_TOKENS, **tools
        )
        ModelPolicy.retries = 0
        try:
            answer = await asyncio.wait_for(asked, min(left, QUESTION_BUDGET_S))
        except asyncio.TimeoutError:
            raise TimeoutError("the model's host gave no answer in time") from None
        ModelPolicy.retries = CALL_RETRIES
        return answer


def render_seen(seen: ToolUseObservation) -> str:
    """An observation as a model reads it."""
    fields = {
        "objective": seen.objective,
        "customer_message": seen.customer_message,
        "workspace_summary": seen.workspace_summary,
        "available_resolution_codes": ", ".join(seen.available_resolution_codes),
        "collected_evidence": ", ".join(seen.collected_evidence) or "none",
        "remaining_steps": seen.remaining_steps,
        "last_action_error": seen.last_action_error,
        "last_tool_result": seen.last_tool_result,
    }
    if seen.last_tool_result is not None or seen.last_action_error is not None:
        # What does not change was told at the beginning.
        for told in ("objective", "customer_message", "workspace_summary", "available_resolution_codes"):
            del fields[told]
    return "\n".join(f"{name}: {value}" for name, value in fields.items() if value is not None)


def without_tools(message: dict[str, Any]) -> dict[str, Any]:
    """A message of a conversation with tools, for a host that knows none."""
    if message["role"] == "tool":
        return {"role": "user", "content": message["content"]}
    if "tool_calls" in message:
        asked = message["tool_calls"][0]["function"]
        return {"role": "assistant", "content": json.dumps(asked)}
    return message


def read_action(text: str) -> ToolUseAction | None:
    """The first action that stands in a text as a JSON object."""
    for value in json_objects(text):
        name, arguments = value.get("action_type") or value.get("name"), value.get("arguments", value)
        action = action_of(name, arguments)
        if action:
            return action
    return None


def json_objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects in a text, from the outside in; of the first few places where one might begin."""
    for match in list(re.finditer(r"\{", text))[:20]:
        try:
            value, _ = json.JSONDecoder().raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def action_of(name: Any, arguments: Any) -> ToolUseAction | None:
    """A call as an action, if it is one; what the action does not need is dropped."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            return None
    if not isinstance(name, str) or name not in NEEDS or not isinstance(arguments, dict):
        return None
    field = NEEDS[name]
    value = arguments.get(field) if field else None
    # Text that came as a broken pair cannot be sent on.
    needed = {field: hide(str(value).encode(errors="replace").decode())} if field and value is not None else {}
    return ToolUseAction(action_type=name, **needed)


# ---- Playing ----


class Run:
    """One run: plays tasks and prints their lines."""

    def __init__(self, out: Any, model: str, open_interval: bool) -> None:
        """`out` takes the lines."""
        self.out = out
        self.model = model
        self.open_interval = open_interval
        self.client = client_of(API_KEY) if API_KEY else None

    async def play(self, base_url: str, env_name: str, task_id: str) -> bool:
        """Plays a task; whether it came to its end."""
        self.print(f"[START] task={render_name(task_id)} env={render_name(env_name)} model={render_name(self.model)}")
        rewards: list[float] = []
        score, success, done = 0.0, False, False
        env = None
        try:
            env = SupportOpsEnv(base_url=base_url)
            result = await env.reset(task_id=task_id)
            policy = ModelPolicy(self.client) if self.client else ScriptedPolicy(result.observation)
            done = result.done
            while not done and len(rewards) < MAX_STEPS:
                action = policy.act(result.observation)
                if asyncio.iscoroutine(action):
                    action = await action
                if action is None:
                    break
                result = await env.step(action)
                done = result.done
                rewards.append(clamped(result.reward, self.open_interval))
                self.print(
                    f"[STEP] step={len(rewards)} action={render_action(action)} reward={rewards[-1]:.2f} "
                    f"done={render_flag(done)} error={render_error(result.observation.last_action_error)}"
                )
            if done and rewards:
                score = clamped(result.reward, False)
                success = passed(result.observation, score)
        except NoActionError as error:
            # A step that was not taken has its line too: it says why.
            rewards.append(clamped(None, self.open_interval))
            told = render_error(str(error))
            self.print(f"[STEP] step={len(rewards)} action=- reward={rewards[-1]:.2f} done=false error={told}")
            log(f"{task_id}: {error}")
        except Exception as error:
            log(f"{task_id}: {type(error).__name__}: {error}")
        finally:
            try:
                if env is not None:
                    await env.close()
            except Exception as error:
                log(f"{task_id}: closing: {type(error).__name__}: {error}")
            finally:
                listed = ",".join(f"{reward:.2f}" for reward in rewards)
                score = clamped(score, self.open_interval)
                self.print(
                    f"[END] success={render_flag(success)} steps={len(rewards)} score={score:.3f} rewards={listed}"
                )
        return done

    def print(self, line: str) -> None:
        """A line, at once."""
        self.out.write(line + "\n")
        self.out.flush()


def render_name(name: str) -> str:
    """A name as one word; `-` where there is none."""
    return render_word(name) or "-"


def passed(last: ToolUseObservation, score: float) -> bool:
    """Whether the episode passed; a server that hides its reports shows it by a full score alone."""
    report = last.metadata.get("score")
    told = report.get("passed") if isinstance(report, dict) else None
    return told if isinstance(told, bool) else score >= 1.0


def client_of(key: str) -> Any:
    """A client of the model's host; raises `ValueError` where its key is none."""
    if len(key) < MIN_KEY and not is_near(urlsplit(API_BASE_URL).hostname or ""):
        raise ValueError(f"the key holds fewer than {MIN_KEY} characters; set it again, or unset it")
    from openai import AsyncOpenAI

    return AsyncOpenAI(base_url=API_BASE_URL, api_key=key, timeout=CALL_TIMEOUT_S, max_retries=CALL_RETRIES)


def is_near(host: str) -> bool:
    """Whether a host's name can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def finder_of(key: str) -> re.Pattern[str] | None:
    """Finds a key, whatever stands between its letters that is no printable ASCII: nobody tells it from nothing."""
    letters = [re.escape(letter) for letter in key if "!" <= letter <= "~"]
    return re.compile("[^!-~]*".join(letters)) if len(letters) >= MIN_KEY else None


HIDDEN_KEY = finder_of(API_KEY or "")


def hide(text: str) -> str:
    """The same text without the key: a host may repeat what it was shown."""
    return HIDDEN_KEY.sub("[key]", text) if HIDDEN_KEY else text


def log(text: str) -> None:
    """A line for people."""
    print(squeeze(hide(text), " ")[:2000], file=sys.stderr, flush=True)


async def play_all(run: Run, wanted: list[str]) -> int:
    """Plays the tasks in the server's order."""
    container = await SupportOpsEnv.from_docker_image(IMAGE_NAME) if IMAGE_NAME else None
    server = container or SupportOpsEnv(base_url=ENV_BASE_URL)
    try:
        offered = await server.fetch("/tasks")
        task_ids = [str(task["id"]) for task in offered["tasks"]]
        missing = [task_id for task_id in wanted if task_id not in task_ids]
        if missing:
            log(f"the server has no task {', '.join(missing)}; it has {', '.join(task_ids)}")
            return 2
        env_name = str(offered["env_name"])
        chosen = [task_id for task_id in task_ids if not wanted or task_id in wanted]
        ended = [await run.play(server.base_url or "", env_name, task_id) for task_id in chosen]
        return 0 if all(ended) else 2
    finally:
        if container is not None:
            await container.close()


def main() -> int:
    """Reads the arguments and plays."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", action="append", default=[], metavar="ID", help="only this task; repeatable")
    parser.add_argument(
        "--open-interval", action="store_true", help="print rewards and scores inside of (0, 1): from 0.01 to 0.99"
    )
    arguments = parser.parse_args()
    open_interval = arguments.open_interval or os.getenv("OPEN_INTERVAL", "").lower() in ("1", "true", "yes", "on")
    # What a library prints must not stand between the lines.
    out, sys.stdout = sys.stdout, sys.stderr
    out.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not API_KEY:
        why = f"there is no key in {' or '.join(key_names(API_BASE_URL))}"
        log(f"{why}: the scripted policy plays; a host that wants no key takes any, such as API_KEY=EMPTY")
    try:
        run = Run(out, MODEL_NAME if API_KEY else "scripted", open_interval)
        return asyncio.run(play_all(run, arguments.task))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        log(f"nothing could be played: {type(error).__name__}: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())

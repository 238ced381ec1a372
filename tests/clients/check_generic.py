"""`GenericEnvClient`, synchronous and asynchronous: winning, mistakes, isolation, many at once."""

import asyncio

from episodes import (
    OBSERVATION_FIELDS,
    STATE_FIELDS,
    TASKS,
    WINNING,
    check_won,
    looking_actions,
    winning_actions,
)
from openenv.core.generic_client import GenericEnvClient
from suite import equal, raises, true


def run_all(suite, url):
    for task_id in TASKS:
        suite.run(f"sync client wins {task_id}", win_sync, url, task_id)
        suite.run(f"async client wins {task_id}", win_async, url, task_id)
    suite.run("64 clients at once win", win_many, url, 64, limit_s=120)
    suite.run("envelope and state have exactly their fields", exact_fields, url)
    suite.run("reset takes seed, episode_id, nulls", reset_arguments, url)
    suite.run("index, split and difficulty choose the task", reset_choices, url)
    suite.run("a bad reset surfaces and leaves the episode", bad_reset, url)
    suite.run("a step before reset surfaces", step_before_reset, url)
    suite.run("a badly shaped step surfaces and does not count", bad_step, url)
    suite.run("a wrong id is an observation and counts", wrong_id, url)
    suite.run("a step after the end is told so", step_after_end, url)
    suite.run("a wrong code with all the rest right scores 0.4", wrong_code, url)
    suite.run("submitting at once scores 0", submit_at_once, url)
    suite.run("equal actions give equal episodes", equal_episodes, url)
    suite.run("two clients do not share an episode", isolation, url)
    suite.run("close, then a new client", close_and_again, url)


def connected(url):
    return GenericEnvClient(base_url=url).sync()


def play_sync(env, task_id):
    """Plays the winning episode; returns the last result, the state after it and the rewards."""
    equal(env.reset(task_id=task_id).observation["task_id"], task_id, "task_id after reset")
    rewards = []
    for action in winning_actions(task_id, env.state()["required_evidence"]):
        result = env.step(action)
        equal(result.observation["last_action_error"], None, f"last_action_error after {action}")
        rewards.append(result.reward)
    return result, env.state(), rewards


async def play_async(env, task_id):
    first = await env.reset(task_id=task_id)
    equal(first.observation["task_id"], task_id, "task_id after reset")
    rewards = []
    for action in winning_actions(task_id, (await env.state())["required_evidence"]):
        result = await env.step(action)
        equal(result.observation["last_action_error"], None, f"last_action_error after {action}")
        rewards.append(result.reward)
    return result, await env.state(), rewards


def win_sync(url, task_id):
    with connected(url) as env:
        check_won(task_id, *play_sync(env, task_id))


async def win_async(url, task_id):
    async with GenericEnvClient(base_url=url) as env:
        check_won(task_id, *await play_async(env, task_id))


async def win_many(url, count):
    """All connect before any plays, so that the sessions really are open together."""
    barrier = asyncio.Event()
    arrived = 0

    async def one(number):
        nonlocal arrived
        task_id = TASKS[number % len(TASKS)]
        async with GenericEnvClient(base_url=url) as env:
            await env.reset(task_id=task_id)
            arrived += 1
            if arrived == count:
                barrier.set()
            await barrier.wait()
            check_won(task_id, *await play_async(env, task_id))

    outcomes = await asyncio.gather(*(one(number) for number in range(count)), return_exceptions=True)
    failures = [outcome for outcome in outcomes if outcome is not None]
    true(not failures, f"{len(failures)} of {count} clients failed, the first with {failures[:1]!r}")


def exact_fields(url):
    with connected(url) as env:
        result = env.reset()
        equal(result.reward, None, "reward of a reset")
        equal(result.done, False, "done after a reset")
        observation = result.observation
        fields = set(observation)
        equal(sorted(fields), sorted(OBSERVATION_FIELDS), "fields of the observation")
        metadata = observation["metadata"]
        for key in ("episode_id", "task_id", "seed", "pack_digest"):
            true(key in metadata, f"metadata has no {key}")
        equal(observation["last_tool_result"], None, "last_tool_result at reset")
        equal(len(observation["available_actions"]), 5, "number of actions")
        state = env.state()
        equal(sorted(state), sorted(STATE_FIELDS), "fields of the state")
        equal(state["step_count"], 0, "step_count after reset")
        result = env.step({"action_type": "review_ticket"})
        equal(sorted(result.observation), sorted(OBSERVATION_FIELDS), "fields after a step")
        true(isinstance(result.reward, float), f"reward {result.reward!r} is no float")
        history = env.state()["action_history"]
        equal(sorted(history[0]), ["action", "error", "reward", "step"], "fields of the history")
        true(isinstance(history[0]["action"], dict), "an action of the history is no object")


def reset_arguments(url):
    with connected(url) as env:
        env.reset(seed=None, episode_id=None, task_id=None)
        env.reset(seed=7, episode_id="an episode of mine", task_id=TASKS[0], unknown_extra={"a": 1})
        state = env.state()
        equal(state["episode_id"], "an episode of mine", "episode_id")
        equal(state["seed"], 7, "seed")
        env.reset(seed=2**63 - 1)
        equal(env.state()["seed"], 2**63 - 1, "largest seed")


def reset_choices(url):
    with connected(url) as env:
        by_index = [env.reset(index=index).observation["task_id"] for index in range(3)]
        equal(by_index, list(TASKS), "easy, medium, hard")
        equal(env.reset(index=-1).observation["task_id"], TASKS[-1], "index -1")
        equal(env.reset(difficulty="medium").observation["task_id"], TASKS[1], "the medium task")
        equal(env.reset(split="test", index=0).observation["task_id"], TASKS[0], "first of split test")
        equal(env.reset(seed=4).observation["task_id"], TASKS[4 % 3], "seed 4 of 3 tasks")
    with connected(url) as env:
        walked = [env.reset().observation["task_id"] for _ in range(4)]
        equal(walked, [*TASKS, TASKS[0]], "plain resets walk the set")


def bad_reset(url):
    with connected(url) as env:
        env.reset(task_id=TASKS[0])
        env.step({"action_type": "review_ticket"})
        before = env.state()
        raises(RuntimeError, ["VALIDATION_ERROR", TASKS[1]], lambda: env.reset(task_id="duplicate-charge-refnd"))
        for arguments in (
            {"seed": -1},
            {"seed": "7"},
            {"seed": 1.5},
            {"episode_id": "x" * 256},
            {"split": "tset"},
            {"index": 99},
            {"index": True},
        ):
            raises(RuntimeError, ["VALIDATION_ERROR"], lambda: env.reset(**arguments))
        equal(env.state(), before, "the running episode")


def step_before_reset(url):
    with connected(url) as env:
        raises(RuntimeError, ["EXECUTION_ERROR", "reset"], lambda: env.step({"action_type": "review_ticket"}))
        state = env.state()
        equal(state["step_count"], 0, "idle step_count")
        equal(state["task_id"], None, "idle task_id")
        equal(state["action_history"], [], "idle history")
        equal(sorted(state), sorted(STATE_FIELDS), "fields of the idle state")


def bad_step(url):
    with connected(url) as env:
        env.reset(task_id=TASKS[0])
        for action in (
            {"action_type": "refund_everything"},
            {"action_type": "review_ticket", "colour": "red"},
            {"action_type": "inspect_artifact", "artifact_id": 5},
            {},
        ):
            raises(RuntimeError, ["VALIDATION_ERROR"], lambda: env.step(action))
        equal(env.state()["step_count"], 0, "step_count after badly shaped steps")
        equal(env.step({"action_type": "review_ticket"}).observation["last_action_error"], None, "the next good step")


def wrong_id(url):
    with connected(url) as env:
        env.reset(task_id=TASKS[0])
        for action in (
            {"action_type": "inspect_artifact", "artifact_id": "ordr"},
            {"action_type": "inspect_artifact"},
            {"action_type": "submit_resolution", "resolution_code": "send_replacment"},
            {"action_type": "draft_reply", "message": "  "},
            {"action_type": "draft_reply", "message": "x" * 16385},
        ):
            result = env.step(action)
            true(result.observation["last_action_error"], f"no last_action_error after {str(action)[:80]}")
            equal(result.reward, 0.0, "reward of a mistake")
            equal(result.done, False, "done after a mistake")
        equal(env.state()["step_count"], 5, "step_count after mistakes")


def step_after_end(url):
    with connected(url) as env:
        _, state, _ = play_sync(env, TASKS[0])
        late = env.step({"action_type": "review_ticket"})
        true(late.observation["last_action_error"], "no last_action_error after the end")
        equal(late.reward, 0.0, "reward after the end")
        equal(late.done, True, "done after the end")
        after = env.state()
        equal(after["step_count"], state["step_count"] + 1, "step_count after the end")
        equal({**after, "step_count": 0}, {**state, "step_count": 0}, "all else")


def wrong_code(url):
    """The first code that is neither expected, nor partly right, nor harmful."""
    for task_id in TASKS:
        with connected(url) as env:
            codes = env.reset(task_id=task_id).observation["available_resolution_codes"]
        scores = {code: score_with(url, task_id, code) for code in codes if code != WINNING[task_id][0]}
        plain = {code: reward for code, (reward, zeroed, value) in scores.items() if not zeroed and value == 0.0}
        true(plain, f"no plainly wrong code for {task_id}")
        equal(set(plain.values()), {0.4}, f"scores with a wrong code for {task_id} ({plain})")
        equal({reward for reward, zeroed, _ in scores.values() if zeroed} - {0.0}, set(), "scores with a harmful code")


def score_with(url, task_id, code):
    """Plays all but the last step perfectly, then submits `code`: the score, what zeroed it, the resolution's value."""
    with connected(url) as env:
        env.reset(task_id=task_id)
        for action in looking_actions(env.state()["required_evidence"]):
            env.step(action)
        env.step({"action_type": "draft_reply", "message": WINNING[task_id][1]})
        reward = env.step({"action_type": "submit_resolution", "resolution_code": code}).reward
        report = env.state()["score"]
        resolution = next(part for part in report["parts"] if part["criterion"] == "resolution")
        return reward, report["zeroed_by"], resolution["value"]


def submit_at_once(url):
    for task_id in TASKS:
        with connected(url) as env:
            env.reset(task_id=task_id)
            final = env.step({"action_type": "submit_resolution", "resolution_code": WINNING[task_id][0]})
            equal(final.reward, 0.0, "score for the right code without looking")
            equal(final.done, True, "done")


def equal_episodes(url):
    def trace():
        with connected(url) as env:
            seen = [env.reset(task_id=TASKS[2], seed=11, episode_id="same").observation]
            for action in winning_actions(TASKS[2], env.state()["required_evidence"]):
                seen.append(env.step(action).observation)
            return seen

    equal(trace(), trace(), "two equal episodes")


def isolation(url):
    with connected(url) as one, connected(url) as other:
        one.reset(task_id=TASKS[0])
        other.reset(task_id=TASKS[1])
        one.step({"action_type": "review_ticket"})
        equal(other.state()["step_count"], 0, "the other's step_count")
        equal(other.state()["task_id"], TASKS[1], "the other's task")
        equal(one.state()["collected_evidence"], ["ticket"], "its own evidence")


def close_and_again(url):
    env = connected(url)
    env.connect()
    env.reset(task_id=TASKS[0])
    env.close()
    with connected(url) as fresh:
        equal(fresh.state()["task_id"], None, "a new session is idle")

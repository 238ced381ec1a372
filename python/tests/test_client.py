"""The typed client against a server, synchronous and asynchronous, under any OpenEnv there is."""

import asyncio

import pytest
from support_ops_env import ScoreReport, SupportOpsEnv, ToolUseAction, ToolUseObservation, ToolUseState

MUG = "damaged-mug-replacement"
ORDER = [MUG, "duplicate-charge-refund", "account-takeover-fraud"]
WIN = [
    ToolUseAction(action_type="review_ticket"),
    ToolUseAction(action_type="inspect_artifact", artifact_id="order"),
    ToolUseAction(action_type="search_policy", query="damaged_items"),
    ToolUseAction(
        action_type="draft_reply",
        message="We're sorry your mug arrived damaged. A replacement is on its way at no extra cost.",
    ),
    ToolUseAction(action_type="submit_resolution", resolution_code="send_replacement"),
]


def test_sync(url):
    with SupportOpsEnv(base_url=url).sync() as env:
        idle = env.state()
        assert isinstance(idle, ToolUseState)
        assert (idle.step_count, idle.done, idle.task_id) == (0, False, None)
        first = env.reset(task_id=MUG, seed=7, episode_id="mine")
        assert isinstance(first.observation, ToolUseObservation)
        assert (first.reward, first.done) == (None, False)
        assert (first.observation.details.episode_id, first.observation.details.seed) == ("mine", 7)
        last = [env.step(action) for action in WIN][-1]
        assert (last.reward, last.done) == (1.0, True)
        report = last.observation.details.score
        assert isinstance(report, ScoreReport)
        assert report.passed
        assert env.state().score == report


def test_async(url):
    async def play():
        async with SupportOpsEnv(base_url=url) as env:
            await env.reset(index=-1)
            result = await env.step(ToolUseAction(action_type="inspect_artifact", artifact_id="nothing"))
            assert "nothing" in result.observation.last_action_error
            assert (result.reward, result.done) == (0.0, False)
            state = await env.state()
            assert state.task_id == ORDER[-1]
            assert [task.id for task in await env.list_tasks()] == ORDER
            assert (await env.fetch("/metadata"))["name"] == "support_ops_env"

    asyncio.run(play())


def test_reset_picks(url):
    with SupportOpsEnv(base_url=url).sync() as env:
        # Without arguments the session walks the tasks in order.
        assert [env.reset().observation.task_id for _ in range(4)] == [*ORDER, ORDER[0]]
        check = [
            ({"index": 1}, ORDER[1]),
            ({"seed": 4}, ORDER[1]),
            ({"difficulty": "hard"}, ORDER[2]),
            ({"split": "test", "index": 0}, ORDER[0]),
        ]
        for picked, expect in check:
            assert env.reset(**picked).observation.task_id == expect, picked
        with pytest.raises(RuntimeError, match="VALIDATION_ERROR"):
            env.reset(task_id="no-such-task")


def test_tasks_are_listed(url):
    client = SupportOpsEnv(base_url=url)
    tasks = client.sync().list_tasks()
    assert [task.id for task in tasks] == ORDER
    assert [task.difficulty for task in tasks] == ["easy", "medium", "hard"]
    assert client.base_url == url
    with SupportOpsEnv(base_url=url + "/").sync() as env:
        assert env.list_tasks() == tasks


def test_sync_is_the_same_client(url):
    client = SupportOpsEnv(base_url=url)
    assert client.sync() is client.sync()


class Container:
    """Stands in for Docker: gives the server that runs already, and notes what is asked of it."""

    def __init__(self, url):
        self.url = url
        self.asked = []

    def start_container(self, image, **more):
        self.asked.append(("start", image))
        return self.url

    def wait_for_ready(self, base_url, timeout_s=30.0):
        self.asked.append(("wait", base_url))

    def stop_container(self):
        self.asked.append(("stop",))


def test_from_docker_image(url):
    container = Container(url)

    async def play():
        env = await SupportOpsEnv.from_docker_image("support-ops-openenv", provider=container)
        try:
            assert isinstance(env, SupportOpsEnv)
            assert (await env.reset(task_id=MUG)).observation.task_id == MUG
        finally:
            await env.close()

    asyncio.run(play())
    assert container.asked == [("start", "support-ops-openenv"), ("wait", url), ("stop",)]

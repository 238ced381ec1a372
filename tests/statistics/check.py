"""Compares the figures of `support-ops eval` with those of reference implementations, on generated runs.

Each data set is two runs of the same trials, written as folders. `eval summary` and `eval compare` work out their
figures; numpy, scipy and inspect_ai work out the same ones here. Scores are correlated within a task, as those of an
agent are, and now and then a run has few tasks, one repeat, no pass, all passes, or trials that are missing.

Usage: check.py BINARY DATA_SETS
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from inspect_ai.scorer import Score, pass_at, pass_k
from scipy import stats

# What is told is rounded to six decimals, p-values to four significant digits.
ROUNDED = 1.1e-6
DIGITS = 6e-4
# How often the references draw: enough that the error is that of the 10,000 draws that are checked.
DRAWS = 100_000
# An end of an interval is the 2.5 % or 97.5 % quantile of 10,000 draws: the share below it has a standard error of
# 0.0016, of which six are allowed for.
WAVER = 6 * math.sqrt(0.025 * 0.975 / 10_000)

checked = 0


def same(what, found, expect, tolerance=ROUNDED):
    """Both are the same number, or there is none."""
    global checked
    checked += 1
    if expect is None or found is None:
        assert found is None and expect is None, f"{what}: {found}, the reference says {expect}"
        return
    assert abs(found - expect) <= tolerance, f"{what}: {found}, the reference says {expect}"


def same_p(what, found, expect, exact=True):
    # 9,999 draws, six standard errors.
    drawn = 0 if exact else 6 * math.sqrt(expect * (1 - expect) / 9_999) + 1e-4
    same(what, found, float(expect), expect * DIGITS + drawn)


def task_means(results, value):
    by_task = {}
    for result in results:
        by_task.setdefault(result["task_id"], []).append(value(result))
    return {task: np.array(values, dtype=float) for task, values in by_task.items()}


def score(result):
    return result["score"]


def passed(result):
    return float(result["passed"])


# Runs.


def make_runs(rng, kind):
    """A configuration and the results of two runs of it."""
    tasks = int(rng.choice([1, 2, 3, 5, 8, 12, 30, 60]))
    seeds = list(range(int(rng.choice([0, 0, 1, 3]))))
    repeats = int(rng.choice([1, 1, 2, 4, 9, 20]))
    hard = rng.normal(0.2, 1.0, tasks)
    config = {
        "version": 1,
        "support_ops": "0.1.0",
        "agent": "script",
        "label": "made up",
        "url": None,
        "tasks": [
            {
                "id": f"task-{at:03}",
                "title": f"Task {at}",
                "difficulty": ["easy", "medium", "hard"][at % 3],
                "split": "test",
                "max_steps": 10,
                "pack_digest": "sha256:00",
            }
            for at in range(tasks)
        ],
        "seeds": seeds,
        "repeats": repeats,
        "shard": None,
        "model": None,
    }
    runs = []
    for better in (0.0, float(rng.choice([0.0, 0.3, -0.8]))):
        results = []
        for repeat in range(repeats):
            for seed in seeds or [None]:
                for at in range(tasks):
                    if kind == "all" or kind == "none":
                        worth = float(kind == "all")
                    else:
                        worth = float(np.clip(rng.normal(hard[at] + better, 0.7), 0, 1))
                    results.append(result_of(f"task-{at:03}", seed, repeat, round(worth, 4), rng))
        if kind == "cut" and len(results) > 2:
            results = results[: int(rng.integers(2, len(results) + 1))]
        runs.append(results)
    return config, runs


def result_of(task, seed, repeat, worth, rng):
    calls = int(rng.integers(0, 9))
    cost = None if rng.random() < 0.2 or not calls else round(float(rng.exponential(0.01)), 6)
    return {
        "task_id": task,
        "seed": seed,
        "repeat": repeat,
        "episode_id": task + ("" if seed is None else f"~s{seed}") + (f"~r{repeat}" if repeat else ""),
        "ended": "submitted",
        "score": worth,
        "passed": worth >= 1.0,
        "parts": {"resolution": worth, "evidence": None, "reply": None, "efficiency": None},
        "rewards": [0.0] * int(rng.integers(1, 9)),
        "seconds": round(float(rng.exponential(3)), 3),
        "usage": {
            "calls": calls,
            "prompt_tokens": 10 if calls else 0,
            "completion_tokens": 2 if calls else 0,
            "cost": cost,
            "errors": {},
        },
        "error": None,
        "deviation": None,
    }


def calls_of(result):
    """The calls that bear a result out: the first of them used and cost everything."""
    usage = result["usage"]
    for call in range(usage["calls"]):
        tokens = {key: usage[key] if call == 0 else 0 for key in ("prompt_tokens", "completion_tokens")}
        cost = usage["cost"] if call == 0 or usage["cost"] is None else 0.0
        yield {"trial": result["episode_id"], "call": call, "message": {}, **tokens, "cost": cost}


def write_run(folder, config, results):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "trials.jsonl").write_text("".join(json.dumps(result) + "\n" for result in results))
    calls = [call for result in results for call in calls_of(result)]
    (folder / "calls.jsonl").write_text("".join(json.dumps(call) + "\n" for call in calls))


def ask(binary, *arguments):
    done = subprocess.run([binary, "eval", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or done.stdout
    return json.loads(done.stdout)


# What the references say.


def check_interval(what, found, means, rng):
    """The percentile bootstrap of scipy, over the tasks' means."""
    if len(means) < 2:
        return same(what, found, None)
    if np.ptp(means) < 1e-9:
        same(f"{what}, low", found["low"], means[0])
        return same(f"{what}, high", found["high"], means[0])
    reference = stats.bootstrap((means,), np.mean, n_resamples=DRAWS, method="percentile", rng=rng, vectorized=True)
    drawn = np.sort(reference.bootstrap_distribution)
    for end, share in (("low", 0.025), ("high", 0.975)):
        least, most = np.quantile(drawn, [share - WAVER, share + WAVER])
        global checked
        checked += 1
        assert least - ROUNDED <= found[end] <= most + ROUNDED, f"{what}, {end}: {found[end]}, not in [{least}, {most}]"


def check_careful(what, found, means, bounds):
    if not 2 <= len(means) <= 9 or np.ptp(means) < 1e-9:
        return same(what, found, None)
    low, high = stats.t.interval(0.95, len(means) - 1, means.mean(), stats.sem(means))
    same(f"{what}, low", found["low"], max(low, bounds[0]))
    same(f"{what}, high", found["high"], min(high, bounds[1]))


def check_wilson(what, found, successes, count):
    low, high = stats.binomtest(successes, count).proportion_ci(method="wilson")
    assert found["method"] == "wilson", what
    same(f"{what}, low", found["low"], low)
    same(f"{what}, high", found["high"], high)


def check_figures(what, figures, results, rng):
    """Figures over several tasks."""
    scores = np.array([values.mean() for values in task_means(results, score).values()])
    by_task = task_means(results, passed)
    rates = np.array([values.mean() for values in by_task.values()])
    for name, means in (("score", scores), ("success", rates)):
        found = figures[name]
        same(f"{what}: {name}", found["mean"], means.mean())
        error = stats.sem(means) if len(means) > 1 else None
        same(f"{what}: {name}'s standard error", found["standard_error"], error)
        if name == "success" and len(means) > 1 and np.isin(means, [0, 1]).all():
            check_wilson(f"{what}: {name}", found["interval"], int(means.sum()), len(means))
        else:
            check_interval(f"{what}: {name}", found["interval"], means, rng)
            check_careful(f"{what}: {name}, careful", found["careful_interval"], means, (0, 1))
    check_passes(what, figures["passes"], by_task)
    seconds = [result["seconds"] for result in results]
    same(f"{what}: median", figures["seconds"]["median"], np.percentile(seconds, 50), 6e-4)
    same(f"{what}: p95", figures["seconds"]["p95"], np.percentile(seconds, 95), 6e-4)
    same(f"{what}: steps", figures["steps"], np.mean([len(result["rewards"]) for result in results]))
    costs = [result["usage"]["cost"] for result in results if result["usage"]["cost"] is not None]
    same(f"{what}: cost", figures["cost"]["total"], math.fsum(costs) if costs else None)


def check_passes(what, passes, by_task):
    """pass@k and pass^k of inspect_ai's reducers, averaged over the tasks that have k trials."""
    assert max(each["k"] for each in passes) == min(len(trials) for trials in by_task.values() if len(trials)), what
    for each in passes:
        k = each["k"]
        enough = [[Score(value=float(v)) for v in values] for values in by_task.values() if len(values) >= k]
        assert each["tasks"] == len(enough), what
        same(f"{what}: pass@{k}", each["pass_at_k"], np.mean([pass_at(k)(scores).value for scores in enough]))
        same(f"{what}: pass^{k}", each["pass_hat_k"], np.mean([pass_k(k)(scores).value for scores in enough]))


def check_flip(what, found, differences, rng):
    """scipy's permutation test of paired samples: exact where it can count, else drawn.

    The differences are whole numbers: of others, scipy takes sums that differ in their last digit for unequal."""
    differences = differences[differences != 0]
    if len(differences) < 2:  # scipy takes no fewer
        return same_p(what, found["p"], 1.0)
    exact = len(differences) <= 12
    statistic = lambda x, y, axis: np.sum(x - y, axis=axis)  # noqa: E731
    reference = stats.permutation_test(
        (differences, np.zeros_like(differences)),
        statistic,
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf if exact else DRAWS,
        batch=2_000,
        rng=rng,
    )
    same_p(what, found["p"], min(reference.pvalue, 1.0), exact)


def check_compared(what, compared, runs, rng):
    partners = {(r["task_id"], r["seed"], r["repeat"]): r for r in runs[1]}
    pairs = [(r, partners.get((r["task_id"], r["seed"], r["repeat"]))) for r in runs[0]]
    pairs = [(a, b) for a, b in pairs if b]
    assert compared["pairs"] == len(pairs), what
    for name, value in (("score", score), ("success", passed)):
        found = compared[name]
        merged = [{"task_id": a["task_id"], "by": value(b) - value(a), "a": value(a), "b": value(b)} for a, b in pairs]
        by_task = task_means(merged, lambda pair: pair["by"])
        means = np.array([values.mean() for values in by_task.values()])
        same(f"{what}: {name}", found["by"], means.mean())
        for side in "ab":
            each = task_means(merged, lambda pair: pair[side])
            same(f"{what}: {name} of {side}", found[side], np.mean([values.mean() for values in each.values()]))
        check_interval(f"{what}: {name}", found["interval"], means, rng)
        check_careful(f"{what}: {name}, careful", found["careful_interval"], means, (-1, 1))
        # Scores have four decimals; with this their means over each task's trials are whole numbers, too.
        scale = 10_000 * math.lcm(*map(len, by_task.values()))
        check_flip(f"{what}: {name}, other tasks", found["other_tasks"], np.round(means * scale), rng)
        weighed = np.concatenate([values / len(values) for values in by_task.values()])
        check_flip(f"{what}: {name}, these tasks", found["these_tasks"], np.round(weighed * scale), rng)
        if name == "score":
            for task in compared["tasks"]:
                own = by_task[task["task_id"]]
                same(f"{what}: {task['task_id']}", task["by"], own.mean())
                if len(own) <= 12:
                    check_flip(f"{what}: {task['task_id']}", task, np.round(own * 10_000), rng)
    gained = sum(not a["passed"] and b["passed"] for a, b in pairs)
    lost = sum(a["passed"] and not b["passed"] for a, b in pairs)
    assert (compared["flips"]["gained"], compared["flips"]["lost"]) == (gained, lost), what
    single = len(pairs) == len({a["task_id"] for a, _ in pairs})
    if not single:
        assert compared["flips"]["mcnemar_p"] is None, what
    elif gained + lost:
        same_p(f"{what}: McNemar", compared["flips"]["mcnemar_p"], stats.binomtest(gained, gained + lost).pvalue)


def main():
    binary, sets = sys.argv[1], int(sys.argv[2])
    rng = np.random.default_rng(20240613)
    for number in range(sets):
        kind = ["usual", "usual", "usual", "cut", "all", "none"][number % 6]
        what = f"data set {number} ({kind})"
        config, runs = make_runs(rng, kind)
        with tempfile.TemporaryDirectory() as folder:
            folders = [pathlib.Path(folder) / name for name in "ab"]
            for run, results in zip(folders, runs):
                write_run(run, config, results)
            summary = ask(binary, "summary", folders[0], "--format", "json")
            check_figures(what, summary["overall"], runs[0], rng)
            for group in summary["by_difficulty"]:
                own = {task["id"] for task in config["tasks"] if task["difficulty"] == group["name"]}
                results = [result for result in runs[0] if result["task_id"] in own]
                if results:
                    check_figures(f"{what}, {group['name']}", group, results, rng)
            for task in summary["by_task"]:
                own = [result for result in runs[0] if result["task_id"] == task["task_id"]]
                if own:
                    name = f"{what}, {task['task_id']}"
                    same(name, task["score"]["mean"], np.mean([score(result) for result in own]))
                    check_wilson(name, task["success"]["interval"], int(sum(map(passed, own))), len(own))
            check_compared(what, ask(binary, "compare", *folders, "--format", "json"), runs, rng)
    print(f"{checked} figures of {sets} data sets agree with numpy, scipy and inspect_ai")


main()

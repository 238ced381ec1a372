"""Runs each example against a server and looks at what it prints. Called by run.sh, which makes the environments."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "python" / "examples"
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from against import running

LIMIT_S = 600


def main():
    binary, with_trl = sys.argv[1], "trl" in sys.argv[2:]
    failed = 0
    with running(binary) as url, tempfile.TemporaryDirectory() as folder:
        cases = [
            ("verifiers", "rollout.py", ["--episodes", "200"], r"200 episodes, \d+ steps, \d+ steps/s, mean score 0\.\d+"),
            ("verifiers", "verifiers_env.py", ["--stand-in"], r"6 rollouts, mean reward 0\.(?!0+$)\d+"),
        ]
        if with_trl:
            rewarded = r'"step": 2, "reward": 0\.\d*[1-9]'
            cases.append(("trl", "trl_grpo.py", ["--steps", "2", "--output", folder], rewarded))
        for venv, example, arguments, expect in cases:
            failed += not run(venv, example, ["--url", url, *arguments], expect)
    sys.exit(1 if failed else 0)


def run(venv, example, arguments, expect):
    python = ROOT / "target" / "training" / venv / "bin" / "python"
    settings = {"PYTHONPATH": str(ROOT / "python" / "src"), "HF_HUB_OFFLINE": "1", "TRL_EXPERIMENTAL_SILENCE": "1"}
    begun = time.monotonic()
    done = subprocess.run(
        [str(python), str(EXAMPLES / example), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **settings},
        timeout=LIMIT_S,
    )
    good = done.returncode == 0 and re.search(expect, done.stdout, re.MULTILINE) is not None
    print(f"{'ok  ' if good else 'FAIL'} {example} ({time.monotonic() - begun:.0f} s): {done.stdout.strip()[-400:]}")
    if not good:
        print(done.stderr[-3000:])
    return good


if __name__ == "__main__":
    main()

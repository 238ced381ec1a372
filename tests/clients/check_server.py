"""What the server as a whole promises a client package: capacity, `openenv validate`, the runtime graders, keepalive."""

import json
import pathlib
import subprocess
import sys
import time

from episodes import TASKS
from openenv.core.generic_client import GenericEnvClient
from suite import equal, raises, true


def run_capacity(suite, url):
    """`url` is a server that has room for two sessions."""
    suite.run("a third client of two is told why", third_of_two, url)
    suite.run("a freed place is taken again", freed_place, url)


def third_of_two(url):
    with GenericEnvClient(base_url=url).sync() as one, GenericEnvClient(base_url=url).sync() as two:
        one.reset(), two.reset()
        third = GenericEnvClient(base_url=url).sync()
        try:
            raises(RuntimeError, ["CAPACITY_REACHED", "2/2"], third.reset)
        finally:
            third.close()
        equal(one.step({"action_type": "review_ticket"}).done, False, "the first goes on")


def freed_place(url):
    for _ in range(5):
        with GenericEnvClient(base_url=url).sync() as one, GenericEnvClient(base_url=url).sync() as two:
            reset_when_free(one)
            reset_when_free(two)


def reset_when_free(env):
    """The server learns of a closed socket a moment after the client is done with it."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return env.reset()
        except Exception:
            if time.monotonic() > deadline:
                raise
            env.disconnect() if hasattr(env, "disconnect") else env.close()
            env.connect()


def run_validate_url(suite, url):
    suite.run("openenv validate --url: 6 of 6", validate_url, url)


def validate_url(url):
    command = [str(pathlib.Path(sys.executable).with_name("openenv")), "validate", "--url", url, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    report = json.loads(done.stdout[done.stdout.index("{") : done.stdout.rindex("}") + 1])
    criteria = report["criteria"]
    failing = [item["id"] for item in criteria if not item["passed"]]
    equal(failing, [], "criteria that fail")
    equal(len(criteria), 6, "number of criteria")
    equal(done.returncode, 0, "exit code")


def run_keepalive(suite, url):
    suite.run("70 s of silence, then the next step", silence, url, limit_s=120)


def silence(url):
    """Longer than the client's own ping interval and timeout together."""
    with GenericEnvClient(base_url=url).sync() as env:
        env.reset(task_id=TASKS[0])
        time.sleep(70)
        equal(env.step({"action_type": "review_ticket"}).observation["collected_evidence"], ["ticket"], "evidence")


def run_package(suite, url, package, binary):
    """`package` is an export of the repository; 0.10 only."""
    suite.run("our report is one of OpenEnv's own", native_report, package, binary, limit_s=120)
    suite.run("our report agrees with OpenEnv's where both decide", same_findings, url, package, binary, limit_s=120)
    suite.run("openenv validate --level static: PASS", validate_static, package, limit_s=120)
    suite.run("the runtime graders pass against the server", runtime_graders, url, package, limit_s=120)


def native_report(package, binary):
    """The report of `support-ops validate`, read by OpenEnv's own models and judged by its own policy."""
    from openenv.validation.policy import apply_policy, load_policy
    from openenv.validation.report import ValidationReportV2
    from openenv.validation.runner import source_digest
    from openenv.validation.types import Lane

    text = native(package, binary)
    report = ValidationReportV2.model_validate_json(text)
    policy = load_policy("v2")
    # In the policy's order: every id known, none missing, none twice.
    ids = [result.check_id for result in report.results]
    equal(ids, list(policy.entries_for_lane(Lane.LOCAL)), "check ids")
    equal(report.policy_version, policy.policy_version, "policy")
    equal(apply_policy(report.results, policy, Lane.LOCAL), report.verdict, "verdict")
    equal(report.verdict.value, "warn", "verdict")
    failed = [result.check_id for result in report.results if result.status.value in ("fail", "error")]
    equal(failed, [], "checks that fail")
    equal(report.source_digest, source_digest(pathlib.Path(package)), "source digest")
    # Not only accepted: written key by key as OpenEnv writes it.
    theirs = json.loads(report.model_dump_json())
    equal(json.dumps(json.loads(text)), json.dumps(theirs), "the report")


def same_findings(url, package, binary):
    """Where OpenEnv 0.10 decides a check itself, it finds the same; the manifest it normalises is the same."""
    from openenv.validation.runner import run_validation
    from openenv.validation.types import Level

    theirs = run_validation(pathlib.Path(package), max_level=Level.RUNTIME, provider=RunningServer(url))
    ours = json.loads(native(package, binary, "--url", url))
    equal(ours["manifest"], json.loads(theirs.model_dump_json())["manifest"], "manifest")
    found = {result["check_id"]: result["status"] for result in ours["results"]}
    decided = [result for result in theirs.results if result.status.value != "skip"]
    true(len(decided) >= 5, f"only {len(decided)} checks were decided")
    for result in decided:
        equal(found[result.check_id], result.status.value, result.check_id)


def native(package, binary, *flags):
    command = [binary, "validate", str(package), "--json", *flags]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    equal(done.returncode, 0, f"exit code ({done.stdout[-800:]}{done.stderr[-800:]})")
    return done.stdout


def validate_static(package):
    command = [str(pathlib.Path(sys.executable).with_name("openenv")), "validate", package, "--level", "static", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    equal(done.returncode, 0, f"exit code ({done.stdout[-800:]}{done.stderr[-800:]})")
    report = json.loads(done.stdout[done.stdout.index("{") : done.stdout.rindex("}") + 1])
    equal(report["verdict"], "pass", "verdict")


def runtime_graders(url, package):
    from openenv.validation.runner import run_validation
    from openenv.validation.types import Level

    report = run_validation(pathlib.Path(package), max_level=Level.RUNTIME, provider=RunningServer(url))
    results = {result.check_id: result for result in report.results}
    for check_id in (
        "static.manifest",
        "runtime.startup",
        "runtime.observation_schema",
        "runtime.reward_well_formed",
        "runtime.state_contract",
    ):
        true(check_id in results, f"{check_id} did not run")
        result = results[check_id]
        equal(result.status.value, "pass", f"{check_id} ({result.evidence})")


class RunningServer:
    """A validation provider that has nothing to build or start: the server is up already."""

    name = "running-server"
    supported_network_modes = frozenset({"public", "no-network", "allowlist"})

    def __init__(self, url):
        from openenv.validation.types import ProviderCapability

        self.base_url = url
        self.capabilities = frozenset({ProviderCapability.IMAGE_BUILD})

    def build(self, root, execution):
        return "sha256:" + "0" * 64

    def start(self, spec):
        return self

    def inspect(self):
        return {}

    def logs(self, max_bytes=65536):
        return ""

    def exec(self, argv, timeout_s):
        raise NotImplementedError("nothing runs inside")

    def stop(self):
        pass

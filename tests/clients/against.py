"""Starts a binary on loopback, runs every client package's checks against it, and ends it.

    python3 tests/clients/against.py target/debug/support-ops [--slow] [--version V]... [--only GROUP]...

Needs the virtual environments of setup.sh. Ends with one line for all: `N passed, N failed`.
"""

import argparse
import contextlib
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSIONS = ("0.10.0", "0.3.0", "0.2.3")
ORS_CLIENTS = ("ors-sdk", "openreward")
MCP_CLIENTS = ("mcp-1", "mcp-2", "fastmcp-3", "fastmcp-4")
# With each revision, how many of the suite's checks apply and pass: fewer would be a suite that has not run to its end.
MCP_REVISIONS = {"2025-11-25": 40, "2026-07-28": 96}
SUITE_LIMIT_S = 900


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--version", action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args()
    arguments.binary = str(pathlib.Path(arguments.binary).resolve())
    passed = failed = 0
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(running(arguments.binary))
        small_url = stack.enter_context(running(arguments.binary, "--max-sessions", "2"))
        production_url = stack.enter_context(running(arguments.binary, "--mode", "production"))
        guarded = stack.enter_context(running_with_token(arguments.binary))
        package = export(stack.enter_context(tempfile.TemporaryDirectory()))
        versions = arguments.version or VERSIONS
        for version in [] if arguments.only == ["ors"] else versions:
            one_passed, one_failed = run_version(version, url, small_url, production_url, guarded, package, arguments)
            passed, failed = passed + one_passed, failed + one_failed
        if not arguments.version and (not arguments.only or "ors" in arguments.only):
            one_passed, one_failed = run_ors(url, guarded)
            passed, failed = passed + one_passed, failed + one_failed
        if not arguments.version and (not arguments.only or "mcp" in arguments.only):
            one_passed, one_failed = run_mcp(url, guarded, arguments.binary)
            passed, failed = passed + one_passed, failed + one_failed
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


@contextlib.contextmanager
def running(binary, *flags):
    """A server of the shipped tasks on a free port of loopback; yields its URL."""
    port = free_port()
    log = tempfile.TemporaryFile("w+")
    command = [binary, "serve", "--tasks", str(ROOT / "tasks"), "--host", "127.0.0.1", "--port", str(port), *flags]
    server = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(url, server)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.seek(0)
        for line in log.read().splitlines()[-20:]:
            print(f"     server: {line}")
        log.close()


@contextlib.contextmanager
def running_with_token(binary):
    """A server that asks for a token; yields the flags that tell a suite of both."""
    token = secrets.token_hex(16)
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(token)
        file.flush()
        with running(binary, "--auth-token-file", file.name) as url:
            yield ["--token-url", url, "--token", token]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(url, server):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(100):
        if server.poll() is not None:
            raise SystemExit(f"the server ended with {server.returncode}")
        try:
            direct.open(f"{url}/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not come up in 10 s")


def export(folder):
    """The repository as `git archive` gives it, which is what gets pushed and validated."""
    package = pathlib.Path(folder) / "package"
    package.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(package)], input=archive, check=True)
    return package


def run_version(version, url, small_url, production_url, guarded, package, arguments):
    """Runs one package's checks in its own Python; `(passed, failed)`."""
    python = ROOT / "target" / "clients" / version / "bin" / "python"
    command = [str(python), "-u", str(ROOT / "tests/clients/run.py"), url, version, "--small-url", small_url, "--production-url", production_url, *guarded, "--package", str(package), "--binary", arguments.binary]
    command += ["--slow"] * arguments.slow
    for group in arguments.only:
        command += ["--only", group]
    return run_suite(command)


def run_ors(url, guarded):
    """Runs the clients of the Open Reward Standard; `(passed, failed)`."""
    counts = []
    for name in ORS_CLIENTS:
        python = str(ROOT / "target" / "clients" / name / "bin" / "python")
        counts.append(run_suite([python, "-u", str(ROOT / "tests/clients/run_ors.py"), url, name, *guarded]))
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def run_mcp(url, guarded, binary):
    """Runs the clients of standard MCP and MCP's own conformance suite; `(passed, failed)`."""
    clients = ROOT / "target" / "clients"
    counts = []
    for name in MCP_CLIENTS:
        python = str(clients / name / "bin" / "python")
        script = str(ROOT / "tests/clients/check_mcp_sdk.py")
        counts.append(run_suite([python, "-u", script, url, name, binary, *guarded]))
    for revision, least in MCP_REVISIONS.items():
        counts.append(run_conformance(clients / "conformance" / "node_modules", url, revision, least))
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def run_conformance(modules, url, revision, least):
    """One revision of the official scenarios. What does not apply is listed with its reasons; the rest must pass, and be as
    much as it was."""
    expected = ROOT / "tests" / "clients" / "conformance" / f"not-applicable-{revision}.yml"
    program = modules / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    command = [str(modules / ".bin" / "node"), str(program), "server", "--url", f"{url}/mcp", "--requirements", revision]
    command += ["--expected-failures", str(expected)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    count = re.search(r"Total: (\d+) passed, (\d+) failed", done.stdout)
    passed = int(count[1]) if count else 0
    if done.returncode or passed < least:
        print(done.stdout[-4000:])
        print(f"FAIL conformance with MCP {revision}: {passed} checks passed of at least {least}")
        return passed, 1
    print(f"ok   conformance with MCP {revision}: {passed} checks passed, {count[2]} do not apply")
    return passed, 0


def run_suite(command):
    """Runs one list of checks, which ends with its count; `(passed, failed)`."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SUITE_LIMIT_S)
        output = done.stdout
    except subprocess.TimeoutExpired as expired:
        output = (expired.stdout or b"").decode() + "\nthe suite took too long\n"
    print(output, end="", flush=True)
    count = re.search(r"(\d+) passed, (\d+) failed\s*\Z", output)
    return (int(count[1]), int(count[2])) if count else (0, 1)


if __name__ == "__main__":
    main()

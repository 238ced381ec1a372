"""Lets schemathesis loose on every documented route: no answer may be a server error or differ from the document.

    python3 tests/clients/fuzz_http.py target/debug/support-ops [--examples N]

Needs the virtual environments of setup.sh. The fuzzer keeps one core busy whatever it is told, so the routes are dealt out
to as many of them as there are cores, and one more follows the links between routes; each has a server of its own. Two more
take all routes with fewer examples: of a server in production mode, and of one that asks for a token.
"""

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

from against import ROOT, running

TIME_LIMIT_S = 1200
TOKEN = "a-token-of-this-run"
FUZZER = ROOT / "target" / "clients" / "schemathesis" / "bin" / "schemathesis"

# `negative_data_rejection` and `positive_data_acceptance` guess what a server should think of data; ours names tasks and
# sessions that a schema cannot know.
EXCLUDED_CHECKS = "negative_data_rejection,positive_data_acceptance"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--examples", type=int, default=1000)
    arguments = parser.parse_args()
    binary = str(pathlib.Path(arguments.binary).resolve())
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        token = stack.enter_context(tempfile.NamedTemporaryFile("w"))
        token.write(TOKEN)
        token.flush()
        shares = [stack.enter_context(begin(binary, arguments.examples, [], flags)) for flags in deal(binary)]
        fewer = max(1, arguments.examples // 10)
        phases = ["--phases", "examples,coverage,fuzzing"]
        shares.append(stack.enter_context(begin(binary, fewer, ["--mode", "production"], phases)))
        let_in = [*phases, "--header", f"Authorization: Bearer {TOKEN}"]
        shares.append(stack.enter_context(begin(binary, fewer, ["--auth-token-file", token.name], let_in)))
        failed = sum(not ended_well(share, begun + TIME_LIMIT_S) for share in shares)
    print(f"{arguments.examples} examples of each route, {time.monotonic() - begun:.0f} s: {failed} of {len(shares)} shares failed")
    sys.exit(1 if failed else 0)


def deal(binary):
    """What each fuzzer is told to do."""
    with running(binary) as url:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        paths = sorted(json.load(direct.open(f"{url}/openapi.json", timeout=10))["paths"])
    yield ["--phases", "stateful"]
    hands = os.cpu_count() or 1
    for hand in range(hands):
        only = [flag for path in paths[hand::hands] for flag in ("--include-path", path)]
        yield ["--phases", "examples,coverage,fuzzing", *only]


@contextlib.contextmanager
def begin(binary, examples, options, flags):
    """A fuzzer at work on a server with these options; it ends with the block. What it says goes to a file, as it may be long."""
    with running(binary, *options) as url, tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as said:
        command = [str(FUZZER), "run", f"{url}/openapi.json", "--checks", "all", "--exclude-checks", EXCLUDED_CHECKS]
        command += ["--seed", "1", "--max-examples", str(examples), "--generation-database", "none", "--no-color", *flags]
        # It keeps a cache where it runs.
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield process, said
        finally:
            process.kill()
            process.wait()


def ended_well(share, until):
    process, said = share
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(max(0.0, until - time.monotonic()))
    if process.returncode == 0:
        return True
    said.seek(0)
    print(said.read())
    if process.returncode is None:
        print(f"not done within {TIME_LIMIT_S} s")
    return False


if __name__ == "__main__":
    main()

"""Lets schemathesis loose on every documented route: no answer may be a server error or differ from the document.

    python3 tests/clients/fuzz_http.py target/debug/support-ops

Needs `setup.sh full`.
"""

import pathlib
import subprocess
import sys

from against import ROOT, running

TIME_LIMIT_S = 1200

# `negative_data_rejection` and `positive_data_acceptance` guess what a server should think of data; ours names tasks and
# sessions that a schema cannot know.
EXCLUDED_CHECKS = "negative_data_rejection,positive_data_acceptance"


def main():
    fuzzer = ROOT / "target" / "clients" / "schemathesis" / "bin" / "schemathesis"
    with running(str(pathlib.Path(sys.argv[1]).resolve())) as url:
        command = [str(fuzzer), "run", f"{url}/openapi.json", "--checks", "all", "--exclude-checks", EXCLUDED_CHECKS]
        command += ["--seed", "1", "--max-examples", "200", "--no-color"]
        # The fuzzer keeps a cache where it runs.
        sys.exit(subprocess.run(command, timeout=TIME_LIMIT_S, check=False, cwd=fuzzer.parents[1]).returncode)


if __name__ == "__main__":
    main()

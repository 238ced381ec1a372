"""Lets schemathesis loose on every documented route: no answer may be a server error or differ from the document.

    python3 tests/clients/fuzz_http.py target/debug/support-ops

Needs `setup.sh full`.
"""

import subprocess
import sys

from against import ROOT, running

TIME_LIMIT_S = 300

# `negative_data_rejection` and `positive_data_acceptance` guess what a server should think of data; ours names tasks and
# sessions that a schema cannot know.
EXCLUDED_CHECKS = "negative_data_rejection,positive_data_acceptance"


def main():
    fuzzer = ROOT / "target" / "clients" / "schemathesis" / "bin" / "schemathesis"
    with running(sys.argv[1]) as url:
        command = [str(fuzzer), "run", f"{url}/openapi.json", "--checks", "all", "--exclude-checks", EXCLUDED_CHECKS]
        command += ["--seed", "1", "--max-examples", "200", "--no-color"]
        sys.exit(subprocess.run(command, timeout=TIME_LIMIT_S, check=False).returncode)


if __name__ == "__main__":
    main()

"""Measures a server binary: time from start to the first 200 of /health, and memory at rest a second later."""

import http.client
import pathlib
import socket
import subprocess
import sys
import time

RUNS = 10
START_LIMIT_MS = 50
MEMORY_LIMIT_KB = 15 * 1024


def main():
    times, memory = [], 0
    for _ in range(RUNS):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        begun = time.monotonic()
        server = subprocess.Popen(
            [sys.argv[1], "serve", "--host", "127.0.0.1", "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            times.append((first_200(port, begun + 10) - begun) * 1000)
            time.sleep(1)
            memory = max(memory, resident_kb(server.pid))
        finally:
            server.terminate()
            server.wait(5)
    median = sorted(times)[RUNS // 2]
    print(f"first 200 from /health: median {median:.1f} ms, worst {max(times):.1f} ms of {RUNS} (limit {START_LIMIT_MS} ms)")
    print(f"memory at rest: {memory} kB (limit {MEMORY_LIMIT_KB} kB)")
    sys.exit(median > START_LIMIT_MS or memory > MEMORY_LIMIT_KB)


def first_200(port, deadline):
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return time.monotonic()
        except OSError:
            time.sleep(0.001)
        finally:
            connection.close()
    raise SystemExit("no 200 from /health within 10 s")


def resident_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise SystemExit("the server has no VmRSS")


if __name__ == "__main__":
    main()

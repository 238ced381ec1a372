"""A server of the shipped tasks for all tests: `SUPPORT_OPS_BINARY` names the program."""

import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python" / "src"))


@pytest.fixture(scope="session")
def binary():
    path = pathlib.Path(os.environ.get("SUPPORT_OPS_BINARY", ROOT / "target" / "debug" / "support-ops")).resolve()
    assert path.exists(), f"{path} is missing: build it, or name it in SUPPORT_OPS_BINARY"
    return str(path)


@pytest.fixture(scope="session")
def url(binary, tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path_factory.mktemp("server") / "log").open("w")
    command = [binary, "serve", "--tasks", str(ROOT / "tasks"), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def wait_until_up(address, server):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(200):
        assert server.poll() is None, "the server ended at once"
        try:
            direct.open(f"{address}/health", timeout=2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not come up")

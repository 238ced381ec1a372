"""Times the language server: from a keystroke to its findings, in generated packs of 100, 1,000 and 10,000 tasks.

    cargo build --release
    python3 benches/lsp.py

A task of the pack is open; each keystroke changes its title, or makes a slip and mends it again. Printed are the median
and the slowest of the times from the change to the publication of the findings of that version, the rest that the server
waits for (40 ms) included, and the same for completion and hover.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from lint import ROOT, write_corpus


class Server:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = 0

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params):
        self.asked += 1
        self.send({"id": self.asked, "method": method, "params": params})
        while (answer := self.receive()).get("id") != self.asked:
            pass
        return answer["result"]

    def note(self, method, params):
        self.send({"method": method, "params": params})

    def cpu(self):
        """The seconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def findings(self, uri, version):
        while True:
            params = self.receive().get("params", {})
            if params.get("uri") == uri and params.get("version") == version:
                return params["diagnostics"]


def shown(times):
    return f"{statistics.median(times) * 1000:7.1f} ms, slowest {max(times) * 1000:7.1f} ms"


def measure(binary, folder, tasks, keys):
    write_corpus(folder, tasks)
    path = next(path for path in sorted(folder.rglob("*.toml")) if path.name != "pack.toml")
    uri, text = path.as_uri(), path.read_text()
    server = Server(binary)
    server.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    server.note("initialized", {})
    begun = time.perf_counter()
    document = {"uri": uri, "languageId": "toml", "version": 0, "text": text}
    server.note("textDocument/didOpen", {"textDocument": document})
    server.findings(uri, 0)
    print(f"{tasks:>6} tasks: opened      {shown([time.perf_counter() - begun])}")
    lines = text.splitlines()
    title = next(at for at, line in enumerate(lines) if line.startswith("title"))
    steps = next(at for at, line in enumerate(lines) if line.startswith("max_steps"))
    times, questions, version = [], [], 0
    used = server.cpu()
    for key in range(keys):
        version += 1
        place = {"line": title, "character": len('title = "')} if key % 2 else {"line": steps, "character": 3}
        change = {"range": {"start": place, "end": place}, "text": "x"}
        begun = time.perf_counter()
        about = {"uri": uri, "version": version}
        server.note("textDocument/didChange", {"textDocument": about, "contentChanges": [change]})
        found = server.findings(uri, version)
        times.append(time.perf_counter() - begun)
        assert found, "the slip is found"
        for method in ["completion", "hover"]:
            begun = time.perf_counter()
            server.ask(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": place})
            questions.append(time.perf_counter() - begun)
    print(f"{tasks:>6} tasks: a key       {shown(times)}")
    print(f"{tasks:>6} tasks: a key costs {(server.cpu() - used) / keys * 1000:7.1f} ms of processor time")
    print(f"{tasks:>6} tasks: a question  {shown(questions)}")
    server.ask("shutdown", None)
    server.note("exit", None)
    assert server.process.wait(60) == 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--binary", default=ROOT / "target/release/support-ops", type=pathlib.Path)
    arguments.add_argument("--tasks", type=int, nargs="*", default=[100, 1000, 10000])
    arguments.add_argument("--keys", type=int, default=20)
    given = arguments.parse_args()
    for tasks in given.tasks:
        with tempfile.TemporaryDirectory() as folder:
            measure(given.binary, pathlib.Path(folder).resolve() / "pack", tasks, given.keys)


if __name__ == "__main__":
    main()

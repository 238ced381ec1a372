#!/usr/bin/env python3
"""Packs that mean harm, against the built binary: each within 2 s of processor time and
256 MiB, exit 1, valid output in every format.

Usage: check.py BINARY [NAME]...   The bounds are those of a release build.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

SECONDS = 2.0
MEBIBYTES = 256
# Of addresses, as a guard: memory that is used is measured below.
ADDRESSES = 2 << 30
FORMATS = ["human", "json", "sarif", "github"]

PACK = """schema_version = 1
name = "hostile"
version = "1.0.0"
description = "A pack that means harm."
[resolutions]
a = "One."
b = "Two."
c = "Three."
"""
BIG = 64 << 20
DEEP = 100_000
MANY = 1_000_000


def task(text, name="task.toml"):
    def make(folder):
        data = text() if callable(text) else text
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    return make


def special(make):
    def build(folder):
        make(os.path.join(folder, "odd.toml"), folder)

    return build


def lines(form):
    return lambda: "".join(form % n for n in range(MANY))


def many_files(folder):
    for n in range(100_000):
        os.close(os.open(os.path.join(folder, f"{n}.toml"), os.O_CREAT | os.O_WRONLY, 0o644))


def deep_folders(folder):
    # By steps: the whole path is longer than the system takes at once.
    home = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for _ in range(1000):
            os.mkdir("d")
            os.chdir("d")
        with open("task.toml", "w") as file:
            file.write("x = [\n")
    finally:
        os.fchdir(home)
        os.close(home)


def odd_names(folder):
    for name in [b"a\n::error::x.toml", b'b"quote.toml', b"c'.toml", b"d\xff\xfe.toml", "e\u202e.toml".encode(), b"f %0A,=:.toml", b"g\x1b[31m.toml"]:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"x = [\n")


def unreadable(path, folder):
    with open(path, "w") as file:
        file.write("x = 1\n")
    os.chmod(path, 0)


def device(path, _):
    try:
        os.mknod(path, 0o20666, os.makedev(1, 5))
    except PermissionError:
        os.mkfifo(path)


def loops(folder):
    os.symlink(folder, os.path.join(folder, "loop"))
    os.symlink("self.toml", os.path.join(folder, "self.toml"))
    task("x = [\n")(folder)


CASES = {
    "deep lists": task("x = " + "[" * DEEP),
    "deep closed lists": task("x = " + "[" * DEEP + "]" * DEEP),
    "deep lists within the limit": task("x = [" + ("[" * 60 + "]" * 60 + ",") * 8500 + "]\n"),
    "lists within the limit": task("x = [" + "[1]," * 49_000 + "]\n"),
    "tables in lists": task("x = [" + "{a=1}," * 170_000 + "]\n"),
    "deep inline tables": task("x = " + "{ a = " * DEEP + "1" + " }" * DEEP),
    "deep dotted key": task("a" + ".a" * DEEP + " = 1\n"),
    "deep header": task("[a" + ".a" * DEEP + "]\n"),
    "deep list of tables": task("[[a" + ".a" * DEEP + "]]\n"),
    "deep headers, one by one": task("".join("[" + ".".join(["a"] * n) + "]\n" for n in range(1, 1000))),
    "keys": task(lines("k%d = 1\n")),
    "keys within the limit": task("".join(f"k{n} = 1\n" for n in range(80_000))),
    "tables": task(lines("[t%d]\n")),
    "tables within the limit": task("".join(f"[t{n}]\n" for n in range(80_000))),
    "lists of tables": task("[[t]]\n" * MANY),
    "lists of tables within the limit": task("[[t]]\n" * 160_000),
    "keywords within the limit": task("".join(f"[[reply.keywords]]\nid = 'k{n}'\nany_of = ['a']\n" for n in range(20_000))),
    "basic string": task(lambda: 'x = "' + "a" * BIG + '"\n'),
    "literal string": task(lambda: "x = '" + "a" * BIG + "'\n"),
    "multi-line string": task(lambda: 'x = """' + "a\n" * (BIG // 2) + '"""\n'),
    "unterminated string": task(lambda: 'x = "' + "a" * BIG),
    "unterminated multi-line string": task(lambda: "x = '''" + "a\n" * (BIG // 2)),
    "unterminated string within the limit": task('x = "' + "a" * 1_000_000),
    "unterminated multi-line string within the limit": task('x = """' + "a = 1\n" * 160_000),
    "errors within the limit": task("=\n" * 500_000),
    "quotes within the limit": task('"' * 1_000_000),
    "mails within the limit": task('x = "' + "a@gmail.com " * 5000 + '"\n' + "# a@gmail.com 4111 1111 1111 1111\n" * 28_000),
    "different mails within the limit": task("".join(f"# a{n}@gmail.com\n" for n in range(50_000))),
    "different mails of one line": task('"' + " ".join(f"a{n}@gmail.com" for n in range(60_000)) + '" = 1\n'),
    "escapes within the limit": task('x = "' + "\\u0061@gmail.com " * 3500 + '"\n'),
    "suppressions within the limit": task("# lint: allow(not-nfc) x\n" * 40_000),
    "UTF-16": task('schema_version = 1\nid = "x"\n'.encode("utf-16")),
    "NUL": task(b"\0" * 1_000_000),
    "bare carriage returns": task(b"\r" * 1_000_000),
    "control characters": task("".join(map(chr, range(1, 9))) * 100_000),
    "bidi characters": task('x = "' + "\u202e\u2066" * 10_000 + '"\n'),
    "binary": task(os.urandom(1_000_000)),
    "FIFO": special(lambda path, _: os.mkfifo(path)),
    "device": special(device),
    "unreadable": special(unreadable),
    "symlink loops": loops,
    "odd names": odd_names,
    "many files": many_files,
    "deep folders": deep_folders,
}


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    if os.geteuid() == 0 and os.environ.get("HOSTILE_AS_NOBODY"):
        os.setgid(65534)
        os.setuid(65534)


def run(binary, folder, form):
    begun = time.monotonic()
    with tempfile.TemporaryFile() as out:
        environment = dict(os.environ)
        child = subprocess.Popen([binary, "lint", "--format", form, folder], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, preexec_fn=limit, env=environment)
        while True:
            done, status, usage = os.wait4(child.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() - begun > 10 * SECONDS:
                child.kill()
                os.wait4(child.pid, 0)
                child.returncode = -9
                return "it does not end", 0, 0
            time.sleep(0.005)
        child.returncode = os.waitstatus_to_exitcode(status)
        # The processor's time: other programs on the machine slow no one down.
        took = usage.ru_utime + usage.ru_stime
        out.seek(0)
        data = out.read()
    return judge(form, data, child.returncode), took, usage.ru_maxrss / 1024


def judge(form, data, code):
    if code != 1:
        return f"exit {code}"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "output is no UTF-8"
    if any(c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2028\u2029") for c in text):
        return "output holds control characters"
    if form == "github" and not all(line.startswith("::") for line in text.splitlines()):
        return "a line is no workflow command"
    if form in ("json", "sarif"):
        try:
            report = json.loads(text)
        except ValueError as error:
            return f"output is no JSON: {error}"
        found = report["diagnostics"] if form == "json" else report["runs"][0]["results"]
        if not found:
            return "nothing is found"
    return None if text.strip() else "nothing is said"


def remove(folder):
    # Folders too deep for any path.
    subprocess.run(["rm", "-rf", folder], check=False)


def main():
    binary, wanted = os.path.abspath(sys.argv[1]), sys.argv[2:]
    failed = 0
    for name, make in CASES.items():
        if wanted and name not in wanted:
            continue
        folder = tempfile.mkdtemp()
        os.chmod(folder, 0o755)
        task(PACK, "pack.toml")(folder)
        make(folder)
        if name == "unreadable" and os.geteuid() == 0:
            # Root reads everything.
            os.environ["HOSTILE_AS_NOBODY"] = "1"
        for form in FORMATS:
            fault, took, memory = run(binary, folder, form)
            fault = fault or (f"{took:.2f} s" if took > SECONDS else None) or (f"{memory:.0f} MiB" if memory > MEBIBYTES else None)
            failed += fault is not None
            if fault or form == "json":
                print(f"{'FAIL' if fault else 'ok  '} {name:<48} {form:<7} {took:5.2f} s {memory:4.0f} MiB {fault or ''}", flush=True)
        os.environ.pop("HOSTILE_AS_NOBODY", None)
        remove(folder)
    print(f"{failed} failed" if failed else "all held")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

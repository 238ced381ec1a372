#!/usr/bin/env python3
"""Clients that mean harm, against a server of the built binary, on loopback.

Usage: net.py BINARY [NAME]...   Linux only: memory and descriptors are read from /proc. `CHURN_SECONDS` and
`SILENT_CONNECTIONS` change how much is done. Latencies compare with the same client's, undisturbed, in the same run: they may
double. What is below FLOOR_MS counts as FLOOR_MS, since the attacker is a process of this machine too, and takes its share of
the processors whatever the server does: on two of them, two processes that only compute bring the 99th percentile to 2.1 ms.
An attack counts only if it took place: of the silent connections so many have to be open before others are timed as a busy
machine opens before the first is dropped; the rest are opened meanwhile.
"""

import base64
import json
import mmap
import os
import resource
import socket
import struct
import subprocess
import sys
import threading
import time

FREED_S = 10.5
BODY_MIB = 64
BODIES_COST_MIB = 16
CHURN_S = int(os.environ.get("CHURN_SECONDS", "60"))
CHURN_COSTS_MIB = 8
SILENT = int(os.environ.get("SILENT_CONNECTIONS", "10000"))
SILENT_AT_LEAST = min(SILENT, 4000)
ROUNDS, SAMPLES = 5, 1000
FLOOR_MS = 1.25
OPENERS = 20
ROUND_S, READY_S = 1, 9
CROWD = 64
KIB = 1 << 10
STATE = b'{"type":"state"}'


class Server:
    def __init__(self, binary, options=()):
        self.process = subprocess.Popen([binary, "serve", "--host", "127.0.0.1", "--port", "0", *options], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        self.address = ("127.0.0.1", int(line.split("http://127.0.0.1:")[1].split(" ")[0]))
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def connect(self, timeout=30):
        return socket.create_connection(self.address, timeout=timeout)

    def memory_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def post(path, body=b"", length=None, fields=""):
    length = len(body) if length is None else length
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{fields}Content-Length: {length}\r\n\r\n".encode() + body


def exchange(server, request):
    with server.connect() as connection:
        connection.sendall(request.replace(b"Host:", b"Connection: close\r\nHost:", 1))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def handshake(server, path="/ws"):
    connection = server.connect()
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    assert b" 101 " in head, head
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def frame(first, payload):
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
    return bytes([first]) + length + bytes(4) + payload


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_frame(connection):
    first, length = read_exactly(connection, 2)
    if length == 126:
        (length,) = struct.unpack(">H", read_exactly(connection, 2))
    elif length == 127:
        (length,) = struct.unpack(">Q", read_exactly(connection, 8))
    return first, read_exactly(connection, length)


def trickle(connection, first):
    """How long the server bears with a byte now and then, and the last that it says."""
    begun, said = time.monotonic(), b""
    connection.sendall(first)
    connection.settimeout(0.25)
    while time.monotonic() - begun < 2 * FREED_S:
        try:
            connection.sendall(b" ")
            more = connection.recv(65536)
            if not more:
                break
            said += more
        except TimeoutError:
            continue
        except OSError:
            break
        if said.startswith((b"HTTP/1.1 408", b"\x88")):
            break
    return time.monotonic() - begun, said


def slow_clients(server):
    kinds = {
        "head": (server.connect(), b"GET / HTTP/1.1\r\nX: "),
        "body": (server.connect(), post("/reset", b"{", length=1000)),
        "frame": (handshake(server), b"\x81\xe4\0\0\0\0"),
        "fragments": (handshake(server), frame(0x01, b"x") + b"\x00\xe4\0\0\0\0"),
    }
    freed = {}
    threads = [threading.Thread(target=lambda name=name, kind=kind: freed.update({name: trickle(*kind)})) for name, kind in kinds.items()]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    late = [f"{name}: {took:.1f} s" for name, (took, _) in freed.items() if took > FREED_S]
    return ", ".join(f"{name} {took:.1f} s" for name, (took, _) in freed.items()), late


def huge_bodies(server):
    exchange(server, post("/reset", b"{}"))
    before, most, done = server.memory_mib(), [0.0], threading.Event()

    def watch():
        while not done.wait(0.01):
            most[0] = max(most[0], server.memory_mib())

    def send(chunked):
        block = b" " * 65536
        with server.connect() as connection:
            try:
                if chunked:
                    connection.sendall(b"POST /reset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
                else:
                    connection.sendall(post("/reset", length=BODY_MIB << 20))
                for _ in range((BODY_MIB << 20) // len(block)):
                    connection.sendall(b"10000\r\n" + block + b"\r\n" if chunked else block)
            except OSError:
                pass  # refused before its end

    watcher = threading.Thread(target=watch)
    watcher.start()
    for chunked in [False, True]:
        threads = [threading.Thread(target=send, args=(chunked,)) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    done.set()
    watcher.join()
    cost = most[0] - before
    return f"8 bodies of {BODY_MIB} MiB cost {cost:.1f} MiB", [] if cost < BODIES_COST_MIB else [f"{cost:.1f} MiB"]


def p99_ms(server):
    connection, times = handshake(server), []
    connection.sendall(frame(0x81, b'{"type":"reset"}'))
    read_frame(connection)
    until = time.monotonic() + ROUND_S
    while len(times) < SAMPLES or time.monotonic() < until:
        begun = time.monotonic()
        connection.sendall(frame(0x81, STATE))
        read_frame(connection)
        times.append(time.monotonic() - begun)
    connection.close()
    return sorted(times)[len(times) * 99 // 100] * 1000


class Deeds:
    """What an attacker has done so far, in memory that it shares with who watches it."""

    def __init__(self):
        self.memory, self.lock = mmap.mmap(-1, 16), threading.Lock()

    def add(self, connections=0, sent=0):
        with self.lock:
            counts = self.counts()
            struct.pack_into("QQ", self.memory, 0, counts[0] + connections, counts[1] + sent)

    def counts(self):
        return struct.unpack_from("QQ", self.memory, 0)


def disturbed(act, connections=1, sent=0, meanwhile=0):
    """A check that others notice little of what `act` does until it is told to stop. It is done by a process of its own, which
    has to open so many connections and send so many bytes before others are timed, and so many more meanwhile, and has to be
    at it still at the end. Rounds without it and with it take turns, so that what else the machine does is in both: the median
    of those with it is compared with the worst of those without."""

    def attack(server, deeds):
        child = os.fork()
        if child == 0:
            try:
                act(server, deeds)
            finally:
                os._exit(1)
        return child

    def round_of_it(server):
        deeds, ended = Deeds(), 0
        child = attack(server, deeds)
        try:
            until = time.monotonic() + READY_S
            while (deeds.counts()[0] < connections or deeds.counts()[1] < sent) and time.monotonic() < until:
                time.sleep(0.1)
            opened, before = deeds.counts()
            p99 = p99_ms(server)
            ended, _ = os.waitpid(child, os.WNOHANG)
            more = deeds.counts()[1] - before
        finally:
            if not ended:
                os.kill(child, 9)
                os.waitpid(child, 0)
        time.sleep(0.5)  # what it leaves behind is over
        is_one = not ended and opened >= connections and before >= sent and more >= meanwhile
        return p99, "" if is_one else f"no attack: {opened} connections, {before} bytes, then {more}, {'given up' if ended else 'and on'}"

    def check(server):
        alone, among, faults = [], [], []
        for _ in range(ROUNDS):
            alone.append(p99_ms(server))
            p99, fault = round_of_it(server)
            among.append(p99)
            faults += [fault] if fault else []
        worst, alone, among = max(alone), sorted(alone)[ROUNDS // 2], sorted(among)[ROUNDS // 2]
        bound = 2 * max(worst, FLOOR_MS)
        said = f"p99 {alone:.2f} ms alone, at worst {worst:.2f}; {among:.2f} ms disturbed: x{among / alone:.1f}, up to {bound:.2f} ms (floor {FLOOR_MS})"
        return said, faults + ([f"{among:.2f} ms, more than {bound:.2f}"] if among > bound else [])

    return check


def flood(data, reads):
    def act(server, deeds):
        while True:
            connection = handshake(server)
            deeds.add(connections=1)
            connection.settimeout(0.05 if reads else 5)
            try:
                while True:
                    connection.sendall(data)
                    deeds.add(sent=len(data))
                    if reads:
                        connection.recv(1 << 20)
                    time.sleep(0.001)
            except OSError:
                connection.close()

    return act


def silent_connections(server, deeds):
    held = []

    def client():
        for _ in range(SILENT // OPENERS):
            held.append(server.connect())
            deeds.add(connections=1)

    threads = [threading.Thread(target=client) for _ in range(OPENERS)]
    [thread.start() for thread in threads]
    while True:
        time.sleep(1)


def costly_replies(server, deeds):
    """Two clients that send the longest replies one after another, without waiting for answers."""
    words = "We have refunded the order to your card and a replacement is on its way to you at no extra cost. "
    step = json.dumps({"type": "step", "data": {"action_type": "draft_reply", "message": (words * 200)[:16000]}}).encode()
    episode = frame(0x81, b'{"type":"reset"}') + frame(0x81, step) * 5

    def client():
        connection = handshake(server)
        deeds.add(connections=1)
        threading.Thread(target=lambda: [None for _ in iter(lambda: connection.recv(1 << 20), b"")], daemon=True).start()
        while True:
            connection.sendall(episode)
            deeds.add(sent=len(episode))

    threads = [threading.Thread(target=client) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def crowded_out(first):
    """A check that newcomers are served beside more clients than there is room for, who say `first` and no more."""

    def check(server):
        done = threading.Event()

        def holder():
            while not done.is_set():
                try:
                    with server.connect() as connection:
                        connection.sendall(first)
                        while connection.recv(65536) and not done.is_set():
                            pass
                except OSError:
                    pass

        threads = [threading.Thread(target=holder, daemon=True) for _ in range(CROWD + CROWD // 4)]
        [thread.start() for thread in threads]
        time.sleep(3)
        served = 0
        for _ in range(24):
            try:
                served += exchange(server, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")[0] == 200
            except (OSError, IndexError):
                pass
            time.sleep(0.25)
        done.set()
        # Others come at the same moment, and one may have to try again.
        return f"{served} of 24 newcomers were served", [] if served >= 22 else ["too few"]

    return check


def churn(server):
    def client(until):
        while time.monotonic() < until:
            try:
                with server.connect() as connection:
                    connection.sendall(post("/mcp", b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'))
                    connection.recv(100)
                connection = handshake(server)
                connection.sendall(frame(0x81, b'{"type":"reset"}') + frame(0x81, STATE))
                read_frame(connection)
                connection.close()
                with server.connect() as connection:
                    connection.sendall(b"GET / HT")
            except (OSError, EOFError):
                pass

    def run(seconds):
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=client, args=(until,)) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        time.sleep(3)  # what lingers is over
        return server.memory_mib(), server.descriptors()

    first, second = run(CHURN_S / 4), run(CHURN_S * 3 / 4)
    faults = [f"{second[0] - first[0]:.1f} MiB more"] if second[0] - first[0] > CHURN_COSTS_MIB else []
    faults += [f"{first[1]} descriptors, then {second[1]}"] if second[1] > first[1] + 2 else []
    return f"{first[0]:.1f} MiB, {first[1]} descriptors after a quarter; {second[0]:.1f} MiB, {second[1]} at the end", faults


def steps_at_once(server):
    _, body = exchange(server, post("/reset", b"{}"))
    session = json.loads(body)["metadata"]["session_id"]
    statuses = []
    step = post("/step", b'{"action":{"action_type":"review_ticket"}}', fields=f"X-Session-ID: {session}\r\n")
    threads = [threading.Thread(target=lambda: statuses.append(exchange(server, step)[0])) for _ in range(64)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    _, body = exchange(server, f"GET /state?session_id={session} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    count = json.loads(body)["step_count"]
    return f"{count} steps", [] if (count, statuses) == (64, [200] * 64) else [f"{count} steps, {statuses}"]


OPTIONS = {name: ("--max-connections", str(CROWD)) for name in ("heads that rest", "bodies that never come")}

CASES = {
    "slow head, body, frame, fragments": slow_clients,
    "huge bodies": huge_bodies,
    "pings": disturbed(flood(frame(0x89, b"x") * 200, reads=True), connections=10, meanwhile=4 * KIB),
    "fragments of one byte": disturbed(flood(frame(0x01, b" ") + frame(0x00, b" ") * 500 + frame(0x80, b" "), reads=True), meanwhile=64 * KIB),
    "clients that never read": disturbed(flood(frame(0x81, STATE) * 50, reads=False), sent=256 * KIB),
    "silent connections": disturbed(silent_connections, connections=SILENT_AT_LEAST // OPENERS * OPENERS),
    "costly replies": disturbed(costly_replies, connections=2, sent=256 * KIB),
    "heads that rest": crowded_out(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "bodies that never come": crowded_out(post("/reset", length=100)),
    "steps at once": steps_at_once,
    "churn": churn,
}


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    binary, wanted, failed = os.path.abspath(sys.argv[1]), sys.argv[2:], 0
    for name, check in CASES.items():
        if wanted and name not in wanted:
            continue
        server = Server(binary, OPTIONS.get(name, ()))
        try:
            said, faults = check(server)
        finally:
            server.stop()
        failed += bool(faults)
        print(f"{'FAIL' if faults else 'ok  '} {name:<36} {said} {'; '.join(faults)}", flush=True)
    print(f"{failed} failed" if failed else "all held")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

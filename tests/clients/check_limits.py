"""The limits of the HTTP head and body, over bare sockets."""

import json
import socket
import time
import urllib.parse

from suite import equal, true

MIB = 1024 * 1024


def run_all(suite, url, slow):
    address = urllib.parse.urlsplit(url)
    server = (address.hostname, address.port)
    suite.run("limits: a head past 32 KiB is 431", head_too_long, server)
    suite.run("limits: more than 100 fields is 431", too_many_fields, server)
    suite.run("limits: 413 by Content-Length alone", announced_too_large, server)
    suite.run("limits: 413 for chunks past 1 MiB", chunks_too_large, server)
    suite.run("limits: a body of 1 MiB is read", body_at_limit, server)
    suite.run("limits: a connection is kept alive", keep_alive, server)
    suite.run("limits: garbage is 400", garbage, server)
    if slow:
        suite.run("limits: a head that does not come in 10 s", slow_head, server)
        suite.run("limits: a body that does not come in 10 s is 408", slow_body, server)


def exchange(server, *parts, wait_s=10):
    """Sends the parts, returns `(status, body)` of the first answer; `(None, b"")` when the server just hangs up."""
    with socket.create_connection(server, timeout=wait_s) as connection:
        try:
            for part in parts:
                connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # an early refusal is still to be read
        return read_answer(connection)


def read_answer(connection):
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None, b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
        while len(body) < length:
            more = connection.recv(65536)
            if not more:
                break
            body += more
    except ConnectionResetError:
        if not data:
            return None, b""
    return int(data.split()[1]), body


def head(server, method="POST", path="/reset", **fields):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {server[0]}:{server[1]}", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def head_too_long(server):
    equal(exchange(server, head(server, "GET", "/health", X_Long="x" * 40_000))[0], 431, "status")
    equal(exchange(server, head(server, "GET", "/health", X_Long="x" * 20_000))[0], 200, "status of a long, legal head")


def too_many_fields(server):
    fields = {f"X_{number}": "1" for number in range(120)}
    equal(exchange(server, head(server, "GET", "/health", **fields))[0], 431, "status")


def announced_too_large(server):
    status, body = exchange(server, head(server, Content_Length=100 * MIB))
    equal(status, 413, "status")
    true("detail" in json.loads(body), f"no typed error: {body[:200]!r}")


def chunks_too_large(server):
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    equal(exchange(server, head(server, Transfer_Encoding="chunked"), chunk * 20)[0], 413, "status")


def body_at_limit(server):
    padding = MIB - len('{"pad": ""}')
    body = b'{"pad": "' + b"x" * padding + b'"}'
    equal(exchange(server, head(server, Content_Length=len(body)), body)[0], 200, "status")


def keep_alive(server):
    with socket.create_connection(server, timeout=10) as connection:
        for _ in range(3):
            connection.sendall(head(server, "GET", "/health"))
            equal(read_answer(connection), (200, b'{"status":"healthy"}'), "answer")


def garbage(server):
    status, _ = exchange(server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n")
    true(status in (400, None), f"status {status}")


def slow_head(server):
    begun = time.monotonic()
    status, _ = exchange(server, b"GET /health HTTP/1.1\r\n", wait_s=20)
    true(status in (408, None), f"status {status}")
    true(9 < time.monotonic() - begun < 14, f"{time.monotonic() - begun:.1f} s")


def slow_body(server):
    begun = time.monotonic()
    status, _ = exchange(server, head(server, Content_Length=10), b"{", wait_s=25)
    equal(status, 408, "status")
    true(9 < time.monotonic() - begun < 14, f"{time.monotonic() - begun:.1f} s")

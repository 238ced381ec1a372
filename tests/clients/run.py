"""Runs the checks of one client package against a server that is up.

    target/clients/<version>/bin/python tests/clients/run.py URL VERSION [--small-url URL] [--production-url URL]
        [--token-url URL --token TOKEN] [--package DIR --binary FILE] [--slow]

`--small-url` is a server with room for two sessions, `--production-url` one in production mode, `--token-url` one that asks
for this token; `--package` an export of the repository, `--binary` the
program itself (both for 0.10.0 only).
`--only` names groups: generic, typed, capacity, validate, mcp, access, http, socket, limits, wire, tasks, package.
"""

import argparse
import importlib.metadata
import sys

from suite import Suite


def main():
    arguments = parse_arguments()
    installed = installed_version()
    if installed != arguments.version:
        sys.exit(f"this Python has openenv {installed}, not {arguments.version}")
    newest = arguments.version == "0.10.0"
    suite = Suite(f"[{arguments.version}]")
    url = arguments.url

    def wanted(group):
        return not arguments.only or group in arguments.only

    import check_access
    import check_generic
    import check_mcp
    import check_server
    import check_typed

    if wanted("generic"):
        check_generic.run_all(suite, url)
    if wanted("typed"):
        check_typed.run_all(suite, url)
    if wanted("capacity") and arguments.small_url:
        check_server.run_capacity(suite, arguments.small_url)
    if wanted("validate"):
        check_server.run_validate_url(suite, url)
    if wanted("mcp"):
        check_mcp.run_all(suite, url, newest)
    if wanted("access") and arguments.production_url:
        check_access.run_production(suite, arguments.production_url, url)
    if wanted("access") and arguments.token_url and newest:
        check_access.run_token(suite, arguments.token_url, arguments.token)
    if newest:
        import check_http
        import check_limits
        import check_socket
        import check_wire

        if wanted("http"):
            check_http.run_all(suite, url)
        if wanted("socket"):
            check_socket.run_all(suite, url)
        if wanted("limits"):
            check_limits.run_all(suite, url, arguments.slow)
        if wanted("capacity") and arguments.small_url:
            check_http.run_capacity(suite, arguments.small_url)
        if wanted("wire"):
            check_wire.run_all(suite, url)
        if wanted("tasks"):
            check_wire.run_all(suite, url, task_api=True)
        if wanted("package") and arguments.package and arguments.binary:
            check_server.run_package(suite, url, arguments.package, arguments.binary)
    if arguments.slow:
        check_server.run_keepalive(suite, url)
    suite.finish()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("version")
    parser.add_argument("--small-url")
    parser.add_argument("--production-url")
    parser.add_argument("--token-url")
    parser.add_argument("--token")
    parser.add_argument("--package")
    parser.add_argument("--binary")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    return parser.parse_args()


def installed_version():
    for package in ("openenv", "openenv-core"):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return "missing"


if __name__ == "__main__":
    main()

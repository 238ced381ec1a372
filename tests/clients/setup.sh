#!/usr/bin/env bash
# Makes one virtual environment per client package under target/clients/, and installs MCP's conformance suite there.
# A second run changes nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-python3}
make_venv() { # version requirement...
    local venv=target/clients/$1
    shift
    local stamp=$venv/.installed wanted="$*"
    if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then
        return
    fi
    echo "installing $wanted into $venv" >&2
    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    echo "$wanted" >"$stamp"
}

# The pins are what the wire goldens were recorded with; pydantic's version shows in the links of its errors.
make_venv 0.10.0 'openenv==0.10.0' 'fastapi==0.165.0' 'pydantic==2.14.3' 'websockets==17.4' 'pytest==9.2.0'
make_venv 0.3.0 'openenv-core==0.3.0' 'pytest==9.2.0'
make_venv 0.2.3 'openenv-core==0.2.3' 'pytest==9.2.0'
make_venv ors-sdk 'ors-sdk==0.1.0'
make_venv openreward 'openreward==0.1.167'
make_venv mcp-1 'mcp==1.30.0'
make_venv mcp-2 'mcp==2.3.0'
make_venv fastmcp-3 'fastmcp==3.4.10'
make_venv fastmcp-4 'fastmcp==4.1.2'
make_venv schemathesis 'schemathesis==4.32.5'

# MCP's own conformance suite, with the Node that it needs.
suite=target/clients/conformance
mkdir -p "$suite"
if ! cmp --silent tests/clients/conformance/package-lock.json "$suite/.installed"; then
    echo "installing MCP's conformance suite into $suite" >&2
    cp tests/clients/conformance/package.json tests/clients/conformance/package-lock.json "$suite/"
    npm ci --prefix "$suite" --silent --no-audit --no-fund
    cp "$suite/package-lock.json" "$suite/.installed"
fi

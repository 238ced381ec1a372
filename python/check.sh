#!/usr/bin/env bash
# Checks the Python package and inference.py against a binary: generated models, types, style, tests under every OpenEnv
# client there is. Needs the virtual environments of tests/clients/setup.sh.
set -euo pipefail
SUPPORT_OPS_BINARY=$(realpath "$1")
export SUPPORT_OPS_BINARY
cd "$(dirname "$0")"

venv=../target/python
pins=('mypy==2.4.1' 'ruff==0.17.6' 'hatchling==1.33.0' 'openenv==0.10.0')
if [[ ! -f $venv/.installed || $(<"$venv/.installed") != "${pins[*]}" ]]; then
    rm -rf "$venv"
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "${pins[@]}"
    echo "${pins[*]}" >"$venv/.installed"
fi

"$venv/bin/python" generate.py --check
"$venv/bin/mypy"
"$venv/bin/ruff" check --config pyproject.toml . ../inference.py
"$venv/bin/ruff" format --check --config pyproject.toml . ../inference.py

# The wheel holds the package and its mark of types, and nothing else.
wheel=$(mktemp -d)
trap 'rm -rf "$wheel"' EXIT
"$venv/bin/hatchling" build -t wheel -d "$wheel" >/dev/null 2>&1
"$venv/bin/python" -m zipfile -l "$wheel"/*.whl | grep 'support_ops_env/py.typed'

for version in 0.10.0 0.3.0 0.2.3; do
    echo "under OpenEnv $version"
    "../target/clients/$version/bin/python" -m pytest
done

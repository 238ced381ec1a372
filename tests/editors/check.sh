#!/usr/bin/env bash
# Checks that the authored schemas work in the engines of real editors: taplo, tombi and check-jsonschema.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=target/editors
pins=('taplo==0.9.3' 'tombi==1.9.6' 'check-jsonschema==0.39.0')
if [[ ! -f $venv/.installed || $(<"$venv/.installed") != "${pins[*]}" ]]; then
    rm -rf "$venv"
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "${pins[@]}"
    echo "${pins[*]}" >"$venv/.installed"
fi
exec "$venv/bin/python" tests/editors/check.py "$venv/bin"

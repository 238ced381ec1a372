#!/usr/bin/env bash
# Makes the virtual environment with the reference implementations under target/statistics/: scipy, numpy, inspect_ai.
# Under a minute; a second run changes nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

wanted='scipy==1.17.1 numpy==2.4.6 inspect-ai==0.3.285'
venv=target/statistics
if [[ -f $venv/.installed && $(<"$venv/.installed") == "$wanted" ]]; then
    exit
fi
echo "installing $wanted into $venv" >&2
rm -rf "$venv"
"${PYTHON:-python3}" -m venv "$venv"
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted
echo "$wanted" >"$venv/.installed"

#!/usr/bin/env bash
# Runs the examples of python/examples against a binary: a rollout loop, verifiers with a stand-in for a model's host, and
# two steps of GRPO by TRL on the processor. PyPI's torch for Linux brings CUDA with it: the environments take 7 GB under
# target/training, and are made once.
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/../.."

make_venv() { # name requirement...
    local venv=target/training/$1
    shift
    local wanted="$*"
    if [[ -f $venv/.installed && $(<"$venv/.installed") == "$wanted" ]]; then
        return
    fi
    echo "installing $wanted into $venv" >&2
    rm -rf "$venv"
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check "$@"
    echo "$wanted" >"$venv/.installed"
}

free_gb=$(($(df --output=avail -k . | tail -1) / 1048576))
if [[ ! -f target/training/trl/.installed ]] && ((free_gb < 12)); then
    echo "skipped: TRL needs 12 GB of room for torch with its CUDA libraries, there are $free_gb"
    trl=
else
    trl=1
    make_venv trl 'trl==1.16.0' 'torch==2.15.0' 'transformers==5.23.0' 'openenv==0.10.0'
fi
make_venv verifiers 'verifiers==0.3.1' 'openenv==0.10.0'

exec python3 tests/training/run.py "$binary" "${trl:+trl}"

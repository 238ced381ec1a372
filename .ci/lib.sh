# Shared by .ci/run and .ci/full: headings, a count of failures, the rooms to work in. Sourced, never run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
export PIP_DISABLE_PIP_VERSION_CHECK=1
# A proxy of the build machine must not stand between a test and its own server.
export NO_PROXY=${NO_PROXY:+$NO_PROXY,}127.0.0.1,localhost
export no_proxy=$NO_PROXY

failures=()
started=$SECONDS

heading() {
    printf '\n=== %s (%d s) ===\n' "$*" $((SECONDS - started))
}

# A step that must hold before the next one makes sense: the first failure ends the run.
must() {
    heading "$*"
    "$@" || {
        printf '\nFAILED: %s\n' "$*"
        exit 1
    }
}

# A step among several that all run: its failure is told at the end.
try() {
    heading "$*"
    "$@" || {
        printf 'FAILED: %s\n' "$*"
        failures+=("$*")
    }
}

# Says what failed, if anything, and exits accordingly.
verdict() {
    heading "verdict"
    if ((${#failures[@]})); then
        printf 'FAILED: %s\n' "${failures[@]}"
        exit 1
    fi
    echo "all passed"
}

need_component() { # rustfmt|clippy, and the cargo command that shows it is there
    cargo "$2" --version >/dev/null 2>&1 || rustup component add "$1"
}

# The directory cargo builds into, wherever the machine puts it.
target_dir() {
    cargo metadata --format-version 1 --no-deps --locked |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])'
}

#!/usr/bin/env bash
# Compares the statistics of `support-ops eval` with those of scipy, numpy and inspect_ai.
# Usage: tests/statistics/run.sh BINARY [DATA SETS]
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/../.."
tests/statistics/setup.sh
target/statistics/bin/python tests/statistics/check.py "$binary" "${2:-40}"

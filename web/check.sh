#!/usr/bin/env bash
# Checks the page's source, and that `web/dist`, which the binary embeds, is what this source builds.
set -euo pipefail
cd "$(dirname "$0")"

command -v npm >/dev/null || {
    echo "the page needs Node 20 or later to be built and checked" >&2
    exit 1
}
npm ci --no-audit --no-fund
npm test
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
npm run build -- "$fresh/dist"
if ! diff -r "$fresh/dist" dist; then
    echo "web/dist is not what web/ builds: run 'npm run build' in web/ and commit it" >&2
    exit 1
fi

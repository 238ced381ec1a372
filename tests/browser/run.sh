#!/usr/bin/env bash
# The browser suite against a built binary: `tests/browser/run.sh BINARY [playwright's arguments]`.
# With UPDATE_IMAGES=1 it also writes docs/images/*.png.
set -euo pipefail
binary=$(realpath "$1")
shift
cd "$(dirname "$0")"

if ! command -v "${CHROMIUM:-chromium}" >/dev/null; then
    echo "installing chromium" >&2
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium) >&2
fi
if [[ ! -f node_modules/.installed || $(<node_modules/.installed) != "$(sha256sum <package-lock.json)" ]]; then
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
    sha256sum <package-lock.json >node_modules/.installed
fi
npx tsc --noEmit
SUPPORT_OPS=$binary exec npx playwright test "$@"

#!/usr/bin/env bash
# Every test of every layer, from a bare machine. The last line is the total: `N passed, N failed, N skipped`.
set -uo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
cd "$root"
if ! { [ -x node_modules/.bin/tsc ] && scripts/node --version >/dev/null 2>&1; }; then npm install --no-audit --no-fund || exit 1; fi
bash scripts/install-docker.sh --with-test-tools && bash scripts/start-docker.sh || exit 1
# The distribution's HAProxy has to be there; tests run with a later one besides where it can be fetched.
bash scripts/install-balancer.sh --with-test-tools || exit 1
export LONGSHORE_FURTHER_HAPROXY="${LONGSHORE_FURTHER_HAPROXY:-/var/tmp/longshore-haproxy-trixie/haproxy}"
exec scripts/node --disable-warning=ExperimentalWarning tools/test-all.ts

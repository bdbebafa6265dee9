#!/usr/bin/env bash
# From a bare machine to a service that answers: installs what is missing, starts Longshore in the background, runs a sample task, deploys
# a sample service, and says how to go on. Exit code 0 only if the task really ran and the service really answers. Running it again works.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
cd "$root"
step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

step "npm packages"
if [ -x node_modules/.bin/tsc ] && "$root/scripts/node" --version >/dev/null 2>&1; then echo "installed"; else npm install --no-audit --no-fund; fi

step "Docker Engine"
bash scripts/install-docker.sh
bash scripts/start-docker.sh

step "HAProxy"
bash scripts/install-balancer.sh

step "Longshore"
exec "$root/scripts/node" --disable-warning=ExperimentalWarning scripts/quickstart.ts

#!/bin/sh
# Makes sure that a Docker Engine answers: does nothing if one does, else starts it and waits until it is ready. With systemd the
# service is started; without it (in a container, a sandbox, a small VM) dockerd itself, logging to $LONGSHORE_DOCKERD_LOG.
set -eu

socket=/var/run/docker.sock
log=${LONGSHORE_DOCKERD_LOG:-/var/log/longshore-dockerd.log}
root=$(cd "$(dirname "$0")/.." && pwd)
seconds=60

# An engine elsewhere is not ours to start; the agent says if it cannot be reached.
[ "${DOCKER_HOST:-unix://$socket}" = "unix://$socket" ] || exit 0

answers() {
  "$root/scripts/node" -e '
    const call = require("node:http").get({ socketPath: process.argv[1], path: "/_ping", timeout: 2000 })
    call.on("response", (response) => process.exit(response.statusCode === 200 ? 0 : 1))
    call.on("timeout", () => process.exit(1))
    call.on("error", (error) => process.exit(error.code === "EACCES" ? 13 : 1))
  ' "$socket"
}

fail() {
  echo "$1" >&2
  exit 1
}

# The hierarchies that Docker needs, where nothing has mounted any.
mount_control_groups() {
  if grep -qE ' /sys/fs/cgroup(/[a-z,]+)? cgroup2? ' /proc/mounts; then return; fi
  mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
  awk '!/^#/ && $4 == 1 { print $1 }' /proc/cgroups | while read -r controller; do
    mkdir -p "/sys/fs/cgroup/$controller"
    mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller" || rmdir "/sys/fs/cgroup/$controller"
  done
  mkdir -p /sys/fs/cgroup/systemd
  mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd || rmdir /sys/fs/cgroup/systemd
}

# A killed dockerd takes its containerd along, and both leave their pids behind; while an init is slow to reap them, a new dockerd
# would believe that they run.
forget_the_dead() {
  for file in /var/run/docker.pid /var/run/docker/containerd/containerd.pid; do
    [ -f "$file" ] || continue
    case $(awk '/^State:/ { print $2 }' "/proc/$(cat "$file")/status" 2>/dev/null) in
    '' | Z | X) rm -f "$file" ;;
    esac
  done
}

status=0
answers || status=$?
case $status in
0) exit 0 ;;
13) fail "Docker answers at $socket, but not to $(id -un): run 'sudo usermod -aG docker $(id -un)' and log in again." ;;
esac
[ "$(id -u)" -eq 0 ] || fail "No Docker Engine answers at $socket. Start it: sudo systemctl start docker"

PATH=$PATH:/usr/sbin:/sbin
export PATH
if [ -d /run/systemd/system ]; then
  systemctl start docker || fail "systemd cannot start Docker: see 'journalctl -u docker'."
  pid=
else
  command -v dockerd >/dev/null || fail "dockerd is not installed: run scripts/install-docker.sh"
  mount_control_groups
  forget_the_dead
  echo "Starting Docker Engine (log: $log)"
  setsid dockerd --host="unix://$socket" >>"$log" 2>&1 </dev/null &
  pid=$!
fi

deadline=$(($(date +%s) + seconds))
until answers; do
  if [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null; then
    tail -n 5 "$log" >&2
    fail "Docker Engine did not start: see $log"
  fi
  [ "$(date +%s)" -lt "$deadline" ] || fail "Docker Engine does not answer at $socket after $seconds seconds: see $log"
  sleep 0.2
done

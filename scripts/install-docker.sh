#!/bin/sh
# Installs what running containers and building the test image needs and is missing: Docker Engine, iptables and a static busybox,
# from Debian's packages; with --with-test-tools also what the tests call besides: the AWS CLI, pgrep, curl, an ACME server, and clients of
# container registries with one to compare ours to. Without root, or on another system, it says what to install and fails.
set -eu

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }

# Debian's other busybox package needs shared libraries, which an image made from it would not have.
has_static_busybox() {
  busybox=$(command -v busybox) || return 1
  ! ldd "$busybox" 2>/dev/null | grep -q '=>'
}

missing=
has dockerd || missing="$missing docker.io"
has iptables || missing="$missing iptables"
has_static_busybox || missing="$missing busybox-static"
if [ "${1:-}" = --with-test-tools ]; then
  [ -x /usr/bin/aws ] || missing="$missing awscli"
  has pgrep || missing="$missing procps"
  has ip || missing="$missing iproute2"
  has curl || missing="$missing curl"
  has openssl || missing="$missing openssl"
  has pebble || missing="$missing pebble"
  for tool in skopeo buildah podman docker-registry; do
    has "$tool" || missing="$missing $tool"
  done
fi
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
  echo "Longshore runs containers with Docker Engine, and this machine lacks:$missing" >&2
  if has apt-get; then
    echo "Install it, and start again:" >&2
    echo "  sudo apt-get update && sudo apt-get install --yes$missing" >&2
  else
    echo "Install Docker Engine (20.10 or later), iptables and a statically linked busybox, and start again." >&2
  fi
  exit 1
fi

echo "Installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of words
if ! { apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install:$missing" >&2
  exit 1
fi

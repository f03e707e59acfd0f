# shellcheck shell=bash disable=SC2034
# Names, paths, messages, and the runner that times each stage and shows the log of the one that failed.

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

say() { printf '%s\n' "$*" >&2; }
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

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# stage NAME FUNCTION ARGS...: run it with its output in a log; on failure say which and show the end of the log.
# It runs in a subshell that is no condition, because bash ignores `set -e` in everything a condition calls; and in a
# process group of its own (set -m), so that an interrupted `up` takes its compiler along.
STAGE_GROUP=
stage() {
  local name=$1 begin=$EPOCHREALTIME log status
  shift
  log=$STAGE_LOGS/$name.log
  mkdir -p "$STAGE_LOGS"
  printf '== %-22s' "$name" >&2
  set -m +e
  (
    set +m -euo pipefail
    trap - INT TERM HUP
    "$@"
  ) >"$log" 2>&1 </dev/null &
  STAGE_GROUP=$!
  wait $STAGE_GROUP
  status=$?
  set +m -e
  STAGE_GROUP=
  if [ $status != 0 ]; then
    printf 'FAILED after %s s\n' "$(seconds_since "$begin")" >&2
    say "-- the last lines of $log:"
    tail -n 25 "$log" >&2
    say "-- stage \"$name\" failed (exit code $status). The whole log: $log"
    exit 1
  fi
  printf '%6s s\n' "$(seconds_since "$begin")" >&2
}

interrupted() {
  [ -z "$STAGE_GROUP" ] || kill -TERM -- "-$STAGE_GROUP" 2>/dev/null || true
  say ""
  say "hack/cluster: interrupted; run it again to go on, or \"hack/cluster down\" to clean up"
  exit 130
}
trap interrupted INT TERM HUP

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
    flock 9
  fi
}
unlock() { exec 9>&-; }

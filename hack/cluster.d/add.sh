# shellcheck shell=bash disable=SC2034,SC2153
# `add`: what not everybody wants, on a cluster that is up. Nothing of it is built before it is asked for. Each has a file of its name with
#   set_NAME_entries  where its builds are in the cache, NAME_KEY (the digest of what its manifests are rendered from), NAME_DEPLOYMENTS,
#                     and NAME_WORKLOADS if those are others than NAME
#   NAME_binaries, NAME_images (as in images.sh), render_NAME (writes WORKLOAD/crds.yaml and WORKLOAD/rest.yaml)

ADDABLE="acme contour istio prometheus traefik"

add() {
  local name
  [ $# -gt 0 ] || die "add: which of these? $ADDABLE"
  require_addable "$@"
  require_up
  for name; do add_one "$name"; done
}

require_addable() {
  local name
  for name; do
    [[ " $ADDABLE " = *" $name "* ]] || die "\"$name\" cannot be added; these can: $ADDABLE"
  done
}

add_one() {
  local name=$1 begin=$EPOCHREALTIME
  if [ "$name" = prometheus ]; then # a process, without images and manifests
    add_prometheus
    return
  fi
  build_added "$name"
  lock "$STATES/$CLUSTER.lock"
  STAGE_LOGS=$LOGS/up
  stage "registry-$name" add_images "${name}_images"
  stage "workloads-$name" workloads
  stage "available-$name" ready
  unlock
  say "$name runs on $CLUSTER after $(seconds_since "$begin") s"
}

build_added() {
  local name=$1
  if [ "$name" = prometheus ]; then
    prometheus_programs "$CACHE"
    return
  fi
  STAGE_LOGS=$CACHE/log
  require_go
  set_binary_entries
  set_added "$name"
  lock "$CACHE/lock"
  clean_cache
  stage pins check_pins
  stage "build-$name" "${name}_binaries"
  stage "images-$name" build_images "${name}_images"
  stage "manifests-$name" entry "manifests-$name" "$MANIFESTS_KEY" "render_$name"
  unlock
}

# From here on the parts that `up` shares with `add` are about this addition.
set_added() {
  local key=${1^^}_KEY workloads=${1^^}_WORKLOADS deployments=${1^^}_DEPLOYMENTS
  "set_${1}_entries"
  MANIFESTS_KEY=${!key}
  MANIFESTS=$CACHE/manifests-$1-$MANIFESTS_KEY
  WORKLOADS=${!workloads:-$1}
  DEPLOYMENTS=${!deployments}
}

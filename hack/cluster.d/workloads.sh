# shellcheck shell=bash
# What runs in the cluster: applied all at once, waited for at the end.

WORKLOADS="coredns envoy-gateway serving"

# install_workload NAME: create everything; or, when it was there before, only what is missing, so that a ConfigMap
# that you changed keeps the change. Server-side apply is for an `up` with other versions than the last one.
install_workload() {
  local name=$1 dir=$MANIFESTS/$1 mark=$STATE/installed/$1 method=create
  mkdir -p "$STATE/installed"
  echo "putting $name into the cluster"
  if [ -e "$mark" ]; then
    if [ "$(cat "$mark")" != "$MANIFESTS_KEY" ]; then method=update; elif all_there "$dir"; then return 0; fi
  fi
  if [ -e "$dir/crds.yaml" ]; then
    "put_$method" "$dir/crds.yaml"
    kubectl_in wait --for=condition=Established --timeout=60s -f "$dir/crds.yaml" >/dev/null
  fi
  "put_$method" "$dir/rest.yaml"
  echo "$MANIFESTS_KEY" >"$mark"
}

# all_there DIRECTORY: as many objects in the cluster as in the manifests
all_there() {
  local wanted found
  wanted=$(cat "$1"/*.yaml | grep -c '^kind:')
  found=$(kubectl_in get --ignore-not-found -o name -f "$1" | wc -l)
  echo "${1##*/}: $found of $wanted objects are there"
  [ "$found" = "$wanted" ]
}

put_update() { kubectl_in apply --server-side --force-conflicts -f "$1"; }

# A webhook that is not up yet refuses what it would check: try again.
put_create() { wait_for 90 "everything of $1" create_missing "$1" 2>&1; }

create_missing() {
  local errors
  errors=$(kubectl_in create --validate=ignore -f "$1" 2>&1 >/dev/null) || true
  # "Already exists" (and for cluster DNS with its fixed address "already allocated") is what a second `up` meets; everything else is an error.
  if grep -v 'already exists\|provided IP is already allocated' <<<"$errors" | grep . >"$LOGS/up/create-errors.log"; then return 1; fi
}

workloads() {
  local name pids=() failed=0
  for name in $WORKLOADS; do
    (install_workload "$name") &
    pids+=($!)
  done
  for name in "${pids[@]}"; do wait "$name" || failed=1; done
  return $failed
}

# Everything Available, and the webhooks answering: an API server that still calls a dead webhook refuses writes.
ready() {
  local deadline=$((SECONDS + 300)) pending="" before=""
  while [ $SECONDS -lt $deadline ]; do
    pending=$(unavailable)
    if [ -z "$pending" ]; then return 0; fi
    if [ "$pending" != "$before" ]; then echo "waiting for ${pending//$'\n'/ }"; fi
    before=$pending
    sleep 0.5
  done
  echo "not Available after 300 s:"
  echo "$pending"
  kubectl_in get pods -A -o wide
  kubectl_in get events -A --field-selector type=Warning | tail -n 20
  return 1
}

# Ours only: what others deploy beside them, may fail without failing an `up`.
DEPLOYMENTS="kube-system/coredns envoy-gateway-system/envoy-gateway
  knative-serving/activator knative-serving/autoscaler knative-serving/controller knative-serving/webhook"

unavailable() {
  local deployment
  for deployment in $DEPLOYMENTS; do
    kubectl_in -n "${deployment%/*}" get deployment "${deployment#*/}" -o json 2>/dev/null | jq -e '
      .status.observedGeneration == .metadata.generation and (.status.updatedReplicas // 0) == .spec.replicas
      and (.status.availableReplicas // 0) >= .spec.replicas' >/dev/null || echo "$deployment"
  done
}

# shellcheck shell=bash disable=SC2034
# The gateway implementations that can run on a cluster side by side, and `only`, which lets one run alone while it is measured.

# Each with the namespaces of its Deployments: what tells proxies what to do, then the proxies.
implementations() {
  cat <<'IMPLEMENTATIONS'
envoy-gateway envoy-gateway-system
contour projectcontour gateways-contour
istio istio-system gateways-istio
traefik traefik
IMPLEMENTATIONS
}

implementation_names() { implementations | cut -d ' ' -f 1; }

# only [NAME...]: these run, the others are scaled to 0. Without a name all of them run.
only() {
  local name
  for name; do
    implementation_names | grep -qx -- "$name" || die "only \"$name\": the gateway implementations are $(implementation_names | xargs)"
  done
  require_up
  set_binary_entries
  STAGE_LOGS=$LOGS/up
  stage scale-gateways scale_implementations "$@"
}

scale_implementations() {
  local wanted=" $* " name namespaces namespace replicas
  while read -r name namespaces; do
    replicas=0
    if [ $# = 0 ] || [[ $wanted = *" $name "* ]]; then replicas=1; fi
    for namespace in $namespaces; do scale_namespace "$namespace" $replicas; done
  done < <(implementations)
}

# In the order of `implementations`: proxies are scaled when whatever would scale them back is gone.
scale_namespace() {
  [ -n "$(kubectl_in -n "$1" get deployments -o name)" ] || return 0
  kubectl_in -n "$1" scale deployments --all --replicas="$2"
  wait_for 120 "$2 replicas of each Deployment in $1" scaled "$1"
}

scaled() {
  kubectl_in -n "$1" get deployments -o json | jq -e 'all(.items[];
    .status.observedGeneration == .metadata.generation and (.status.replicas // 0) == .spec.replicas and (.status.availableReplicas // 0) == .spec.replicas)'
}

# For `status`.
say_implementations() {
  local name namespaces replicas
  while read -r name namespaces; do
    replicas=$(for namespace in $namespaces; do
      in_network "$STATE/bin/kubectl" --kubeconfig "$KUBECONFIG_FILE" -n "$namespace" get deployments -o json 2>/dev/null | jq '.items[].status.availableReplicas // 0'
    done | paste -sd +)
    if [ -z "$replicas" ]; then
      echo "  $name: not there (hack/cluster add $name)"
    else
      echo "  $name: $((replicas)) Pods are available"
    fi
  done < <(implementations)
}

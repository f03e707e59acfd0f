# shellcheck shell=bash
# What a person asks first: does it run, where is it, where are the logs. And at the end: what has it changed here.

status() {
  local name pid
  if [ ! -d "$STATE" ]; then
    echo "cluster $CLUSTER: not there (hack/cluster up)"
    return 1
  fi
  echo "cluster      $CLUSTER"
  echo "namespace    /var/run/netns/$NETNS    (hack/cluster exec CMD...)"
  echo "kubeconfig   $KUBECONFIG_FILE    (only works inside the namespace)"
  echo "logs         $LOGS/*.log; of Pods: $STATE/pod-logs/"
  echo "addresses    node $NODE_ADDRESS, API server https://$NODE_ADDRESS:6443, DNS $DNS_ADDRESS, registry $REGISTRY"
  echo "ranges       Pods $POD_RANGE, Services $SERVICE_RANGE, load balancers $LOADBALANCER_RANGE"
  echo "cache        $CACHE"
  echo
  echo "processes"
  local running=0
  for name in holder etcd kube-apiserver kube-controller-manager kube-scheduler kube-proxy containerd kubelet registry loadbalancer; do
    if pid=$(pid_of $name); then
      printf '  %-24s %s\n' "$name" "pid $pid"
    else
      printf '  %-24s %s\n' "$name" "NOT RUNNING (log: $LOGS/$name.log)"
      running=1
    fi
  done
  echo
  echo "images ($REGISTRY/...)"
  "$STATE/bin/cluster-registry" list -store "$STATE/registry" 2>/dev/null | sed 's/^/  /'
  echo
  echo "gateways"
  say_implementations
  echo
  if ! in_network "$STATE/bin/kubectl" --kubeconfig "$KUBECONFIG_FILE" get deployments -A; then running=1; fi
  echo
  in_network "$STATE/bin/kubectl" --kubeconfig "$KUBECONFIG_FILE" get services -A -o json 2>/dev/null | jq -r '"load balancers", (.items[] | select(.spec.type == "LoadBalancer") | "  \(.metadata.namespace)/\(.metadata.name)  \(.status.loadBalancer.ingress[0].ip // "no address yet")")'
  return $running
}

changes() {
  echo "removed by hack/cluster down: the cluster $CLUSTER with its processes, network and mounts; $STATE; with the last cluster, settings of the kernel"
  echo "kept for the next time: what was built, in $CACHE ($(du -sh "$CACHE" | cut -f 1)); Go's own caches"
  if [ -s "$CACHE/packages" ]; then echo "kept: Debian packages that were missing: $(tr '\n' ' ' <"$CACHE/packages")(apt-get remove)"; fi
}

# shellcheck shell=bash
# `add prometheus`: Debian's Prometheus as a process beside the cluster. It is unpacked, not installed. Debian's has no discovery by
# Kubernetes, so it finds the replicas by DNS. It loads the alerts of config/monitoring, which fire twenty times sooner.

PROMETHEUS_PORT=9095

# prometheus_programs CACHE: prints the folder of prometheus and promtool, which it first makes if it is not there.
prometheus_programs() {
  local folder=$1/prometheus-debian work
  if [ ! -x "$folder/promtool" ]; then
    command -v apt-get >/dev/null || {
      echo "this machine has no apt-get: put prometheus and promtool into $folder by hand" >&2
      return 1
    }
    work=$(mktemp -d "$1/prometheus.XXXXXX")
    {
      (cd "$work" && { apt-get download -q prometheus || { apt-get update -q && apt-get download -q prometheus; }; })
      dpkg -x "$work"/prometheus_*.deb "$work/unpacked"
      rm -rf "$folder"
      mv -T "$work/unpacked/usr/bin" "$folder"
      rm -rf "$work"
    } >&2 || return 1
  fi
  echo "$folder"
}

add_prometheus() {
  local programs home=$STATE/prometheus
  require_up
  require_go
  mkdir -p "$CACHE" "$home"
  programs=$(prometheus_programs "$CACHE")
  (cd "$PARTS/../.." && go run ./hack/metrics -rules -divide 20) >"$home/alerts.yaml"
  printf 'nameserver %s\n' "$DNS_ADDRESS" >"$home/resolv.conf"
  cat >"$home/prometheus.yaml" <<CONFIGURATION
global: {scrape_interval: 5s, evaluation_interval: 5s}
rule_files: [alerts.yaml]
scrape_configs:
- job_name: net-gateways
  dns_sd_configs:
  - type: A
    port: 9090
    refresh_interval: 5s
    names:
    - net-gateways-controller.knative-serving.svc.cluster.local
    - net-gateways-webhook-metrics.knative-serving.svc.cluster.local
  relabel_configs: # the labels that a ServiceMonitor gives
  - {source_labels: [__meta_dns_name], regex: '([^.]+)\.([^.]+)\..*', replacement: '\$1', target_label: service}
  - {source_labels: [__meta_dns_name], regex: '([^.]+)\.([^.]+)\..*', replacement: '\$2', target_label: namespace}
  - {target_label: endpoint, replacement: http-metrics}
CONFIGURATION
  "$programs/promtool" check config --syntax-only "$home/prometheus.yaml" >&2
  stop prometheus
  # Its own resolv.conf: that of the machine does not know the cluster's names.
  start prometheus nsenter --net="/var/run/netns/$NETNS" unshare --mount --propagation private sh -c \
    "mount --bind '$home/resolv.conf' /etc/resolv.conf && exec '$programs/prometheus' --config.file='$home/prometheus.yaml' \
      --storage.tsdb.path='$home/data' --web.listen-address=127.0.0.1:$PROMETHEUS_PORT"
  wait_for 30 "Prometheus" in_network curl -fsS -o "$home/ready" "http://127.0.0.1:$PROMETHEUS_PORT/-/ready"
  say "prometheus serves http://127.0.0.1:$PROMETHEUS_PORT inside the network of $CLUSTER"
}

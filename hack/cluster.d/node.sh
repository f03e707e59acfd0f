# shellcheck shell=bash disable=SC2034
# The node: configuration files, then etcd, the control plane, containerd, kubelet, kube-proxy, the registry and the
# address assigner, all as plain processes.

write_configuration() {
  mkdir -p "$STATE"/{pki,etcd,cni,containerd,certs.d/"$REGISTRY"} "$RUN" "$LOGS"
  write_credentials
  write_containerd_config
  write_cni_config
  write_kubelet_config
  write_kube_proxy_config
  link_binaries
}

# put FILE: standard input becomes the file, if that changes anything: kube-proxy ends itself when its configuration is
# written, also with what it already holds (https://github.com/kubernetes/kubernetes/blob/v1.35.4/cmd/kube-proxy/app/options.go).
put() {
  cat >"$1.new"
  chmod 600 "$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

write_credentials() {
  local token
  if [ ! -s "$STATE/pki/sa.pub" ]; then
    openssl genrsa -out "$STATE/pki/sa.key" 2048
    openssl rsa -in "$STATE/pki/sa.key" -pubout -out "$STATE/pki/sa.pub"
  fi
  if [ ! -s "$STATE/pki/tokens.csv" ]; then
    token=$(openssl rand -hex 16)
    (umask 077 && echo "$token,admin,admin,\"system:masters\"" >"$STATE/pki/tokens.csv")
  fi
  token=$(cut -d, -f1 "$STATE/pki/tokens.csv")
  # The API server writes its own certificate, which is its own authority, at its first start.
  put "$KUBECONFIG_FILE" <<Y
apiVersion: v1
kind: Config
clusters: [{name: $CLUSTER, cluster: {server: "https://$NODE_ADDRESS:6443", certificate-authority: "$STATE/pki/apiserver.crt"}}]
users: [{name: admin, user: {token: $token}}]
contexts: [{name: $CLUSTER, context: {cluster: $CLUSTER, user: admin}}]
current-context: $CLUSTER
Y
}

write_containerd_config() {
  put "$STATE/containerd.toml" <<Y
version = 2
root = "$STATE/containerd/root"
state = "$STATE/containerd/state"
[grpc]
  address = "$RUN/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$REGISTRY/pause:3"
  restrict_oom_score_adj = true
  max_concurrent_downloads = 8
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$STATE/certs.d"
[plugins."io.containerd.internal.v1.opt"]
  path = "$STATE/containerd/opt"
Y
  printf 'server = "http://%s"\n[host."http://%s"]\n  capabilities = ["pull", "resolve"]\n' "$REGISTRY" "$REGISTRY" |
    put "$STATE/certs.d/$REGISTRY/hosts.toml"
}

# host-local's default for dataDir is one folder for the whole machine: clusters would share leases.
write_cni_config() {
  put "$STATE/cni/10-bridge.conflist" <<Y
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "dataDir": "$STATE/cni-leases", "ranges": [[{"subnet": "$POD_RANGE"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
Y
}

write_kubelet_config() {
  put "$STATE/resolv.conf" </dev/null
  put "$STATE/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failSwapOn: false
failCgroupV1: false
containerRuntimeEndpoint: unix://$RUN/containerd.sock
volumePluginDir: $STATE/kubelet-plugins
clusterDNS: [$DNS_ADDRESS]
clusterDomain: cluster.local
resolvConf: $STATE/resolv.conf
maxPods: 250
podPidsLimit: -1
serializeImagePulls: false
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 100
kubeAPIBurst: 200
evictionHard: {"nodefs.available": "1%", "imagefs.available": "1%", "nodefs.inodesFree": "1%", "memory.available": "100Mi"}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
Y
}

# sysctls are read-only in some machines, so conntrack's are left alone. The shorter sync period (the default is 1 s) is
# how soon a new Service or endpoint is served.
write_kube_proxy_config() {
  put "$STATE/kube-proxy.yaml" <<Y
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
nftables: {minSyncPeriod: 100ms}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
clientConnection: {kubeconfig: "$KUBECONFIG_FILE", qps: 100, burst: 200}
clusterCIDR: $POD_RANGE
hostnameOverride: node
Y
}

# A folder for PATH: what `exec` finds first. And the name server that it uses: the cluster's own, so that the cluster's names
# resolve and all others fail at once, instead of after a timeout.
link_binaries() {
  mkdir -p "$STATE/bin"
  put "$STATE/exec-resolv.conf" <<<"nameserver $DNS_ADDRESS"
  chmod 644 "$STATE/exec-resolv.conf"
  ln -sfn "$KUBERNETES/kubectl" "$STATE/bin/kubectl"
  ln -sfn "$KO/ko" "$STATE/bin/ko"
  ln -sfn "$HELM/helm" "$STATE/bin/helm"
  ln -sfn "$REGISTRY_BIN/registry" "$STATE/bin/cluster-registry"
}

start_registry() {
  # A running registry has read its manifests already.
  if ! pid_of registry >/dev/null; then fill_registry "$STATE/registry" images; fi
  start registry nsenter --net="/var/run/netns/$NETNS" "$REGISTRY_BIN/registry" serve -store "$STATE/registry" -address "$REGISTRY"
}

start_etcd() {
  # Nothing here has to survive a power cut, so no write waits for the disk.
  start etcd nsenter --net="/var/run/netns/$NETNS" etcd --data-dir "$STATE/etcd" --unsafe-no-fsync --quota-backend-bytes 8589934592 \
    --auto-compaction-mode revision --auto-compaction-retention 20000 --snapshot-count 50000 --max-request-bytes 4194304 \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
}

start_apiserver() {
  start kube-apiserver nsenter --net="/var/run/netns/$NETNS" "$KUBERNETES/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --cert-dir="$STATE/pki" \
    --advertise-address="$NODE_ADDRESS" --secure-port=6443 --service-cluster-ip-range="$SERVICE_RANGE" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file="$STATE/pki/sa.pub" \
    --service-account-signing-key-file="$STATE/pki/sa.key" --token-auth-file="$STATE/pki/tokens.csv" \
    --authorization-mode=RBAC --allow-privileged=true --kubelet-preferred-address-types=InternalIP \
    --max-requests-inflight=1200 --max-mutating-requests-inflight=600 --shutdown-delay-duration=0s
}

api_ready() { [ "$(in_network curl -sk --max-time 2 --noproxy '*' "https://$NODE_ADDRESS:6443/readyz")" = ok ]; }

start_controllers() {
  start kube-controller-manager nsenter --net="/var/run/netns/$NETNS" "$KUBERNETES/kube-controller-manager" --kubeconfig="$KUBECONFIG_FILE" \
    --service-account-private-key-file="$STATE/pki/sa.key" --root-ca-file="$STATE/pki/apiserver.crt" --leader-elect=false \
    --cert-dir="$STATE/pki/controller-manager" --use-service-account-credentials=false --kube-api-qps=300 --kube-api-burst=600 \
    --concurrent-deployment-syncs=20 --concurrent-replicaset-syncs=20 --concurrent-service-endpoint-syncs=20 --concurrent-endpoint-syncs=20 \
    --concurrent-gc-syncs=40 --concurrent-namespace-syncs=20 --node-monitor-grace-period=5m --flex-volume-plugin-dir="$STATE/kubelet-plugins"
  start kube-scheduler nsenter --net="/var/run/netns/$NETNS" "$KUBERNETES/kube-scheduler" --kubeconfig="$KUBECONFIG_FILE" --leader-elect=false \
    --cert-dir="$STATE/pki/scheduler" --kube-api-qps=300 --kube-api-burst=600
  start kube-proxy nsenter --net="/var/run/netns/$NETNS" "$KUBERNETES/kube-proxy" --config="$STATE/kube-proxy.yaml"
  start loadbalancer nsenter --net="/var/run/netns/$NETNS" "$KUBERNETES/loadbalancer" -kubeconfig "$KUBECONFIG_FILE" -pool "$LOADBALANCER_RANGE"
}

start_runtime() {
  local node
  node=$(node_prefix)
  # A socket of a containerd that ended would look like one that is ready.
  pid_of containerd >/dev/null || rm -f "$RUN/containerd.sock"
  # shellcheck disable=SC2086
  start containerd $node containerd -c "$STATE/containerd.toml"
}

start_kubelet() {
  local node
  node=$(node_prefix)
  # shellcheck disable=SC2086
  start kubelet $node "$KUBERNETES/kubelet" --kubeconfig="$KUBECONFIG_FILE" --config="$STATE/kubelet.yaml" --root-dir="$STATE/kubelet" \
    --cert-dir="$STATE/pki/kubelet" --node-ip="$NODE_ADDRESS" --hostname-override=node
}

control_plane() {
  start_etcd
  start_registry
  start_runtime
  start_apiserver
  wait_for 60 "the API server" api_ready
  # The containerd socket is waited for here so that kubelet, which exits without it, is not started twice.
  wait_for 30 "containerd" test -S "$RUN/containerd.sock"
  start_controllers
  start_kubelet
  wait_for 60 "kubelet" healthy_or_dead kubelet 10248
  wait_for 60 "kube-proxy" healthy_or_dead kube-proxy 10256
  wait_for 60 "the node" kubectl_in get node node
  all_alive
}

healthy_or_dead() { ! pid_of "$1" || in_network curl -sf --max-time 2 --noproxy '*' "http://127.0.0.1:$2/healthz"; }

# A process that does not like its flags is gone by now; say so here, not three stages later.
all_alive() {
  local name dead=0
  for name in $PROCESSES; do
    if pid_of "$name" >/dev/null; then continue; fi
    echo "$name ended; the end of $LOGS/$name.log:"
    tail -n 8 "$LOGS/$name.log"
    dead=1
  done
  return $dead
}

kubectl_in() { in_network "$KUBERNETES/kubectl" --kubeconfig "$KUBECONFIG_FILE" "$@"; }

# Processes in the order in which they are stopped; the holder goes last, with the mount namespace.
PROCESSES="kubelet kube-proxy loadbalancer kube-scheduler kube-controller-manager kube-apiserver etcd registry containerd"

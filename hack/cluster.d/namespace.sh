# shellcheck shell=bash
# Where a cluster lives: a network namespace (no way out), a mount namespace (its mounts and the host folders that kubelet,
# containerd and CNI insist on end with it) and a cgroup.

NETNS=$CLUSTER
CGROUP=net-gateways-$CLUSTER
HOLDER=holder

in_network() { nsenter --net="/var/run/netns/$NETNS" "$@"; }
# in_node is for what makes mounts or containers.
node_prefix() { echo "nsenter --net=/var/run/netns/$NETNS --mount=/proc/$(pid_of "$HOLDER")/ns/mnt"; }

make_network() {
  if [ ! -e "/var/run/netns/$NETNS" ]; then ip netns add "$NETNS"; fi
  in_network ip link set lo up
  in_network sysctl -qw net.ipv4.ip_forward=1
  # A bridge is the node's interface where the kernel has no dummy device. The default route over it makes addresses
  # that only kube-proxy knows (Services, load balancers) routable; no machine has the gateway's address.
  in_network ip link show node0 >/dev/null 2>&1 || in_network ip link add node0 type bridge
  in_network ip addr replace "$NODE_ADDRESS/24" dev node0
  in_network ip link set node0 up
  in_network ip route replace default via "${NODE_ADDRESS%.*}.1" dev node0
  refuse_unserved
}

# What kube-proxy does not lead anywhere (yet) is refused, as a load balancer refuses a closed port. Otherwise a SYN would wait for an
# answer to ARP, and conntrack would remember its port for 120 s as one that needs no translation: a later connection from the
# same port is then lost, though kube-proxy leads to the address by that time.
refuse_unserved() {
  in_network nft -f - <<NFT
add table ip unserved
flush table ip unserved
table ip unserved {
  chain output {
    type filter hook output priority filter + 10
    ip daddr $LOADBALANCER_RANGE ip protocol tcp reject with tcp reset
  }
  chain forward {
    type filter hook forward priority filter + 10
    ip daddr $LOADBALANCER_RANGE ip protocol tcp reject with tcp reset
  }
}
NFT
}

# Host folders that are hard-coded in the node's programs, each backed by one of ours in the cluster's mount namespace.
private_folders() {
  cat <<FOLDERS
/run/containerd shims
/run/netns netns
/var/lib/cni cni-state
/var/lib/kubelet kubelet-devices
/var/log/pods pod-logs
/var/log/containers container-logs
FOLDERS
}

# The holder keeps the mount namespace. Mounts stay inside it (private), but spread within it (shared), as kubelet expects.
make_mounts() {
  local path folder script="mount --make-rshared /"
  while read -r path folder; do
    if [ ! -d "$path" ]; then mkdir -p "$path" && echo "$path" >>"$STATES/made"; fi
    mkdir -p "$STATE/$folder"
    script="$script && mount --bind '$STATE/$folder' '$path'"
  done < <(private_folders)
  if ! pid_of "$HOLDER" >/dev/null; then
    # Whatever still lives in an earlier mount namespace cannot see what the new one will mount.
    end_runtime
    rm -f "$RUN/mounted"
    start "$HOLDER" nsenter --net="/var/run/netns/$NETNS" unshare --mount --propagation private \
      sh -c "$script && touch '$RUN/mounted' && exec sleep infinity"
  fi
  wait_for 10 "the mount namespace" test -e "$RUN/mounted"
  readlink "/proc/$(pid_of "$HOLDER")/ns/mnt" >"$RUN/mount-namespace"
}

cgroup_dirs() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup
  else
    awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts | sort -u
  fi
}

# kubelet wants its cgroupRoot to exist in every hierarchy; a new cpuset has no CPUs until it is given some.
make_cgroups() {
  local dir file
  while read -r dir; do
    mkdir -p "$dir/$CGROUP"
    for file in cpuset.cpus cpuset.mems; do
      if [ -e "$dir/$CGROUP/$file" ] && [ -e "$dir/$file" ] && [ -z "$(cat "$dir/$CGROUP/$file")" ]; then
        cat "$dir/$file" >"$dir/$CGROUP/$file"
      fi
    done
    if [ -e "$dir/cgroup.controllers" ]; then enable_controllers "$dir"; fi
  done < <(cgroup_dirs)
}

enable_controllers() {
  local controller controllers
  read -ra controllers <"$1/cgroup.controllers"
  for controller in "${controllers[@]}"; do
    echo "+$controller" >"$1/cgroup.subtree_control" 2>/dev/null || true
    echo "+$controller" >"$1/$CGROUP/cgroup.subtree_control" 2>/dev/null || true
  done
}

# inotify instances are counted for the whole machine; 250 Pods need more than the usual 128. `down` of the last cluster
# puts the old values back.
raise_limits() {
  local key value old
  mkdir -p "$STATES"
  while read -r key value; do
    old=$(sysctl -n "$key")
    if [ "$old" -lt "$value" ]; then
      echo "$key=$old" >>"$STATES/sysctl.before"
      sysctl -qw "$key=$value"
    fi
  done <<'LIMITS'
fs.inotify.max_user_instances 8192
fs.inotify.max_user_watches 524288
LIMITS
}

# shellcheck shell=bash disable=SC2153
# Taking a cluster down, also one that is half up: everything is found by what it holds (pid file with start time, cgroup,
# mount namespace, containerd's socket), never by a program's name.

down() {
  same_boot || rm -rf "$RUN"
  end_runtime
  # shellcheck disable=SC2086
  stop prometheus $PROCESSES "$HOLDER"
  remove_cgroups
  if [ -e "/var/run/netns/$NETNS" ]; then ip netns delete "$NETNS"; fi
  remove_mounts
  rm -rf --one-file-system "$STATE"
  last_one_out
}

# Kubelet and containerd first, so that they start no container again.
end_runtime() {
  stop kubelet containerd
  end_containers
  end_shims
}

# The state of an earlier boot names processes and mounts that are gone.
boot_id() { cat /proc/sys/kernel/random/boot_id; }
same_boot() { [ ! -e "$STATE/boot" ] || [ "$(cat "$STATE/boot")" = "$(boot_id)" ]; }

# Containers outlive kubelet, containerd and even their shims. They are all of the processes in our cgroup.
end_containers() {
  local dir tries
  for tries in 1 2 3 4 5 6 7 8 9 10; do
    local pids
    pids=$(while read -r dir; do find "$dir/$CGROUP" -name cgroup.procs -exec cat {} + 2>/dev/null || true; done < <(cgroup_dirs) | sort -u)
    if [ -z "$pids" ]; then return 0; fi
    # shellcheck disable=SC2086
    kill -9 $pids 2>/dev/null || true
    sleep 0.2
  done
  echo "processes that do not end, try $tries: $pids"
  return 1
}

# Shims are whatever is left in the cluster's mount namespace, or names its containerd socket.
end_shims() {
  local pid holder
  holder=$(pid_of "$HOLDER" || echo none)
  for pid in $( (in_mount_namespace; shims_by_socket) | sort -u); do
    if [ "$pid" != "$holder" ]; then kill -9 "$pid" 2>/dev/null || true; fi
  done
}

in_mount_namespace() {
  local namespace
  if ! read -r namespace 2>/dev/null <"$RUN/mount-namespace"; then return 0; fi
  find /proc/[0-9]*/ns/mnt -maxdepth 0 -lname "${namespace//[\[\]]/?}" 2>/dev/null | cut -d / -f 3
}

shims_by_socket() {
  local file
  { grep -lzFx -- "$RUN/containerd.sock" /proc/[0-9]*/cmdline 2>/dev/null || true; } | while read -r file; do
    if grep -qzF containerd-shim "$file" 2>/dev/null; then cut -d / -f 3 <<<"$file"; fi
  done
}

remove_cgroups() {
  local dir
  while read -r dir; do
    if [ -d "$dir/$CGROUP" ]; then
      find "$dir/$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null || wait_for 5 "empty $dir/$CGROUP" remove_cgroup "$dir/$CGROUP"
    fi
  done < <(cgroup_dirs)
}
remove_cgroup() { find "$1" -depth -type d -exec rmdir {} + && [ ! -d "$1" ]; }

# All mounts are in the holder's namespace and went with it; this is for mounts made outside of it.
remove_mounts() {
  local mount
  while read -r mount; do umount -l "$mount"; done < <(awk -v s="$STATE/" 'index($2, s) == 1 { print $2 }' /proc/mounts | sort -r)
}

# The last cluster puts back what is the machine's and not a cluster's.
last_one_out() {
  if [ -n "$(find "$STATES" -mindepth 1 -maxdepth 1 -type d 2>/dev/null)" ]; then return 0; fi
  if [ -e "$STATES/sysctl.before" ]; then
    sysctl -q -p "$STATES/sysctl.before" || true
  fi
  if [ -e "$STATES/made" ]; then
    while read -r path; do rmdir "$path" 2>/dev/null || true; done <"$STATES/made"
  fi
  rm -rf "$STATES"
}

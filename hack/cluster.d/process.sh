# shellcheck shell=bash
# Processes of the cluster. run/NAME.pid holds "PID START", START being the process's start time in ticks since boot: a
# number that was given to another process since then does not match, so we never signal a stranger.

# Field 22 of /proc/PID/stat; the command name before it may hold spaces and brackets.
start_time() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  cut -d ' ' -f 20 <<<"$stat"
}

# pid_of NAME: prints the process's id if it is alive and the one we started
pid_of() {
  local pid start
  read -r pid start 2>/dev/null <"$RUN/$1.pid" || return 1
  [ -n "$start" ] && [ "$(start_time "$pid")" = "$start" ] || return 1
  ! grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null || return 1
  echo "$pid"
}

# start NAME COMMAND...: unless it runs already. Its output goes to log/NAME.log.
start() {
  local name=$1 pid
  shift
  if pid_of "$name" >/dev/null; then return 0; fi
  echo "starting $name: $*"
  (
    ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    cd /
    exec setsid "$@"
  ) >>"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
  pid=$!
  echo "$pid $(start_time "$pid")" >"$RUN/$name.pid"
}

# stop NAME...: by force. Nothing of the cluster is kept, so no process needs time to finish.
stop() {
  local name pid
  for name; do
    while pid=$(pid_of "$name"); do
      kill -9 "$pid" 2>/dev/null || true
      sleep 0.02
    done
    rm -f "$RUN/$name.pid"
  done
}

# shellcheck shell=bash
# For scripts that take their time, which source this. `stage` runs a step with its output in a log and says how long it took. While it
# runs, it says what the step is doing. If the step fails, it shows the end of the log.
#
#   STAGE_LOGS   the folder of the logs; whoever sources this sets it
#   STAGE_EVERY  seconds between two lines of progress, where there is no terminal (10)

say() { printf '%s\n' "$*" >&2; }

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# stage NAME COMMAND ARGS...: the command may be a function of the script.
# It runs in a subshell that is no condition, because bash ignores `set -e` in everything a condition calls; and in a
# process group of its own (set -m), so that an interrupt takes its compiler along.
STAGE_GROUP=
STAGE_PROGRESS=
stage() {
  local name=$1 begin=$EPOCHREALTIME log status
  shift
  log=$STAGE_LOGS/$name.log
  mkdir -p "$STAGE_LOGS"
  : >"$log"
  set -m +e
  (
    set +m -euo pipefail
    trap - INT TERM HUP
    "$@"
  ) >"$log" 2>&1 </dev/null &
  STAGE_GROUP=$!
  set +m
  show_progress "$name" "$log" $STAGE_GROUP </dev/null 9>&- & # without the lock that hack/cluster holds
  STAGE_PROGRESS=$!
  wait $STAGE_GROUP
  status=$?
  STAGE_GROUP=
  end_progress
  set -e
  if [ $status != 0 ]; then
    printf '== %-22s FAILED after %s s\n' "$name" "$(seconds_since "$begin")" >&2
    say "-- the last lines of $log:"
    grep -avE "$STAGE_PACKAGE" "$log" | tail -n 25 >&2
    say "-- stage \"$name\" failed (exit code $status). The whole log: $log"
    exit 1
  fi
  printf '== %-22s %6s s\n' "$name" "$(seconds_since "$begin")" >&2
}

# A line of `go build -v`: the package that is being compiled.
STAGE_PACKAGE='^[a-z0-9][A-Za-z0-9_.~-]*(/[A-Za-z0-9_.~-]+)*$'

# show_progress NAME LOG PROCESS: until the process ends. On a terminal it is one line, written anew each second.
show_progress() {
  local begin=$SECONDS next=${STAGE_EVERY:-10} line
  while kill -0 "$3" 2>/dev/null && kill -0 $$ 2>/dev/null; do
    if [ -t 2 ]; then
      line=$(printf '== %-22s %4d s    %s' "$1" $((SECONDS - begin)) "$(doing "$2")")
      printf '\r%s\e[K' "${line:0:$((${COLUMNS:-80} - 1))}" >&2
    elif [ $((SECONDS - begin)) -ge "$next" ]; then
      printf '   %-22s %4d s    %s\n' "$1" $((SECONDS - begin)) "$(doing "$2")" >&2
      next=$((SECONDS - begin + ${STAGE_EVERY:-10}))
    fi
    sleep 1 >/dev/null 2>&1
  done
}

end_progress() {
  [ -n "$STAGE_PROGRESS" ] || return 0
  kill "$STAGE_PROGRESS" 2>/dev/null
  wait "$STAGE_PROGRESS" 2>/dev/null
  STAGE_PROGRESS=
  if [ -t 2 ]; then printf '\r\e[K' >&2; fi
}

# doing LOG: how many packages it says were compiled, and its last line, without dates and addresses.
doing() {
  local packages last
  packages=$(grep -acE "$STAGE_PACKAGE" "$1")
  last=$(tail -n 1 "$1" | tr -cd '[:print:]' | sed -E 's|^[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]+ ||; s|^# get https?://[^/]*/|downloading |')
  if [ "$packages" != 0 ] && [[ $last =~ $STAGE_PACKAGE ]]; then last="compiling $last ($packages packages)"; fi
  printf '%.100s' "${last:-no output yet}"
}

# Scripts may say more when they are interrupted, by a function of this name.
say_interrupted() { say "$0: interrupted; run it again to go on"; }

interrupted() {
  [ -z "$STAGE_GROUP" ] || kill -TERM -- "-$STAGE_GROUP" 2>/dev/null || true
  end_progress || true
  say ""
  say_interrupted
  exit 130
}
trap interrupted INT TERM HUP

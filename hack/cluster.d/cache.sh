# shellcheck shell=bash
# The cache: directories named NAME-VERSION-KEY, where the key is a digest of everything that went in. An entry appears by
# one rename, so it is whole or it is not there.

# digest PATH|STRING...: the contents of files and folders, and other arguments as they are.
digest() {
  local input
  for input in "$@"; do
    if [ -d "$input" ]; then
      (cd "$input" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum)
    elif [ -f "$input" ]; then
      sha256sum <"$input"
    else
      printf '%s\n' "$input"
    fi
  done | sha256sum | cut -c1-12
}

# entry NAME KEY BUILDER ARGS...: make the entry if it is not there. The builder gets the new directory in $OUT.
entry() {
  local directory=$CACHE/$1-$2 begin=$EPOCHREALTIME
  local name=$1
  shift 2
  if [ -d "$directory" ]; then return 0; fi
  OUT=$CACHE/tmp/$name.$$
  rm -rf "$OUT"
  mkdir -p "$OUT"
  echo "-- building $directory"
  "$@"
  mv -T "$OUT" "$directory"
  echo "-- built $name in $(seconds_since "$begin") s"
}

# What interrupted builds left; the cache's lock is held, so no build is running.
clean_cache() { rm -rf "$CACHE/tmp"; }

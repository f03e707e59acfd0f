# shellcheck shell=bash disable=SC2034,SC2153
# `add istio`: istiod, and pilot-agent with the Envoy that Envoy Gateway has here. Istio's own Envoy filters are not in that one;
# istio-values.yaml switches off what asks for them.

set_istio_entries() {
  ISTIO_ENTRY=istio-$ISTIO_RELEASE ISTIO_BINARY_KEY=$(go_key istio)
  ISTIO=$CACHE/$ISTIO_ENTRY-$ISTIO_BINARY_KEY
  ISTIO_PROXY_ENTRY=istio-proxy-$ISTIO_RELEASE ISTIO_PROXY_KEY=$(digest "$PARTS/istio.sh" "$ISTIO_VERSION" "$ENVOY_VERSION")
  ISTIO_PROXY=$CACHE/$ISTIO_PROXY_ENTRY-$ISTIO_PROXY_KEY
  ISTIO_KEY=$(digest "$PARTS/istio.sh" "$PARTS/istio-values.yaml" "$ISTIO_VERSION" "$HELM_KEY" "$KUBERNETES_VERSION")
  ISTIO_DEPLOYMENTS=istio-system/istiod
}

istio_binaries() {
  entry "$ISTIO_ENTRY" "$ISTIO_BINARY_KEY" build_istio
  entry "$ISTIO_PROXY_ENTRY" "$ISTIO_PROXY_KEY" collect_istio_proxy
}

# The build tags are those of Istio's Makefile.core.mk.
build_istio() {
  local flags="-X istio.io/istio/pkg/version.buildVersion=${ISTIO_RELEASE#v}"
  go_build istio "$flags" -tags=vtprotobuf,disable_pgv istio.io/istio/pilot/cmd/pilot-discovery
  go_build istio "$flags" -tags=agent,disable_pgv,grpcnotrace,retrynotrace istio.io/istio/pilot/cmd/pilot-agent
}

# What is in the proxy's image beside pilot-agent: Envoy, the template of its bootstrap, and the folders that volumes are mounted to,
# since the root of the container is read-only.
collect_istio_proxy() {
  mkdir -p "$OUT"/etc/istio/{proxy,pod} "$OUT/var/lib/istio/data" \
    "$OUT"/var/run/secrets/{istio,tokens,workload-spiffe-uds,credential-uds,workload-spiffe-credentials}
  add_glibc "$OUT"
  install -D -m 755 "$ENVOY/envoy" "$OUT/usr/local/bin/envoy"
  install -D -m 644 "$(module_dir istio istio.io/istio)/tools/packaging/common/envoy_bootstrap.json" "$OUT/var/lib/istio/envoy/envoy_bootstrap_tmpl.json"
}

istio_images() {
  echo "istiod:$ISTIO_RELEASE $ISTIO/pilot-discovery /usr/local/bin/pilot-discovery 1337 -"
  echo "istio-proxy:$ISTIO_RELEASE $ISTIO/pilot-agent /usr/local/bin/pilot-agent 1337 $ISTIO_PROXY"
}

# The charts in the module are the source of the released ones. Of `base` only the CRDs and the ServiceAccount are wanted: its webhook
# would refuse objects while istiod is starting.
render_istio() {
  local charts=$OUT/charts out=$OUT/istio
  mkdir -p "$out"
  cp -r "$(module_dir istio istio.io/istio)/manifests/charts" "$charts"
  chmod -R u+w "$charts"
  cp "$charts/base/files/crd-all.gen.yaml" "$out/crds.yaml"
  {
    namespace istio-system
    "$HELM/helm" template base "$charts/base" -n istio-system --show-only templates/reader-serviceaccount.yaml
    "$HELM/helm" template istiod "$charts/istio-control/istio-discovery" -n istio-system --kube-version "$KUBERNETES_VERSION" \
      -f "$PARTS/istio-values.yaml" --set "image=$REGISTRY/istiod:$ISTIO_RELEASE,global.proxy.image=$REGISTRY/istio-proxy:$ISTIO_RELEASE"
  } >"$out/rest.yaml"
  rm -rf "$charts"
}

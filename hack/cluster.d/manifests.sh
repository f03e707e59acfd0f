# shellcheck shell=bash disable=SC2034
# The manifests of what runs in the cluster, rendered once into the cache: NAME/crds.yaml and NAME/rest.yaml.

set_manifest_entries() {
  local key
  key=$(digest "$PARTS/manifests.sh" "$PARTS/versions.sh" "$ENVOY_GATEWAY_KEY" "$SERVING_KEY" "$HELM_KEY" "$PARTS/coredns.yaml")
  MANIFESTS_KEY=$key
  MANIFESTS=$CACHE/manifests-$key
}

manifests() { entry manifests "$MANIFESTS_KEY" render_manifests; }

render_manifests() {
  render_coredns
  render_envoy_gateway
  render_serving
}

render_coredns() {
  mkdir -p "$OUT/coredns"
  sed -e "s#\${IMAGE}#$REGISTRY/coredns:$COREDNS_VERSION#; s#\${DNS_ADDRESS}#$DNS_ADDRESS#" "$PARTS/coredns.yaml" >"$OUT/coredns/rest.yaml"
}

# The chart in the module is the source of the released one: its values are a template with two variables.
render_envoy_gateway() {
  local chart=$OUT/chart out=$OUT/envoy-gateway
  mkdir -p "$out"
  cp -r "$(module_dir envoy-gateway github.com/envoyproxy/gateway)/charts/gateway-helm" "$chart"
  chmod -R u+w "$chart"
  sed -e "s#\${GatewayImage}#$REGISTRY/envoy-gateway:$ENVOY_GATEWAY_VERSION#; s#\${GatewayImagePullPolicy}#IfNotPresent#" \
    "$chart/values.tmpl.yaml" >"$chart/values.yaml"
  # Its admission policies only guard against downgrades of the Gateway API CRDs; its injector needs zones, which one node has not.
  # At its default level it writes a thousand lines a second while routes come and go, which costs a good part of a core.
  # A certgen Job that stays lets a second `up` see that nothing is missing.
  {
    namespace envoy-gateway-system
    "$HELM/helm" template eg "$chart" -n envoy-gateway-system --no-hooks=false \
      --set deployment.envoyGateway.resources.limits.memory=4Gi \
      --set topologyInjector.enabled=false \
      --set config.envoyGateway.logging.level.default=warn \
      --set certgen.job.ttlSecondsAfterFinished=null \
      --set global.images.envoyProxy.image="$REGISTRY/envoy:v$ENVOY_VERSION"
  } >"$out/rest.yaml"
  find "$chart/charts/crds/crds" -name '*.yaml' -print0 | sort -z | xargs -0 awk 'FNR == 1 { print "---" } { print }' >"$out/crds.yaml"
  rm -rf "$chart"
}

# Module zips leave symlinks out: https://go.dev/ref/mod#zip-files. In Serving's config/core those are what comes from the
# modules networking and caching.
render_serving() {
  local out=$OUT/serving serving networking caching
  mkdir -p "$out"
  serving=$(module_dir serving knative.dev/serving)
  networking=$(module_dir serving knative.dev/networking)
  caching=$(module_dir serving knative.dev/caching)
  concatenate "$serving"/config/core/300-resources/*.yaml \
    "$networking"/config/{certificate,domain-claim,ingress,serverlessservice}.yaml "$caching/config/image.yaml" | sed -E "$SERVING_EDITS" >"$out/crds.yaml"
  concatenate "$serving"/config/core/{100-namespace,200-serviceaccount,300-knativecertificate}.yaml "$serving"/config/core/200-roles/*.yaml \
    "$serving"/config/core/configmaps/*.yaml "$networking/config/config-network.yaml" "$serving"/config/core/webhooks/*.yaml \
    "$serving"/config/core/deployments/{activator,autoscaler,controller,webhook}.yaml "$serving/config/core/999-cache.yaml" | sed -E "$SERVING_EDITS" >"$out/rest.yaml"
}

# Left out: the *-hpa.yaml beside the deployments, there are no metrics here that they could scale by.
# Images by tag; and in config-deployment: the controller must not ask the registry for digests (127.0.0.1 is another
# address inside its Pod), and a queue-proxy asks for 10m instead of 25m CPU, so that two cores hold a hundred Services.
SERVING_EDITS="
s#ko://knative.dev/serving/cmd/([a-z-]+)#$REGISTRY/serving-\\1:$SERVING_VERSION#
/^  queue-sidecar-image:/a\\  registries-skipping-tag-resolving: \"$REGISTRY,kind.local,ko.local,dev.local\"\n  queue-sidecar-cpu-request: 10m
"

concatenate() {
  local file
  for file; do
    if [ ! -L "$file" ] || [ -e "$file" ]; then
      echo "--- # ${file##*/}"
      cat "$file"
      echo
    fi
  done
}

namespace() { printf -- '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n---\n' "$1"; }

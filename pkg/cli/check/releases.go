// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"strings"

	utilversion "k8s.io/apimachinery/pkg/util/version"
	"sigs.k8s.io/gateway-api/pkg/consts"

	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
	"github.com/net-gateways/net-gateways/pkg/version"
)

// What check installs where something is missing: the releases with which net-gateways is tested.
const (
	servingRelease      = "https://github.com/knative/serving/releases/download/knative-v1.23.0/"
	envoyGatewayRelease = "https://github.com/envoyproxy/gateway/releases/download/v1.9.1/install.yaml"
	ourRepository       = "https://github.com/net-gateways/net-gateways"
	// The GatewayClasses of third_party/envoy-gateway/classes.yaml.
	publicClass, privateClass = "eg", "eg-internal"
)

// gatewayAPI installs the CRDs of the Gateway API: in the newest release that one of them is of already, else in the tested one, and
// of the channel that is there. The conflicts are with the tool that has installed the old ones, as Helm.
func (c *checker) gatewayAPI() string {
	release, channel := utilversion.MustParseGeneric(consts.BundleVersion), "standard"
	for _, crd := range c.gatewayCRDs {
		if installed, err := utilversion.ParseGeneric(gatewayapi.Release(crd)); err == nil && release.LessThan(installed) {
			release = installed
		}
		if crd.GetAnnotations()[consts.ChannelAnnotation] == "experimental" {
			channel = "experimental"
		}
	}
	return fmt.Sprintf("kubectl apply --server-side --force-conflicts -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v%s/%s-install.yaml", release, channel)
}

// servingInstalled installs Knative Serving.
func servingInstalled() string {
	return fmt.Sprintf("kubectl apply -f %[1]sserving-crds.yaml && kubectl wait --for=condition=Established --all crd && kubectl apply -f %[1]sserving-core.yaml", servingRelease)
}

// implementationInstalled installs an implementation of the Gateway API, with two GatewayClasses.
func implementationInstalled() string {
	at := "main"
	if released() {
		at = version.Release()
	}
	return fmt.Sprintf("kubectl apply --server-side -f %s && kubectl apply -f %s/raw/%s/third_party/envoy-gateway/classes.yaml", envoyGatewayRelease, ourRepository, at)
}

// installed applies net-gateways in the version of the command line. One that was built from a checkout has no release to name: the
// file is then the one that `make release` has made.
func installed() string {
	if released() {
		return fmt.Sprintf("kubectl apply -f %s/releases/download/%s/net-gateways.yaml", ourRepository, version.Release())
	}
	return "kubectl apply -f net-gateways.yaml"
}

func released() bool { return strings.HasPrefix(version.Release(), "v") }

// kubernetesUpgraded upgrades the control plane by one minor version, which is the most that kubeadm does at once.
func kubernetesUpgraded(running *utilversion.Version) string {
	next := min(running.Minor()+1, minimumKubernetes.Minor())
	return fmt.Sprintf("kubeadm upgrade apply v1.%d.0   # on a node of the control plane; a cluster that was not made with kubeadm is upgraded by what made it", next)
}

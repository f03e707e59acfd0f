// SPDX-License-Identifier: Apache-2.0

package docs

const (
	readme   = "README.md"
	install  = "docs/install.md"
	takeover = "docs/takeover.md"
	domains  = "docs/domains.md"
)

// pages are those that are followed, in this order.
var pages = []string{readme, install, takeover, domains}

// notRun is the closed list of what stands in these pages and is not run.
var notRun = []NotRun{
	{Place{readme, "net-gateways", "flowchart"}, "a picture"},
	{Place{readme, "Install", "ko apply"}, "instead of a command that is run; docs/install.md has it as a block, which is run"},
	{Place{readme, "More", "make demo"}, "they bring up clusters, and this test is a part of the second"},
	{Place{install, "From a checkout", "make release KO_DOCKER_REPO"}, "hack/release-test runs it; it takes minutes and wants a commit"},
	{Place{install, "Knative Operator", "kind: KnativeServing"}, "the cluster has no Knative Operator"},
	{Place{install, "Uninstall", "ko delete"}, "instead of the block before it, which is run"},
	{Place{install, "Uninstall", "configmap net-gateways-internal-tls"}, "there is one only where system-internal-tls was on, which test/e2e/certificates has"},
	{Place{install, "Uninstall", "kubectl edit gateway"}, "what is edited is in the sentence; Envoy Gateway has ListenerSets, so there is none to take off"},
	{Place{domains, "external-dns", "--source"}, "flags of external-dns, which the cluster has not"},
}
